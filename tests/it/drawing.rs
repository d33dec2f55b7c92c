//! Tasks that a person draws: the same adaptation as a held-out task's, nothing learned from them, and a
//! canvas that tells the trainer of every stroke.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, pos2};
use egui_kittest::kittest::Queryable as _;
use metascope::images::ImageSet;
use metascope::maths::functions::Loss;
use metascope::settings::{ImageSource, Settings, TaskFamily};
use metascope::tasks::sketch::{Sketch, SketchedPage};
use metascope::tasks::{Family, HeldOut, Panel, Picture};
use metascope::train::link::Command;
use metascope::train::snapshot::{Evaluation, Init};
use metascope::train::trainer::Trainer;
use metascope::train::worker;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;
use crate::common::runs::train_to;
use crate::common::sets;
use crate::common::snapshots::wait_for_snapshot;

fn run_on(tasks: TaskFamily, source: ImageSource) -> (Settings, Arc<ImageSet>) {
    let mut settings = Settings::preset(tasks, algorithms::MAML);
    settings.run.images = source;
    settings.live.test_steps = 2;
    let set = sets::read_once(&settings.run.images);
    (settings, set)
}

fn picture_of(evaluation: &Evaluation) -> Sketch {
    let given = &evaluation.tasks[0].given;
    let Panel::Picture { picture: target, .. } = &given[0].panel else { unreachable!() };
    let Panel::Picture { seen: Some(mask), .. } = &given[1].panel else { unreachable!() };
    one_page(Picture::clone(target), mask.to_vec())
}

fn one_page(picture: Picture, seen: Vec<bool>) -> Sketch {
    Sketch { pages: vec![Some(SketchedPage { picture, seen })], task: 0 }
}

fn page(picture: Picture) -> Option<SketchedPage> {
    let seen = vec![true; picture.width * picture.height];
    Some(SketchedPage { picture, seen })
}

fn shown(task: &HeldOut, column: usize) -> &Picture {
    task.given[column].panel.picture().unwrap()
}

fn colour_of(set: &ImageSet, image: usize) -> Picture {
    let pixels = set.images[image].pixels.chunks_exact(set.channels);
    let rgb = pixels.flat_map(|pixel| [0, 1, 2].map(|c| pixel[c.min(set.channels - 1)])).collect();
    Picture { width: set.size, height: set.size, rgb }
}

