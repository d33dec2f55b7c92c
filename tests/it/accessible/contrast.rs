//! Text can be read: every letter that is painted is compared with what was painted below it.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::epaint::{ClippedShape, Mesh, TextShape};
use egui::{Color32, Context, Key, Pos2, Rect, Rgba, Shape, TextureId, Theme};
use metascope::lessons::condition::Strictness;
use metascope::lessons::rehearse::Pupil;
use metascope::meta::cancel::Cancel;
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::train::snapshot::{Init, Phase, Snapshot};
use metascope::train::trainer::Trainer;
use std::sync::Arc;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;
use crate::common::sets;
use crate::common::snapshots::looked_at;

/// What WCAG 2 asks of text, and of lines that say something.
const TEXT: f32 = 4.5;

fn luminance(colour: Color32) -> f32 {
    let [r, g, b, _] = Rgba::from(colour).to_array();
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: Color32, other: Color32) -> f32 {
    let [one, other] = [one, other].map(|colour| luminance(colour) + 0.05);
    one.max(other) / one.min(other)
}

/// A triangle's colour at a place.
fn in_triangle(mesh: &Mesh, corners: &[u32], at: Pos2) -> Option<Color32> {
    let corners = [0, 1, 2].map(|corner| &mesh.vertices[corners[corner] as usize]);
    let [a, b, c] = corners.map(|corner| corner.pos);
    let cross = |a: Pos2, b: Pos2, p: Pos2| (b - a).x * (p - a).y - (b - a).y * (p - a).x;
    let area = cross(a, b, c);
    let shares = [cross(b, c, at) / area, cross(c, a, at) / area, cross(a, b, at) / area];
    let inside = area != 0.0 && shares.iter().all(|share| *share >= 0.0);
    let channel = |index: usize| {
        let channels = corners.map(|corner| f32::from(corner.color.to_array()[index]));
        shares.iter().zip(channels).map(|(share, channel)| share * channel).sum::<f32>().round() as u8
    };
    inside.then(|| Color32::from_rgba_premultiplied(channel(0), channel(1), channel(2), channel(3)))
}

