//! A window without a screen, and a trainer played by the test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Context, Key, Theme, Ui, Vec2, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, HarnessBuilder};
use metascope::settings::{Settings, TaskFamily};
use metascope::train::link::{Command, TrainerEnd, link};
use metascope::train::snapshot::Snapshot;
use metascope::window::App;

use super::{fixtures, waiting};

/// A window as this says, with the program that there is from the first frame on.
pub fn window(
    builder: HarnessBuilder<Option<App>>,
    app: impl FnOnce(&Context) -> App + 'static,
) -> Harness<'static, Option<App>> {
    let mut coming = Some(app);
    let show = move |ui: &mut Ui, app: &mut Option<App>| match app {
        Some(app) => app.show(ui),
        None => *app = coming.take().map(|new| new(ui.ctx())),
    };
    builder.build_ui_state(show, None)
}

/// A window whose trainer is the test.
pub struct Bench {
    pub harness: Harness<'static, Option<App>>,
    pub trainer: TrainerEnd,
}

impl Bench {
    pub fn empty(settings: Settings) -> Self {
        Self::empty_of(settings, vec2(1040.0, 656.0))
    }

    /// In a window of this size, in points.
    fn empty_of(settings: Settings, size: Vec2) -> Self {
        let (end, trainer) = link(Arc::new(|| {}));
        let builder = Harness::builder().with_size(size).with_theme(Theme::Dark).with_max_steps(120).with_step_dt(0.04);
        let mut harness = window(builder, move |ctx| App::new(ctx, end, settings, Some(fixtures::image_set())));
        harness.run();
        Self { harness, trainer }
    }

    pub fn with(snapshot: Snapshot) -> Self {
        let mut bench = Self::empty(snapshot.settings.as_ref().clone());
        bench.publish(snapshot);
        bench
    }

    pub fn sized(snapshot: Snapshot, size: Vec2) -> Self {
        let mut bench = Self::empty_of(snapshot.settings.as_ref().clone(), size);
        bench.publish(snapshot);
        bench
    }

    pub fn of(tasks: TaskFamily) -> Self {
        Self::with(fixtures::snapshot(tasks, 1284))
    }

    pub fn publish(&mut self, snapshot: Snapshot) {
        self.trainer.publish(snapshot);
        self.harness.run();
    }

    pub fn click(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.harness.run();
    }

    /// Opens a fold or a menu, or closes it.
    pub fn open(&mut self, name: &str) {
        self.harness.get_by_label(name).scroll_to_me();
        self.harness.run_steps(10);
        self.harness.get_by_label(name).click();
        self.harness.run_steps(20);
    }

    pub fn drop_file(&mut self, path: impl Into<PathBuf>) {
        self.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.into())));
    }

    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    pub fn commands(&self) -> Vec<Command> {
        std::iter::from_fn(|| self.trainer.try_command()).collect()
    }

    /// Draws frame after frame until `look` finds something.
    pub fn wait_until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        waiting::draw_until(what, || {
            self.harness.step();
            look(self)
        })
    }

    pub fn wait_to_say(&mut self, text: &str) {
        self.wait_until(&format!("{text:?}"), |bench| bench.says(text).then_some(()));
    }

    /// The commands of a run that begins once its images are made.
    pub fn commands_when_made(&mut self) -> Vec<Command> {
        let commands = self.wait_until("a run", |bench| Some(bench.commands()).filter(|commands| !commands.is_empty()));
        self.harness.run();
        commands
    }

    pub fn settings(&self) -> &Settings {
        self.harness.state().as_ref().unwrap().settings()
    }

    pub fn type_value(&mut self, label: &str, text: &str) {
        let field = self.harness.get_by_role_and_label(Role::TextInput, label);
        field.focus();
        self.harness.run();
        self.harness.key_combination(&[Key::Backspace]);
        let field = self.harness.get_by_role_and_label(Role::TextInput, label);
        field.set_text_value_accesskit(text);
        self.harness.run();
        self.harness.key_press(Key::Enter);
        self.harness.run();
    }

    pub fn says(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }
}

/// A file or a folder that is dropped on the window; its bytes are never asked for.
#[derive(Debug)]
pub struct Dropped(pub PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a path is enough".to_owned())
    }
}
