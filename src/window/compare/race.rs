//! The race: which algorithms, their losses as they learn, and how they differ.

mod lines;
mod steps;
mod table;

use std::sync::Arc;

use egui::{Checkbox, ComboBox, RichText, ScrollArea, Ui, vec2};
use egui_plot::{FilledArea, HLine, HoverPosition, Line, Plot, PlotBounds, PlotPoints};

use self::lines::Lines;
use self::steps::Over;
use super::progress::{Clock, Counted, Progress};
use super::{Base, Ended, no_thread, read_iterations, threads};
use crate::compare::background::{self, Background, RaceNews};
use crate::compare::race::{Probe, Race, RunResult, Summary};
use crate::compare::tables;
use crate::experiment::Experiment;
use crate::settings::{Algorithm, LiveSettings, RunSettings, Settings};
use crate::text::{Words, say, tell, text};
use crate::window::losses::{fixed, log_plot};
use crate::window::notices::Kind;
use crate::window::numbers;
use crate::window::pacing;
use crate::window::theme::{GRID, Palette, small_font};
use crate::window::value_field::ValueField;

/// Numbers of seeds that can be chosen.
const SEEDS: [u64; 4] = [1, 2, 3, 5];
/// Measurements along each run.
const PROBES: u64 = 60;
/// Held-out tasks measured at the end of each run.
const TASKS: usize = 200;

/// Algorithms, the first ones, that a race is begun with.
const CHOSEN: usize = 3;

/// The tab.
pub struct RaceTab {
    chosen: Vec<bool>,
    seeds: u64,
    /// Meta-iterations of each run; `None` for what suits the task family.
    iterations: Option<u64>,
    iterations_field: ValueField,
    running: Option<Background<RaceNews>>,
    shown: Option<Shown>,
    over: Over,
    error: Option<Words>,
}

/// A race and what it found so far.
struct Shown {
    race: Arc<Race>,
    clock: Clock,
    probes: Vec<Vec<Probe>>,
    results: Vec<Option<RunResult>>,
    lines: Lines,
    summary: Summary,
}

impl Shown {
    /// Meta-iterations of all runs together that are done.
    fn done(&self) -> u64 {
        let runs = self.probes.iter().zip(&self.results).map(|(probes, result)| match result {
            Some(_) => self.race.iterations(),
            None => probes.last().map_or(0, |probe| probe.iteration),
        });
        runs.sum()
    }

    fn progress(&self) -> Progress {
        self.clock.progress(Counted::MetaIterations, self.race.iterations() * self.race.runs() as u64, 1)
    }
}

impl Default for RaceTab {
    fn default() -> Self {
        Self {
            chosen: Algorithm::ALL.into_iter().enumerate().map(|(index, _)| index < CHOSEN).collect(),
            seeds: 2,
            iterations: None,
            iterations_field: ValueField::default(),
            running: None,
            shown: None,
            over: Over::default(),
            error: None,
        }
    }
}

impl RaceTab {
    /// Takes what was reported since the last frame; what is said if that was the end.
    pub fn receive(&mut self) -> Ended {
        let (Some(running), Some(shown)) = (&self.running, &mut self.shown) else { return None };
        let (mut ended, mut changed) = (None, false);
        for news in running.take() {
            changed = true;
            match news {
                RaceNews::Probe(run, probe) => shown.probes[run].push(probe),
                RaceNews::Run(run, result) => {
                    shown.results[run] = Some(result);
                    shown.summary = Summary::new(&shown.race, &shown.results);
                }
                RaceNews::Done => {
                    let text = text("The race is finished: see Sweep and race", "算法对比已完成：在“批量实验”中查看");
                    ended = Some((Kind::Done, text.into()));
                }
                RaceNews::Failed(error) => {
                    let text = Words::told(|| {
                        tell(|| format!("The race stopped: {error}"), || format!("算法对比已停止：{error}"))
                    });
                    self.error = Some(text.clone());
                    ended = Some((Kind::Error, text));
                }
            }
        }
        if changed {
            let same_tasks = shown.race.entrants()[0].run.tasks.is_told_in_decibels();
            shown.lines = Lines::new(&shown.probes, shown.race.seeds().len(), same_tasks);
            shown.clock.note(shown.done());
        }
        if ended.is_some() {
            self.running = None;
        }
        ended
    }

    /// The measurements of the runs that are finished, in CSV, if any is.
    pub fn table(&self) -> Option<Vec<u8>> {
        tables::race(&self.shown.as_ref().filter(|_| self.has_found())?.results).ok()
    }

