//! Sets made from formulas, and the knobs that make them: what each of them does, and where it is turned.

use std::path::Path;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use metascope::experiment::Experiment;
use metascope::images::ImageSet;
use metascope::images::built_in::made;
use metascope::settings::table::{self, Group, setting};
use metascope::settings::{ImageSource, ProceduralSettings, RunSettings};
use metascope::train::link::Command;
use proptest::prelude::*;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::command::given;
use crate::common::families;
use crate::common::files::class_sizes;

const BOTH: [ImageSource; 2] = [ImageSource::Creatures, ImageSource::Textures];

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
const DIGESTS: [u64; 2] = [0xb65f_41f6_08fd_7517, 0x4b89_49b3_e932_401e];

fn distance(one: &[u8], other: &[u8]) -> f64 {
    one.iter().zip(other).map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2)).sum::<f64>().sqrt()
}

/// Mean distances: between images of one class, and between the mean images of two classes.
fn distances(set: &ImageSet, each: usize) -> [f64; 2] {
    let classes: Vec<_> = set.images.chunks(each).collect();
    let within = classes.iter().map(|class| distance(&class[0].pixels, &class[1].pixels));
    let mean = |class: &[metascope::images::LabelledImage]| -> Vec<u8> {
        let sum = |i: usize| class.iter().map(|image| usize::from(image.pixels[i])).sum::<usize>();
        (0..class[0].pixels.len()).map(|i| (sum(i) / class.len()) as u8).collect()
    };
    let means: Vec<Vec<u8>> = classes.iter().map(|class| mean(class)).collect();
    let mut between = Vec::new();
    for (i, one) in means.iter().enumerate() {
        between.extend(means[..i].iter().map(|other| distance(one, other)));
    }
    [within.sum::<f64>() / classes.len() as f64, between.iter().sum::<f64>() / between.len() as f64]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_set_has_as_many_classes_and_images_as_was_asked_for(
        classes in 8usize..=480,
        each in 4usize..=8,
        variety in 0.0..=2.0,
        sameness in 0.0..=1.0,
        seed in 0u64..=9999,
    ) {
        let settings = ProceduralSettings { classes, each, variety, sameness, seed };
        for source in BOTH {
            let set = made(&source, &settings).unwrap();
            prop_assert_eq!((set.classes.len(), set.images.len(), set.foreground), (classes, classes * each, classes));
            prop_assert_eq!(class_sizes(&set), (each, each));
            let held_out = set.images.iter().filter(|image| image.held_out);
            prop_assert!(held_out.clone().all(|image| image.class >= classes - classes / 8));
            prop_assert_eq!(held_out.count(), classes / 8 * each);
        }
    }
}

/// Sines differ in their last bit from one platform's library to another's.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_set_is_the_same_on_every_machine() {
    let settings = ProceduralSettings { classes: 96, each: 20, variety: 1.0, sameness: 0.0, seed: 0 };
    for (source, expected) in BOTH.into_iter().zip(DIGESTS) {
        let set = made(&source, &settings).unwrap();
        let bytes = set.images.iter().flat_map(|image| image.pixels.iter());
        // FNV-1a.
        let digest = bytes.fold(0xcbf2_9ce4_8422_2325, |digest: u64, &byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        assert_eq!(digest, expected, "{source:?}: {digest:#x}");
    }
}

#[test]
fn images_of_a_class_differ_more_with_more_variety() {
    for source in BOTH {
        for sameness in [0.0, 1.0] {
            let of = |variety: f64| {
                let settings = ProceduralSettings { variety, sameness, ..Default::default() };
                distances(&made(&source, &settings).unwrap(), settings.each)[0]
            };
            let within = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0].map(of);
            assert_eq!(within[0], 0.0);
            assert!(within.is_sorted_by(|less, more| less < more), "{source:?}: {within:?}");
        }
    }
}

#[test]
fn classes_are_more_alike_with_more_sameness() {
    for source in BOTH {
        let of = |sameness: f64| {
            let settings = ProceduralSettings { sameness, ..Default::default() };
            distances(&made(&source, &settings).unwrap(), settings.each)[1]
        };
        let between = [0.0, 0.5, 1.0].map(of);
        assert!(between.is_sorted_by(|more, less| more > less), "{source:?}: {between:?}");
    }
}