/// What these shapes leave at a place; `None` where that is a picture.
fn below(shapes: &[ClippedShape], at: Pos2) -> Option<Color32> {
    let mut colour = Some(Color32::BLACK);
    let paint = |colour: &mut Option<Color32>, over: Color32| {
        *colour = if over.is_opaque() { Some(over) } else { colour.map(|below| below.blend(over)) };
    };
    for ClippedShape { shape, .. } in shapes.iter().filter(|shape| shape.clip_rect.contains(at)) {
        match shape {
            Shape::Rect(rect) if rect.rect.contains(at) && rect.blur_width == 0.0 => match &rect.brush {
                Some(_) => colour = None,
                None => paint(&mut colour, rect.fill),
            },
            Shape::Circle(circle) if circle.center.distance(at) <= circle.radius => paint(&mut colour, circle.fill),
            Shape::Mesh(mesh) if mesh.calc_bounds().contains(at) => {
                for corners in mesh.indices.chunks_exact(3) {
                    match in_triangle(mesh, corners, at) {
                        Some(over) if mesh.texture_id == TextureId::default() => paint(&mut colour, over),
                        Some(_) => colour = None,
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }
    colour
}

/// The colours that a text's letters have.
fn colours(text: &TextShape) -> Vec<Color32> {
    let sections = text.galley.job.sections.iter().filter(|section| {
        let range = &section.byte_range;
        !text.galley.job.text[range.start.0..range.end.0].trim().is_empty()
    });
    let own = sections.map(|section| match (text.override_text_color, section.format.color) {
        (Some(colour), _) => colour,
        (None, Color32::PLACEHOLDER) => text.fallback_color,
        (None, colour) => colour,
    });
    own.map(|colour| colour.gamma_multiply(text.opacity_factor)).collect()
}

/// Where the text's rows are, a few places of each.
fn places(text: &TextShape) -> Vec<Pos2> {
    let rows: Vec<Rect> = match text.angle == 0.0 {
        true => text.galley.rows.iter().map(|row| row.rect().translate(text.pos.to_vec2())).collect(),
        false => vec![text.visual_bounding_rect()],
    };
    let across = |row: Rect| (1..10).map(move |tenth| row.lerp_inside(egui::vec2(tenth as f32 / 10.0, 0.5)));
    rows.into_iter().flat_map(across).collect()
}

/// Texts that stand out too little, controls that are off excepted.
fn faint(bench: &Bench) -> (usize, BTreeSet<String>) {
    let off: Vec<Rect> = bench.harness.ctx.viewport(|viewport| {
        let widgets = viewport.prev_pass.widgets.layers().flat_map(|(_, widgets)| widgets);
        widgets.filter(|widget| !widget.enabled).map(|widget| widget.rect).collect()
    });
    let shapes = &bench.harness.output().shapes;
    let (mut measured, mut faint) = (0, BTreeSet::new());
    for (index, shape) in shapes.iter().enumerate() {
        let Shape::Text(text) = &shape.shape else { continue };
        let places = places(text).into_iter().filter(|at| shape.clip_rect.contains(*at));
        let places = places.filter(|at| !off.iter().any(|rect| rect.contains(*at)));
        let behind: Vec<Color32> = places.filter_map(|at| below(&shapes[..index], at)).collect();
        for colour in colours(text) {
            let mut contrasts: Vec<f32> = behind.iter().map(|behind| contrast(behind.blend(colour), *behind)).collect();
            contrasts.sort_by(f32::total_cmp);
            // Lines and points may run through a text.
            let Some(usual) = contrasts.get(contrasts.len() / 2) else { continue };
            measured += 1;
            if *usual < TEXT {
                faint.insert(format!("{usual:.2}: {:?} in {colour:?} on {:?}", text.galley.job.text, behind[0]));
            }
        }
    }
    (measured, faint)
}

/// Goes through states of windows.
#[derive(Default)]
struct Reader {
    measured: usize,
    faint: BTreeSet<String>,
}

impl Reader {
    /// Looks in both themes.
    fn both(&mut self, bench: &mut Bench, look: impl Fn(&mut Self, &mut Bench)) {
        for theme in [Theme::Dark, Theme::Light] {
            assert_eq!(bench.harness.ctx.theme(), theme);
            look(self, bench);
            bench.key(Key::T);
        }
    }

    /// Says what could not be read.
    fn end(self) {
        let Self { measured, faint } = self;
        assert!(measured > 500, "{measured}");
        let all = faint.into_iter().collect::<Vec<_>>();
        assert!(all.is_empty(), "{} of {measured}:\n{}", all.len(), all.join("\n"));
    }

    fn look(&mut self, bench: &mut Bench, what: &str) {
        bench.harness.remove_cursor();
        bench.harness.run_steps(12);
        let (measured, faint) = faint(bench);
        let theme = bench.harness.ctx.theme();
        self.measured += measured;
        self.faint.extend(faint.into_iter().map(|text| format!("{what}, {theme:?}: {text}")));
    }

    /// Every tab.
    fn tabs(&mut self, bench: &mut Bench, what: &str) {
        for digit in [Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num1] {
            bench.key(digit);
            self.look(bench, &format!("{what}, {digit:?}"));
        }
    }
}

/// Settings of a run that is done in no time.
pub fn small(tasks: TaskFamily, algorithm: Algorithm) -> Settings {
    let mut settings = Settings::preset(tasks, algorithm);
    settings.live.test_steps = 3;
    settings.live.meta_batch = 3;
    settings.run.evaluate_every = 5;
    if tasks != families::PLANE {
        settings.run.network.hidden = vec![12, 12];
    }
    settings
}

#[test]
fn every_family_can_be_read() {
    let mut reader = Reader::default();
    for tasks in TaskFamily::ALL {
        reader.both(&mut Bench::of(tasks), |reader, bench| reader.tabs(bench, tasks.id()));
    }
    reader.end();
}

#[test]
fn a_lesson_can_be_read() {
    let mut reader = Reader::default();
    let lesson = &metascope::lessons::built_in()[0];
    let mut pupil = Pupil::new(lesson, 0, 2, Strictness::AsItStands).unwrap();
    let mut shown = Vec::new();
    for _ in 0..2 {
        shown.push((pupil.progress.clone(), pupil.look()));
        pupil.solve_until(|pupil| shown.push((pupil.progress.clone(), pupil.look()))).unwrap();
    }
    for (progress, snapshot) in shown {
        reader.both(&mut Bench::with(snapshot), |reader, bench| {
            let ctx = bench.harness.ctx.clone();
            bench.harness.state_mut().as_mut().unwrap().take_up_lesson(&ctx, progress.clone());
            bench.harness.run();
            reader.look(bench, "a lesson");
        });
    }
    reader.end();
}

#[test]
fn closeups_can_be_read() {
    let mut reader = Reader::default();
    for (tasks, algorithm) in [(families::SINE, algorithms::META_SGD), (families::PLANE, algorithms::MAML)] {
        let mut snapshot = Snapshot::clone(&looked_at(small(tasks, algorithm)));
        snapshot.landscape = fixtures::snapshot(tasks, 1284).landscape;
        reader.both(&mut Bench::with(snapshot), |reader, bench| {
            reader.tabs(bench, "close");
            for tab in ["Parameters", "Layers"].into_iter().filter(|_| algorithm.learns_rates()) {
                bench.click(Role::Button, tab);
                for side in ["Rates", "History"] {
                    bench.click(Role::Button, side);
                    reader.look(bench, side);
                }
            }
            bench.click(Role::Button, "Test steps");
            bench.click(Role::CheckBox, "Random start");
            reader.look(bench, "a start is off");
            bench.click(Role::CheckBox, "Random start");
        });
    }
    reader.end();
}

#[test]
fn slow_motion_can_be_read() {
    let mut reader = Reader::default();
    for tasks in [families::SINE, families::COMPLETION] {
        let settings = small(tasks, algorithms::MAML);
        let mut trainer = Trainer::new(settings.clone(), Some(sets::for_settings(&settings)), 1).unwrap();
        let walk = trainer.walk(Cancel::NEVER).unwrap();
        let mut bench = Bench::with(Snapshot { walk: Some(walk.clone()), ..trainer.snapshot(1, 1.0, Phase::Paused) });
        reader.both(&mut bench, |reader, bench| {
            for at in 0..6 {
                let mut walk = walk.clone();
                walk.at = at;
                bench.publish(Snapshot { walk: Some(walk), ..trainer.snapshot(1, 1.0, Phase::Paused) });
                reader.look(bench, &format!("{}, sub-step {at}", tasks.id()));
            }
        });
    }
    reader.end();
}

#[test]
fn warnings_and_dialogs_can_be_read() {
    let mut snapshot = fixtures::snapshot(families::COMPLETION, 412);
    snapshot.phase = Phase::Diverged;
    snapshot.divergence = Some(Arc::new(fixtures::divergence()));
    let mut evaluation = snapshot.evaluation.as_deref().unwrap().clone();
    for task in &mut evaluation.tasks {
        task.traces[Init::Random as usize].query_loss.iter_mut().for_each(|loss| *loss = f32::INFINITY);
    }
    snapshot.evaluation = Some(Arc::new(evaluation));
    snapshot.timeline.shown = Some(100);
    let mut reader = Reader::default();
    reader.both(&mut Bench::with(snapshot), |reader, bench| {
        reader.look(bench, "diverged");
        bench.type_value(Knob::INNER_RATE.label.get(), "99");
        reader.look(bench, "a wrong value");
        bench.type_value(Knob::INNER_RATE.label.get(), "0.2");
        reader.look(bench, "another value");
        for name in ["More", "What begins again"] {
            bench.open(name);
            reader.look(bench, name);
            bench.open(name);
        }
        for key in [Key::F1, Key::O, Key::C] {
            bench.key(key);
            reader.look(bench, &format!("{key:?}"));
            if key == Key::C {
                bench.click(Role::Button, "Race");
                reader.look(bench, "race");
                bench.click(Role::Button, "Sweep");
            }
            bench.key(Key::Escape);
        }
        for list in ["Tasks", "Algorithm"] {
            bench.click(Role::ComboBox, list);
            reader.look(bench, list);
            bench.key(Key::Escape);
        }
        bench.click(Role::Button, "Lines");
        bench.click(Role::CheckBox, "learned start");
        reader.look(bench, "a line is off");
        bench.click(Role::CheckBox, "learned start");
        bench.key(Key::Escape);
        bench.key(Key::P);
        reader.look(bench, "pinned");
        bench.key(Key::F3);
        reader.look(bench, "frame times");
        bench.key(Key::F3);
    });
    reader.end();
}

/// What the test above measures is what is painted.
#[test]
fn faint_text_is_found() {
    let ctx = Context::default();
    let output = ctx.run_ui(egui::RawInput::default(), |ui| {
        ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::WHITE);
        ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::from_black_alpha(51));
        ui.painter().text(
            Pos2::new(50.0, 50.0),
            egui::Align2::LEFT_TOP,
            "text",
            egui::FontId::default(),
            Color32::GRAY,
        );
    });
    let text = output.shapes.iter().position(|shape| matches!(shape.shape, Shape::Text(_))).unwrap();
    let Shape::Text(shape) = &output.shapes[text].shape else { panic!() };
    assert_eq!(colours(shape), [Color32::GRAY]);
    let behind = below(&output.shapes[..text], places(shape)[0]).unwrap();
    assert_eq!(behind, Color32::from_gray(204));
    output.drop_without_applying_deltas();
}