    /// Whether a run is finished.
    pub fn has_found(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.results.iter().any(Option::is_some))
    }

    /// How far it is, if it runs.
    pub fn progress(&self) -> Option<Progress> {
        self.shown.as_ref().filter(|_| self.running.is_some()).map(Shown::progress)
    }

    /// Draws the tab.
    pub fn ui(&mut self, ui: &mut Ui, base: Base<'_>) {
        let palette = Palette::of(ui);
        let idle = self.running.is_none();
        ui.add_enabled_ui(idle, |ui| {
            ui.horizontal_wrapped(|ui| {
                for (algorithm, chosen) in Algorithm::ALL.into_iter().zip(&mut self.chosen) {
                    let name = RichText::new(algorithm.label()).color(palette.as_text(colour(palette, algorithm)));
                    ui.add(Checkbox::new(chosen, name)).on_hover_text(algorithm.about());
                }
            });
        });
        self.controls(ui, base, idle);
        if let Some(error) = &self.error {
            ui.add(egui::Label::new(RichText::new(error.get()).color(palette.as_text(palette.danger))).wrap());
        }
        let Some(shown) = &self.shown else {
            let text = say(
                "Every algorithm will be trained on the same tasks from the same seeds,\n\
                 each with its own usual rates and the one in use with its present ones.",
                "每种算法都用相同的随机种子在相同的任务上训练，\n各用自己常用的学习率，正在使用的算法用当前的学习率。",
            );
            ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
            return;
        };
        let table_height = 22.0 * (shown.race.entrants().len() as f32 + 1.0) + 3.0 * GRID;
        let height = (ui.available_height() - table_height).max(150.0);
        let width = ui.available_width();
        ui.style_mut().text_styles.insert(egui::TextStyle::Body, small_font());
        ui.horizontal(|ui| {
            let size = vec2(0.5 * width - 2.0 * GRID, height);
            let half = |ui: &mut Ui, draw: &mut dyn FnMut(&mut Ui)| {
                ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
                    ui.set_min_size(size);
                    draw(ui);
                });
            };
            half(ui, &mut |ui| {
                steps::choose(ui, &mut self.over);
                match self.over {
                    Over::Training => losses(ui, shown),
                    Over::Steps => steps::ui(ui, shown),
                }
            });
            half(ui, &mut |ui| differences(ui, shown));
        });
        ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| table::ui(ui, shown, idle));
    }

    fn controls(&mut self, ui: &mut Ui, base: Base<'_>, idle: bool) {
        let palette = Palette::of(ui);
        let mut iterations = self.iterations.unwrap_or(base.settings.run.tasks.card().usual_iterations[1]);
        ui.horizontal(|ui| {
            ui.label(RichText::new(say("Meta-iterations", "元迭代数")).color(palette.weak));
            ui.add_enabled_ui(idle, |ui| {
                let shown = numbers::thousands(iterations);
                let name = say("Meta-iterations", "元迭代数");
                let (response, typed) = self.iterations_field.ui(ui, name, 64.0, &shown, read_iterations);
                response.on_hover_text(say("How long each run trains", "每次运行训练多久"));
                if let Some(typed) = typed {
                    self.iterations = Some(typed);
                    iterations = typed;
                }
            });
            ui.label(RichText::new(say("Seeds", "随机种子")).color(palette.weak));
            ui.add_enabled_ui(idle, |ui| {
                ComboBox::from_id_salt("race-seeds")
                    .width(48.0)
                    .selected_text(self.seeds.to_string())
                    .show_ui(ui, |ui| {
                        for seeds in SEEDS {
                            ui.selectable_value(&mut self.seeds, seeds, seeds.to_string());
                        }
                    })
                    .response
                    .on_hover_text(say(
                        "Runs of each algorithm: more make the differences surer",
                        "每种算法运行几次：次数越多，差异越可靠",
                    ))
                    .accessible_name(say("Seeds", "随机种子"));
            });
            if idle {
                let enough = self.chosen.iter().filter(|chosen| **chosen).count() > 1;
                let start = ui
                    .add_enabled(enough, egui::Button::new(say("Start race", "开始对比")))
                    .on_hover_text(say(
                        "Trains them side by side in the background; \
                         the first one is what the others are compared with",
                        "在后台并排训练它们；其他算法都与第一个比较",
                    ))
                    .on_disabled_hover_text(say("Choose at least two algorithms", "至少选两种算法"));
                if start.clicked() {
                    self.start(ui, base, iterations);
                }
            } else {
                let about = say("Keeps what is known", "保留已知的结果");
                if ui.button(say("Stop", "停止")).on_hover_text(about).clicked() {
                    self.running = None;
                }
            }
            if let Some(shown) = &self.shown {
                let run = &shown.race.entrants()[0].run;
                if !idle {
                    ui.add(egui::Spinner::new().size(12.0));
                }
                let mut text = format!("{} · {}", run.tasks.label(), shown.progress().count());
                if let Some(left) = self.progress().and_then(|progress| progress.left()) {
                    text += &format!(" · {left}");
                }
                ui.label(RichText::new(text).small().color(palette.weak));
            }
        });
        self.iterations_field.error_ui(ui);
    }

    fn start(&mut self, ui: &Ui, base: Base<'_>, iterations: u64) {
        self.error = None;
        let wake = pacing::waker(ui.ctx());
        let started = self.plan(base, iterations).and_then(|race| {
            let race = Arc::new(race);
            let running = background::race(race.clone(), threads(), wake).map_err(|error| no_thread(&error))?;
            Ok((race, running))
        });
        match started {
            Err(error) => self.error = Some(error),
            Ok((race, running)) => {
                let runs = race.runs();
                let results = vec![None; runs];
                let summary = Summary::new(&race, &results);
                let lines = Lines::default();
                let (clock, probes) = (Clock::start(), vec![Vec::new(); runs]);
                self.shown = Some(Shown { race, clock, probes, results, lines, summary });
                self.running = Some(running);
            }
        }
    }

    fn plan(&self, base: Base<'_>, iterations: u64) -> Result<Race, Words> {
        base.check_images()?;
        let chosen = Algorithm::ALL.into_iter().zip(&self.chosen).filter(|(_, chosen)| **chosen);
        let entrants: Vec<Experiment> = chosen
            .map(|(algorithm, _)| Experiment {
                settings: entrant(base.settings, algorithm, iterations),
                ..Experiment::default()
            })
            .collect();
        let first = base.settings.run.seed;
        let seeds: Vec<u64> = (0..self.seeds).map(|i| first.saturating_add(i)).collect();
        let images = seeds.iter().map(|_| base.images.cloned()).collect();
        Race::new(&entrants, &seeds, iterations, &[], images).map_err(|error| Words::told(|| error.to_string()))
    }
}