#[test]
fn no_two_species_are_the_same_even_without_colour() {
    let settings = ProceduralSettings { classes: 480, each: 4, variety: 0.0, sameness: 1.0, seed: 0 };
    let set = made(&ImageSource::Creatures, &settings).unwrap();
    let different: std::collections::HashSet<_> = set.images.iter().map(|image| &image.pixels).collect();
    assert_eq!(different.len(), 480);
}

#[test]
fn another_seed_makes_another_set() {
    for source in BOTH {
        let of = |seed| made(&source, &ProceduralSettings { seed, ..Default::default() }).unwrap();
        assert_ne!(of(0).images[0].pixels, of(1).images[0].pixels);
        assert_eq!(of(1).images, of(1).images);
    }
}

#[test]
fn options_reach_the_set_and_are_refused_where_there_is_none() {
    let options =
        ["--set-classes", "16", "--set-each", "5", "--set-variety", "0.5", "--set-sameness", "1", "--set-seed", "3"];
    for set in ["creatures", "textures"] {
        let run = given(&[&["--tasks", "class", "--set", set], options.as_slice()].concat()).unwrap();
        let chosen = ProceduralSettings { classes: 16, each: 5, variety: 0.5, sameness: 1.0, seed: 3 };
        assert_eq!(run.procedural, chosen);
        let images = metascope::images::for_run(&run).unwrap().unwrap();
        assert_eq!(images.images, made(&run.images, &chosen).unwrap().images);
    }
    for option in options.chunks(2) {
        for others in [&["--set", "hand"][..], &["--images", "a"], &[]] {
            let message = given(&[option, others].concat()).unwrap_err();
            assert!(message.contains(option[0]) && message.contains("--set creatures"), "{message}");
        }
    }
    let absurd =
        [("classes", ["7", "481"]), ("each", ["3", "61"]), ("variety", ["-0.1", "2.1"]), ("sameness", ["nan", "1.1"])];
    for (name, values) in absurd {
        for value in values {
            let option = format!("--set-{name}");
            let message = given(&["--set", "creatures", &option, value]).unwrap_err();
            assert!(message.contains(&option) && message.contains("choose a value in that range"), "{message}");
        }
    }
}

#[test]
fn experiment_files_hold_them() {
    let parse = |text: &str| Experiment::parse(text, Path::new("e.toml"));
    let plain = "[run]\nimages = \"creatures\"\n";
    let text = format!("{plain}[run.procedural]\nclasses = 48\nsameness = 0.75\n");
    let experiment = parse(&text).unwrap();
    let run = &experiment.settings.run;
    assert_eq!(run.procedural, ProceduralSettings { classes: 48, sameness: 0.75, ..Default::default() });
    assert_eq!(parse(&experiment.to_text().unwrap()).unwrap(), experiment);
    assert_ne!(run.image_key(), parse(plain).unwrap().settings.run.image_key());
    let message = parse(&format!("{plain}[run.procedural]\nvariety = 3\n")).unwrap_err().to_string();
    assert!(message.contains("line 4") && message.contains("0 to 2"), "{message}");
    let message = parse(&format!("{plain}[run.procedural]\nvarety = 1\n")).unwrap_err().to_string();
    assert!(message.contains("line 4") && message.contains("varety"), "{message}");
    let textures = parse("[run]\nimages = \"textures\"\n[run.procedural]\nsameness = 0.5\n").unwrap().settings.run;
    assert_eq!(
        textures.procedural,
        ProceduralSettings { sameness: 0.5, ..ProceduralSettings::of(&ImageSource::Textures) }
    );
    // Sets that are not made from formulas do not depend on them.
    let hand = |more: &str| parse(&format!("[run]\nimages = \"hand\"\n{more}")).unwrap().settings.run.image_key();
    assert_eq!(hand(""), hand("[run.procedural]\nseed = 4\n"));
}

/// The run that the window has begun, which must be the only one, and its images.
fn begun(bench: &mut Bench) -> (RunSettings, std::sync::Arc<ImageSet>) {
    let mut commands = bench.commands_when_made();
    let Some(Command::Restart(settings, Some(set))) = commands.pop() else { panic!("no run has begun") };
    assert_eq!(commands.len(), 0, "a second run has begun");
    (settings.run.clone(), set)
}

