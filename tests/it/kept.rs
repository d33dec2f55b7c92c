//! What of the window is there again when it is opened the next time.

use std::collections::BTreeMap;
use std::path::Path;

use eframe::Storage;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Node;
use egui_kittest::kittest::Queryable as _;
use metascope::settings::ImageSource;
use metascope::text::Language;
use metascope::train::link::Command;
use tempfile::TempDir;

use crate::common::bench::Bench;
use crate::common::families;
use crate::common::write;

/// What eframe would write to a file.
#[derive(Default)]
pub struct Stored(BTreeMap<String, String>);

impl Storage for Stored {
    fn get_string(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }

    fn set_string(&mut self, key: &str, value: String) {
        self.0.insert(key.to_owned(), value);
    }

    fn remove_string(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn flush(&mut self) {}
}

/// What the window keeps, under the name that it has in users' files.
fn stored(value: &str) -> Stored {
    Stored([("window".to_owned(), value.to_owned())].into())
}

fn saved(bench: &mut Bench) -> Stored {
    let mut storage = Stored::default();
    eframe::App::save(bench.harness.state_mut().as_mut().unwrap(), &mut storage);
    storage
}

/// A window that was left like this.
fn left(storage: &Stored, asked: Option<Language>) -> Bench {
    let mut bench = Bench::of(families::PICTURE);
    let app = bench.harness.state_mut().take().unwrap();
    let app = app.as_it_was_left(&bench.harness.ctx, Some(storage), asked);
    *bench.harness.state_mut() = Some(app);
    bench.harness.run();
    bench
}

/// A folder of small pictures.
fn own_images() -> TempDir {
    let folder = TempDir::new().unwrap();
    for index in 0..4u8 {
        let values: Vec<u8> = (0..256).map(|at| (at as u8).wrapping_mul(index + 1)).collect();
        std::fs::write(folder.path().join(format!("{index}.png")), write::png(16, 16, 1, &values)).unwrap();
    }
    folder
}

/// A path in the list of those that were used.
fn choice<'a>(bench: &'a Bench, path: &'a Path) -> Node<'a> {
    bench.harness.get_by_role_and_label(Role::Button, path.file_name().unwrap().to_str().unwrap())
}

/// The images that the next run begins with.
fn begun(bench: &mut Bench) -> ImageSource {
    let commands = bench.commands_when_made();
    let Some(Command::Restart(settings, Some(_))) = commands.last() else { panic!("{commands:?}") };
    settings.run.images.clone()
}

#[test]
fn language_and_own_images_are_there_again() {
    let folders = [own_images(), own_images()];
    let mut bench = Bench::of(families::PICTURE);
    for folder in [&folders[0], &folders[1], &folders[0]] {
        bench.drop_file(folder.path());
        assert_eq!(begun(&mut bench), ImageSource::Path(folder.path().to_owned()));
    }
    bench.key(Key::Escape);
    bench.key(Key::L);
    let storage = saved(&mut bench);

    let mut bench = left(&storage, None);
    assert!(bench.says("设置"), "the language");
    assert!(matches!(bench.settings().run.images, ImageSource::Faces), "it begins with the opening's images");
    bench.key(Key::L);
    bench.click(Role::Button, "Images");
    let places = [0, 1].map(|index: usize| choice(&bench, folders[index].path()).rect().top());
    assert!(places[0] < places[1], "the newest is first: {places:?}");
    choice(&bench, folders[1].path()).click();
    bench.harness.run_steps(2);
    assert_eq!(begun(&mut bench), ImageSource::Path(folders[1].path().to_owned()));
    // The images window has them too.
    choice(&bench, folders[0].path());
}

#[test]
fn a_folder_that_has_gone_says_so_and_stays() {
    let folder = own_images();
    let mut bench = Bench::of(families::PICTURE);
    bench.drop_file(folder.path());
    begun(&mut bench);
    let before = bench.settings().clone();
    let path = folder.path().to_owned();
    folder.close().unwrap();
    choice(&bench, &path).click();
    bench.wait_to_say("is not there any more");
    bench.harness.run();
    assert!(bench.says("The run goes on with the images that it has") && bench.commands().is_empty());
    assert_eq!(*bench.settings(), before);
    // It stays in the list.
    choice(&bench, &path);
}

#[test]
fn what_an_older_window_kept_is_read() {
    let mut bench = left(&stored("(language:Chinese,present:false)"), None);
    assert!(bench.says("设置"));
    assert!(saved(&mut bench).0["window"].contains("recent:[]"));
    let bench = left(&stored("(language:Chinese,present:false,later:[1,2])"), None);
    assert!(bench.says("设置"), "a newer window's");
    let bench = left(&stored("(language:Chinese,present:false)"), Some(Language::English));
    assert!(bench.says("Settings"), "what is asked for outright comes first");
}

#[test]
fn what_cannot_be_read_is_left_aside() {
    for value in ["", "nonsense", "(language:Klingon,present:true)", "(language:Chinese,present:false,recent:3)"] {
        let bench = left(&stored(value), None);
        assert!(bench.says("Settings"), "{value:?}");
        assert_eq!(bench.harness.ctx.zoom_factor(), 1.0, "{value:?}");
    }
}

#[test]
fn a_window_that_was_left_while_presenting_is_as_large_as_before() {
    let mut bench = Bench::of(families::PICTURE);
    bench.harness.ctx.set_zoom_factor(1.25);
    bench.harness.run();
    bench.key(Key::F11);
    assert_eq!(bench.harness.ctx.zoom_factor(), 2.5);
    let storage = saved(&mut bench);

    // The zoom itself egui keeps.
    let mut bench = Bench::of(families::PICTURE);
    bench.harness.ctx.set_zoom_factor(2.5);
    bench.harness.run();
    let app = bench.harness.state_mut().take().unwrap();
    let app = app.as_it_was_left(&bench.harness.ctx, Some(&storage), None);
    *bench.harness.state_mut() = Some(app);
    bench.harness.run();
    assert_eq!(bench.harness.ctx.zoom_factor(), 1.25);
    bench.key(Key::F11);
    assert_eq!(bench.harness.ctx.zoom_factor(), 2.5, "presenting is twice as large, not four times");
    bench.key(Key::F11);
    assert_eq!(bench.harness.ctx.zoom_factor(), 1.25);
}
