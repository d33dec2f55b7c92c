//! Choosing: a sweep over two settings and a race of algorithms, run beside the training.

mod map;
mod progress;
mod race;
mod sweep;

use std::io::Error;
use std::sync::Arc;
use std::time::Duration;

use egui::{Context, RichText, Ui};

use self::race::RaceTab;
use self::sweep::SweepTab;
use super::commands::Commands;
use super::notices::{Kind, Notices};
use super::stage;
use super::theme::{GRID, Palette};
use crate::aside;
use crate::images::ImageSet;
use crate::settings::Settings;
use crate::text::{Words, say, tell, text};

pub use self::progress::{Progress, time_left, words};

/// How often the time left is said anew while nothing is reported.
const SAY_EVERY: Duration = Duration::from_secs(5);

/// In less height than this it scrolls.
const LEAST: f32 = 75.0 * GRID;

/// Meta-iterations that a person can ask of one run.
const ITERATIONS: [f64; 2] = [1.0, 1e6];

/// The view.
#[derive(Default)]
pub struct Compare {
    tab: Tab,
    sweep: SweepTab,
    race: RaceTab,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Sweep,
    Race,
}

/// What the tabs start from: the settings as they are now and the images in use.
#[derive(Clone, Copy)]
struct Base<'a> {
    settings: &'a Settings,
    images: Option<&'a Arc<ImageSet>>,
}

impl Base<'_> {
    fn check_images(&self) -> Result<(), Words> {
        let missing = self.settings.run.tasks.needs_images() && self.images.is_none();
        let error = text("The images are still being read: start when they are there", "图像还在读取：读完后再开始");
        if missing { Err(error.into()) } else { Ok(()) }
    }
}

impl Compare {
    /// How far the sweep and the race are, where they run.
    pub fn progress(&self) -> [Option<Progress>; 2] {
        [self.sweep.progress(), self.race.progress()]
    }

    /// Whether there is a table of what was found.
    pub fn has_table(&self) -> bool {
        self.sweep.has_found() || self.race.has_found()
    }

    /// What the sweep or the race, whichever is looked at, or else the other one has found, in CSV, and what it is of.
    pub fn table(&self) -> Option<(&'static str, Vec<u8>)> {
        let sweep = || Some(("sweep", self.sweep.table()?));
        let race = || Some(("race", self.race.table()?));
        if self.tab == Tab::Sweep { sweep().or_else(race) } else { race().or_else(sweep) }
    }

    /// Takes what finished, and says so if nobody sees it.
    pub fn receive(&mut self, ctx: &Context, shown: bool, notices: &mut Notices) {
        for (tab, ended) in [(Tab::Sweep, self.sweep.receive()), (Tab::Race, self.race.receive())] {
            let seen = shown && self.tab == tab;
            if let Some((kind, text)) = ended.filter(|_| !seen) {
                notices.add(kind, text);
            }
        }
        if self.progress().iter().any(Option::is_some) {
            ctx.request_repaint_after(SAY_EVERY);
        }
    }

    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, settings: &Settings, images: Option<&Arc<ImageSet>>, commands: &mut Commands) {
        let base = Base { settings, images };
        if !aside::THREADS {
            let text = RichText::new(aside::REFUSAL.get()).color(Palette::of(ui).weak);
            ui.centered_and_justified(|ui| ui.label(text));
            return;
        }
        stage::at_least(ui, LEAST, |ui| self.contents(ui, base, commands));
    }

    fn contents(&mut self, ui: &mut Ui, base: Base<'_>, commands: &mut Commands) {
        self.tabs(ui);
        ui.add_space(GRID);
        match self.tab {
            Tab::Sweep => self.sweep.ui(ui, base, commands),
            Tab::Race => self.race.ui(ui, base),
        }
    }

    fn tabs(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let sweep =
                say("Trains one run for every pair of values of two settings", "对两个设置的每一对取值各训练一次运行");
            let race = say("Trains several algorithms on the same tasks", "在相同的任务上训练多种算法");
            for (tab, label, tooltip) in
                [(Tab::Sweep, say("Sweep", "参数扫描"), sweep), (Tab::Race, say("Race", "算法对比"), race)]
            {
                ui.selectable_value(&mut self.tab, tab, label).on_hover_text(tooltip);
            }
        });
        ui.separator();
    }
}

/// Threads for what runs beside the training: one core is left to the window.
fn threads() -> usize {
    aside::cores().saturating_sub(1).max(1)
}

/// Reads a number of meta-iterations.
fn read_iterations(text: &str) -> Result<u64, String> {
    let [low, high] = ITERATIONS;
    super::numbers::parse(text)
        .filter(|value| value.fract() == 0.0 && (low..=high).contains(value))
        .map(|value| value as u64)
        .ok_or_else(|| {
            say("Meta-iterations: a whole number from 1 to 1,000,000", "元迭代数：1 到 1,000,000 的整数").to_owned()
        })
}

/// What is said of something that ended.
type Ended = Option<(Kind, Words)>;

/// What is said when the system has no thread to give.
fn no_thread(error: &Error) -> Words {
    let why = Words::of_error(error);
    Words::told(|| tell(|| format!("No thread: {why}"), || format!("无法启动线程：{why}")))
}