/// The name of a setting of sets made from formulas.
fn label(key: &str) -> &'static str {
    setting(&format!("run.procedural.{key}")).label.get()
}

#[test]
fn a_knob_of_the_images_window_makes_the_set_again() {
    let mut bench = Bench::of(families::CLASS);
    bench.key(Key::O);
    assert!(bench.says("How your own are read") && !bench.says("How the set is made"));
    bench.harness.get_by_label("Creatures").click();
    bench.harness.run();
    let (run, _) = begun(&mut bench);
    assert_eq!(run.procedural, ProceduralSettings::default());
    assert!(bench.says("How the set is made") && !bench.says("How your own are read"));
    assert!(bench.says("4,800 images of 16 × 16 pixels in 240 classes, colour"));

    bench.harness.get_by_role_and_label(Role::Slider, label("classes")).set_value_accesskit(24.0);
    bench.harness.run();
    let (run, set) = begun(&mut bench);
    assert_eq!((run.procedural.classes, set.classes.len(), set.images.len()), (24, 24, 480));
    assert!(bench.says("480 images of 16 × 16 pixels in 24 classes, colour"));
    assert!(bench.says("17 to train on, 4 to validate, 3 to test"));

    bench.type_value(label("variety"), "0.437");
    assert_eq!(
        begun(&mut bench).0.procedural,
        ProceduralSettings { classes: 24, variety: 0.437, ..Default::default() }
    );
    bench.harness.run_steps(3);
    bench.type_value(label("each"), "400");
    assert!(bench.commands().is_empty() && bench.says("Images of each: a whole number from 4 to 60"));

    // Another algorithm keeps the set.
    let algorithm = bench.settings().run.algorithm;
    assert_eq!(algorithm, algorithms::MAML);
    bench.key(Key::Escape);
    bench.click(Role::ComboBox, "Tasks");
    bench.harness.get_by_label(families::CLASSIFY.label()).click();
    bench.harness.run();
    assert_eq!(begun(&mut bench).0.procedural.classes, 24);
}

#[test]
fn a_slider_counts_when_it_is_released() {
    let mut bench = Bench::of(families::CLASS);
    bench.key(Key::O);
    bench.harness.get_by_label("Textures").click();
    bench.harness.run();
    let (before, _) = begun(&mut bench);
    let at = bench.harness.get_by_role_and_label(Role::Slider, label("sameness")).rect();
    let at_share = |share: f32| egui::pos2(egui::lerp(at.x_range(), share), at.center().y);
    bench.harness.hover_at(at_share(0.05));
    bench.harness.drag_at(at_share(0.05));
    bench.harness.run();
    for share in [0.3, 0.6, 0.8] {
        bench.harness.hover_at(at_share(share));
        bench.harness.run();
        assert!(bench.commands().is_empty(), "a held slider begins no run");
    }
    bench.harness.drop_at(at_share(0.8));
    bench.harness.run();
    let (after, set) = begun(&mut bench);
    assert!((0.7..0.95).contains(&after.procedural.sameness), "{}", after.procedural.sameness);
    assert_eq!(after, RunSettings { procedural: after.procedural, ..before });
    assert_eq!(set.images, made(&ImageSource::Textures, &after.procedural).unwrap().images);
}

#[test]
fn everything_fits_into_the_smallest_window() {
    let mut bench = Bench::of(families::CLASS);
    bench.key(Key::O);
    bench.harness.get_by_label("Creatures").click();
    begun(&mut bench);
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1040.0, 656.0)).shrink(8.0);
    let mut right = Vec::new();
    for setting in table::all().filter(|setting| setting.group == Group::Formulas) {
        for role in [Role::Slider, Role::TextInput] {
            let rect = bench.harness.get_by_role_and_label(role, setting.label.get()).rect();
            assert!(screen.contains_rect(rect) && rect.width() > 30.0, "{setting:?} {rect}");
            right.push(rect.right());
        }
    }
    let separator = bench.harness.get_by_label("4,800 images of 16 × 16 pixels in 240 classes, colour").rect().left();
    assert!(right.iter().all(|&right| right < separator), "{right:?} {separator}");
}