fn distance(a: &ndarray::ArrayView2<'_, f32>, b: &ndarray::ArrayView2<'_, f32>) -> f32 {
    assert_eq!(a.shape(), b.shape());
    a.iter().zip(b.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn a_drawn_held_out_image_is_adapted_to_as_the_held_out_task_is() {
    for tasks in [families::PICTURE, families::COMPLETION] {
        let (settings, set) = run_on(tasks, ImageSource::Faces);
        let mut trainer = Trainer::new(settings, Some(set), 1).unwrap();
        train_to(&mut trainer, 1);
        trainer.probe();
        let probes = trainer.evaluation();
        trainer.set_sketch(Some(Arc::new(picture_of(&probes))));
        let shown = trainer.snapshot(1, 0.0, metascope::train::snapshot::Phase::Paused).sketch.unwrap();
        for init in [Init::Learned, Init::Random] {
            let [drawn, probe] = [&shown, &probes].map(|evaluation| &evaluation.tasks[0].traces[init as usize]);
            assert_eq!(drawn.query_loss, probe.query_loss, "{tasks:?} {init:?}");
            let [drawn, probe] = [drawn, probe].map(|trace| trace.outputs[2].picture().unwrap());
            assert_eq!(drawn, probe);
        }
        assert_eq!(shown.tasks[0].name, "your picture");
        trainer.set_sketch(None);
        assert!(trainer.snapshot(1, 0.0, metascope::train::snapshot::Phase::Paused).sketch.is_none());
    }
}

#[test]
fn nothing_is_learned_from_a_drawing() {
    let (settings, set) = run_on(families::PICTURE, ImageSource::Faces);
    let train = |draw: bool| {
        let mut trainer = Trainer::new(settings.clone(), Some(set.clone()), 2).unwrap();
        let sketch = Arc::new(picture_of(&trainer.evaluation()));
        for iteration in 1..=3 {
            if draw {
                trainer.set_sketch(Some(sketch.clone()));
            }
            train_to(&mut trainer, iteration);
        }
        trainer.meta_parameters().values.clone()
    };
    assert_eq!(train(true), train(false));
}

#[test]
fn drawn_images_of_a_class_are_its_support() {
    let (settings, set) = run_on(families::CLASS, ImageSource::Hand);
    let family = Family::new(&settings.run, Some(set.clone())).unwrap();
    let held_out = family.held_out(&settings.live, 0, 0);
    let known = held_out.reading.known().unwrap();
    let pages = known.support.iter().map(|&image| page(colour_of(&set, image))).collect();
    let drawn = family.sketched(&Sketch { pages, task: 0 }, &settings.live, 0).unwrap();
    assert!(drawn.reading.known().is_none());
    assert_eq!(shown(&drawn, 1), shown(&held_out, 1));
    assert_eq!(drawn.given[1].caption, format!("{} images", known.support.len()));
    // The targets are the images' codes; noise and times are drawn anew.
    let [codes, expected] = [&drawn, &held_out].map(|task| task.episode.support(0).y());
    assert!(distance(&codes, &expected) < 1e-4);
    assert_eq!(drawn.episode.support.len(), settings.live.test_steps);
}

#[test]
fn a_drawn_query_is_asked_about_the_classes_of_a_held_out_task() {
    let (settings, set) = run_on(families::CLASSIFY, ImageSource::Hand);
    let family = Family::new(&settings.run, Some(set.clone())).unwrap();
    assert_eq!(family.network(&settings.run).loss_kind(), Loss::CrossEntropy);
    let held_out = family.held_out(&settings.live, 0, 2);
    let names: Vec<&str> = held_out.choices.iter().map(|choice| choice.name.en()).collect();
    let image = (0..set.images.len()).find(|&i| set.classes[set.images[i].class] == names[3]).unwrap();
    let sketch = |redrawn: Vec<Option<SketchedPage>>| {
        let query = page(colour_of(&set, image));
        Sketch { pages: [query].into_iter().chain(redrawn).collect(), task: 2 }
    };
    let drawn = family.sketched(&sketch(vec![None; names.len()]), &settings.live, 0).unwrap();
    assert_eq!((&drawn.choices, shown(&drawn, 1)), (&held_out.choices, shown(&held_out, 1)));
    let [codes, expected] = [&drawn, &held_out].map(|task| task.episode.support(0).x());
    assert!(distance(&codes, &expected) < 1e-4);
    let [labels, right] = [&drawn, &held_out].map(|task| task.episode.support(0).y());
    assert_eq!(labels, right);
    let read = drawn.reading.read(ndarray::array![[0.0, 0.0, 0.0, 4.0, 0.0]].view());
    let Panel::Bars { chances, names: asked } = read.panel else { panic!() };
    assert_eq!(*asked, *names);
    assert!(chances[3] > 0.9 && (chances.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    // A class that was drawn anew has that image alone, and the others stay.
    let mut redrawn = vec![None; names.len()];
    redrawn[1] = page(colour_of(&set, image));
    let drawn = family.sketched(&sketch(redrawn), &settings.live, 0).unwrap();
    let (one, other) = (drawn.episode.support(0).x(), held_out.episode.support(0).x());
    let change: Vec<bool> = (0..names.len())
        .map(|row| one.row(row).iter().zip(other.row(row)).any(|(a, b)| (a - b).abs() > 1e-3))
        .collect();
    assert_eq!(change, [false, true, false, false, false]);
}

#[test]
fn drawings_that_do_not_fit_are_no_tasks() {
    let (settings, set) = run_on(families::PICTURE, ImageSource::Faces);
    let family = Family::new(&settings.run, Some(set.clone())).unwrap();
    let picture = |size: usize| Picture { width: size, height: size, rgb: vec![7; 3 * size * size] };
    let pixels = set.size * set.size;
    let misfits = [
        one_page(picture(set.size), vec![false; pixels]),
        one_page(picture(set.size), vec![true; 3]),
        one_page(picture(8), vec![true; 64]),
        Sketch { pages: vec![None, page(picture(set.size))], task: 0 },
    ];
    for sketch in misfits {
        assert!(family.sketched(&sketch, &settings.live, 0).is_none(), "{sketch:?}");
    }
    let (settings, set) = run_on(families::CLASS, ImageSource::Digits);
    let family = Family::new(&settings.run, Some(set)).unwrap();
    for images in [vec![], vec![picture(9)], vec![picture(8), picture(9)]] {
        let pages = images.into_iter().map(page).collect();
        assert!(family.sketched(&Sketch { pages, task: 0 }, &settings.live, 0).is_none());
    }
}

#[test]
fn the_trainer_adapts_to_a_drawing_while_paused_and_keeps_it_over_a_restart() {
    let (settings, set) = run_on(families::PICTURE, ImageSource::Faces);
    let settings = Arc::new(settings);
    let (window, thread) = worker::spawn(Arc::new(|| {}), 1, None).unwrap();
    window.send(Command::Restart(settings.clone(), Some(set.clone())));
    let first = wait_for_snapshot(&window, "a measurement", |snapshot| snapshot.evaluation.is_some());
    window.send(Command::Pause);
    window.set_sketch(Some(Arc::new(picture_of(first.evaluation.as_ref().unwrap()))));
    wait_for_snapshot(&window, "the drawing", |snapshot| snapshot.sketch.is_some());
    window.send(Command::Restart(settings, Some(set.clone())));
    wait_for_snapshot(&window, "the drawing again", |snapshot| snapshot.run == 2 && snapshot.sketch.is_some());
    // Other tasks have no use for it.
    let (other, hand) = run_on(families::CLASS, ImageSource::Hand);
    window.send(Command::Restart(Arc::new(other), Some(hand)));
    wait_for_snapshot(&window, "other tasks without it", |snapshot| snapshot.run == 3 && snapshot.sketch.is_none());
    window.send(Command::Quit);
    thread.join().unwrap();
}

/// What the trainer was told of since the last time.
fn told(bench: &Bench) -> Option<Option<Arc<Sketch>>> {
    bench.trainer.take_sketch()
}

fn stroke(bench: &mut Bench, from: Pos2, to: Pos2) {
    bench.harness.hover_at(from);
    bench.harness.drag_at(from);
    bench.harness.run();
    bench.harness.hover_at(to);
    bench.harness.run();
}

fn canvas(bench: &Bench, share: [f32; 2]) -> Pos2 {
    let rect = bench.harness.get_by_role_and_label(Role::Image, "Canvas").rect();
    pos2(rect.left() + share[0] * rect.width(), rect.top() + share[1] * rect.height())
}

#[test]
fn a_brush_tells_the_trainer_while_it_moves_and_undo_takes_it_back() {
    let mut bench = Bench::of(families::PICTURE);
    bench.click(Role::Button, "Draw");
    let Some(Some(begun)) = told(&bench) else { panic!("the first held-out image is the first drawing") };
    let [from, to] = [[0.2, 0.2], [0.8, 0.5]].map(|share| canvas(&bench, share));
    stroke(&mut bench, from, to);
    let Some(Some(moving)) = told(&bench) else { panic!("the stroke is not over, but seen") };
    let [SketchedPage { picture, seen }, SketchedPage { picture: before, .. }] =
        [&moving, &begun].map(|sketch| sketch.page(0).unwrap());
    let changed = picture.rgb.chunks(3).zip(before.rgb.chunks(3)).filter(|(a, b)| a != b).count();
    assert!(changed > 10 && changed < picture.rgb.len() / 6, "{changed} pixels");
    assert!(seen.iter().all(|seen| *seen));
    bench.harness.drop_at(to);
    bench.harness.run();
    bench.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    bench.harness.run();
    assert_eq!(told(&bench), Some(Some(begun)));
    bench.click(Role::Button, "Redo");
    assert_eq!(told(&bench), Some(Some(moving)));
    // Another look: the trainer has nothing to do for a drawing that is not shown.
    bench.click(Role::Button, "What it makes");
    assert_eq!(told(&bench), Some(None));
}

/// What is drawn and what comes of it share a hall's screen.
#[test]
fn in_a_hall_what_comes_of_a_drawing_has_room_beside_the_canvas() {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 1284);
    snapshot.sketch = snapshot.evaluation.clone();
    let mut bench = Bench::sized(snapshot, egui::vec2(512.0, 320.0));
    bench.click(Role::Button, "Draw");
    let canvas = bench.harness.get_by_role_and_label(Role::Image, "Canvas").rect();
    let cells: Vec<_> =
        bench.harness.query_all_by_label_contains("Learned start k = ").map(|cell| cell.rect()).collect();
    assert!(!cells.is_empty());
    for cell in &cells {
        assert!(cell.width() >= 31.0 && cell.left() > canvas.right() && cell.right() <= 512.0, "{cell:?} {canvas:?}");
    }
}

#[test]
fn a_mask_is_painted_and_hides_pixels_from_adaptation() {
    let mut bench = Bench::of(families::COMPLETION);
    bench.click(Role::Button, "Draw");
    bench.click(Role::Button, "Show all");
    let Some(Some(whole)) = told(&bench) else { panic!() };
    let SketchedPage { seen, picture } = whole.page(0).unwrap();
    assert!(seen.iter().all(|seen| *seen));
    bench.click(Role::Button, "Hide");
    let [from, to] = [[0.5, 0.2], [0.5, 0.8]].map(|share| canvas(&bench, share));
    stroke(&mut bench, from, to);
    let Some(Some(masked)) = told(&bench) else { panic!() };
    let SketchedPage { seen, picture: same } = masked.page(0).unwrap();
    let hidden = seen.iter().filter(|seen| !**seen).count();
    assert!(hidden > 10 && hidden < seen.len() / 3 && same == picture, "{hidden} hidden");
}

#[test]
fn a_class_is_adapted_to_at_pen_up_and_grows_with_every_page() {
    let mut bench = Bench::of(families::CLASS);
    bench.click(Role::Button, "Draw");
    assert_eq!(told(&bench), None, "blank pages are no class");
    let images = |sketch: &Sketch| sketch.pages.iter().flatten().count();
    for drawn in 1..=2 {
        let [from, to] = [[0.3, 0.2], [0.6, 0.8]].map(|share| canvas(&bench, share));
        stroke(&mut bench, from, to);
        assert_eq!(told(&bench), None, "the pen is still down");
        bench.harness.drop_at(to);
        bench.harness.run();
        assert_eq!(told(&bench).flatten().as_deref().map(images), Some(drawn));
        bench.click(Role::Button, "Another drawing");
    }
    bench.click(Role::Button, "Drawing 1");
    bench.click(Role::Button, "Remove this drawing");
    assert_eq!(told(&bench).flatten().as_deref().map(images), Some(1));
}

#[test]
fn a_query_is_drawn_and_a_class_can_be_replaced() {
    let mut bench = Bench::of(families::CLASSIFY);
    bench.click(Role::Button, "Draw");
    let [from, to] = [[0.3, 0.2], [0.6, 0.8]].map(|share| canvas(&bench, share));
    stroke(&mut bench, from, to);
    let Some(Some(sketch)) = told(&bench) else { panic!("it is asked about while it is drawn") };
    let asked = sketch.page(0).unwrap().clone();
    assert!(sketch.task == 0 && sketch.pages.len() == 6 && sketch.pages[1..].iter().all(Option::is_none));
    bench.harness.drop_at(to);
    bench.click(Role::Button, "Class g");
    stroke(&mut bench, from, to);
    let Some(Some(sketch)) = told(&bench) else { panic!() };
    let drawn: Vec<bool> = sketch.pages.iter().map(Option::is_some).collect();
    assert_eq!(drawn, [true, false, true, false, false, false]);
    assert_eq!(*sketch.page(0).unwrap(), asked);
    bench.harness.drop_at(to);
    bench.click(Role::Button, "Others");
    let Some(Some(sketch)) = told(&bench) else { panic!() };
    assert_eq!(sketch.task, 1);
}

#[test]
fn grey_and_colour_drawings_become_what_the_set_has() {
    let picture = Picture { width: 1, height: 1, rgb: vec![255, 0, 0] };
    assert_eq!(picture.channels(3), [255, 0, 0]);
    assert_eq!(picture.channels(1), [76]);
    let set = sets::characters();
    let [paper, ink] = metascope::tasks::sketch::pad::paper_and_ink(&set);
    assert_eq!([paper, ink], [[0; 3], [255; 3]], "white on black");
}