/// Another algorithm on the same tasks: its own rates and optimiser, everything else as it is now.
fn entrant(now: &Settings, algorithm: Algorithm, iterations: u64) -> Settings {
    let mut settings = if algorithm == now.run.algorithm {
        now.clone()
    } else {
        let preset = Settings::preset(now.run.tasks, algorithm);
        let LiveSettings { inner_rate, outer_rate, inner_steps, .. } = preset.live;
        Settings {
            live: LiveSettings { inner_rate, outer_rate, inner_steps, ..now.live.clone() },
            run: RunSettings {
                algorithm,
                optimiser: preset.run.optimiser,
                outer: preset.run.outer,
                method: preset.run.method,
                ..now.run.clone()
            },
        }
    };
    settings.run.evaluate_every = iterations.div_ceil(PROBES);
    settings.run.held_out_tasks = settings.run.held_out_tasks.min(TASKS);
    settings
}

fn colour(palette: &Palette, algorithm: Algorithm) -> egui::Color32 {
    let index = Algorithm::ALL.into_iter().position(|other| other == algorithm).unwrap_or(0);
    palette.series[index % palette.series.len()]
}

/// With whole numbers at the horizontal axis, and as much room as the others have at the vertical one.
fn counted(plot: Plot<'_>) -> Plot<'_> {
    plot.y_axis_min_width(40.0).x_axis_formatter(|mark, _| numbers::thousands(mark.value.round() as i64))
}

fn losses(ui: &mut Ui, shown: &Shown) {
    let palette = Palette::of(ui);
    let [low, high] = shown.lines.loss_range();
    let bounds = PlotBounds::from_min_max([0.0, low], [shown.race.iterations() as f64, high]);
    counted(log_plot("race-losses", palette))
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } => {
                Some(format!("{plot_name} {}", numbers::significant(10f64.powf(position.y))))
            }
            HoverPosition::Elsewhere { .. } => None,
        })
        .show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            for (settings, line) in shown.race.entrants().iter().zip(&shown.lines.losses) {
                let algorithm = settings.run.algorithm;
                let line = Line::new(algorithm.label(), PlotPoints::Borrowed(line));
                plot.line(line.color(colour(palette, algorithm)).width(1.8));
            }
        });
}

fn differences(ui: &mut Ui, shown: &Shown) {
    let palette = Palette::of(ui);
    let first = shown.race.entrants()[0].run.algorithm.label();
    let title = tell(
        || format!("Difference to {first}, with its 95 % interval"),
        || format!("与 {first} 之差，附 95 % 置信区间"),
    );
    ui.label(RichText::new(title).strong()).on_hover_text(say(
        "Task by task on the same tasks: below 0 is better than the first one",
        "在相同的任务上逐个比较：低于 0 表示比第一个好",
    ));
    let [low, high] = shown.lines.difference_range();
    let bounds = PlotBounds::from_min_max([0.0, low], [shown.race.iterations() as f64, high]);
    counted(fixed(Plot::new("race-differences")).grid_color(palette.line))
        .y_axis_formatter(|mark, _| numbers::compact(mark.value))
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                Some(format!("{plot_name} {}", numbers::significant(position.y)))
            }
            _ => None,
        })
        .show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            plot.hline(HLine::new("", 0.0).color(palette.weak).width(1.0).allow_hover(false));
            for (settings, line) in shown.race.entrants().iter().zip(&shown.lines.differences).skip(1) {
                let algorithm = settings.run.algorithm;
                let colour = colour(palette, algorithm);
                let of = |index: usize| line.iter().map(|point| point[index]).collect::<Vec<f64>>();
                let band = FilledArea::new("", &of(0), &of(2), &of(3));
                plot.add(band.fill_color(colour.gamma_multiply(0.2)).allow_hover(false));
                let middle: Vec<[f64; 2]> = line.iter().map(|point| [point[0], point[1]]).collect();
                plot.line(Line::new(algorithm.label(), middle).color(colour).width(1.8));
            }
        });
}
