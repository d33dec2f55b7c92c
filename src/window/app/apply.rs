//! The one match that applies every command.

use egui::{Context, ThemePreference};

use super::keeping::Asked;
use super::{App, PRESENT_ZOOM};
use crate::settings::{Knob, ProceduralSettings, Settings};
use crate::text::say;
use crate::train::link::{Command, Pace};
use crate::train::snapshot::Phase;
use crate::window::commands::UiCommand;
use crate::window::notices::Kind;
use crate::window::picker::{Picker, Wanted};
use crate::window::watching::Observer as _;

impl App {
    /// The one place where a command takes effect.
    pub(super) fn apply(&mut self, ctx: &Context, command: UiCommand) {
        match command {
            UiCommand::PlayPause => match self.phase() {
                Phase::Running => self.ask(Command::Pause, Phase::Paused),
                Phase::Paused => self.ask(Command::Play, Phase::Running),
                Phase::Diverged => self.say_go_back(),
            },
            UiCommand::Step if self.phase() != Phase::Diverged => self.ask(Command::Step, Phase::Paused),
            UiCommand::Step => self.say_go_back(),
            UiCommand::SlowMotion => {
                let slow = self.pace == Pace::Slow;
                self.set_pace(if slow { self.brisk } else { Pace::Slow });
            }
            UiCommand::SetPace(pace) => self.set_pace(pace),
            UiCommand::Reset => {
                self.watching.get_mut().obeyed(format_args!("reset seed={}", self.settings.run.seed));
                self.restart(ctx);
            }
            UiCommand::BringBack => self.bring_back(),
            UiCommand::ResetKnobs => {
                let preset = Settings::preset(self.settings.run.tasks, self.settings.run.algorithm).live;
                self.watching.get_mut().obeyed(format_args!("knobs=preset"));
                self.turn(|live| *live = preset);
                self.moment.turns.let_go();
            }
            UiCommand::OpenFile => self.keeping.ask(Picker::open(ctx, Wanted::Run), Asked::Run),
            UiCommand::StartFromPhi => self.keeping.ask(Picker::open(ctx, Wanted::Run), Asked::Phi),
            UiCommand::OpenRun(path) => self.open_run(ctx, path),
            UiCommand::OfferRun(path) => self.offer_run(ctx, path),
            UiCommand::Save => self.save(ctx, false),
            UiCommand::SaveAs => self.save(ctx, true),
            UiCommand::TakeOut(kind) => self.take_out(ctx, kind),
            UiCommand::TakeView(place, kind) => self.take_view(ctx, place, kind),
            UiCommand::TakeTable => self.take_table(ctx),
            UiCommand::CopyText => self.copy_text(ctx),
            UiCommand::CopyCommand => self.copy_command(ctx),
            UiCommand::OpenText(text) => self.open_text(ctx, &text),
            UiCommand::OpenImages => self.images.toggle(),
            UiCommand::Compare => self.stage.toggle_compare(),
            UiCommand::Exchange => self.stage.exchange(),
            UiCommand::Present => self.toggle_present(ctx),
            UiCommand::Language => {
                self.language = self.language.other();
                self.language.speak();
                self.watching.get_mut().obeyed(format_args!("language={:?}", self.language));
            }
            UiCommand::Theme => {
                let next =
                    if ctx.theme() == egui::Theme::Dark { ThemePreference::Light } else { ThemePreference::Dark };
                self.watching.get_mut().obeyed(format_args!("theme={next:?}"));
                ctx.set_theme(next);
            }
            UiCommand::Help => self.help.toggle(),
            UiCommand::Lesson(ask) => self.lesson(ctx, ask),
            UiCommand::AskForLesson => self.keeping.ask(Picker::open(ctx, Wanted::Lesson), Asked::Lesson),
            UiCommand::OpenLesson(path) => self.open_lesson(ctx, &path),
            UiCommand::Show(scene) => self.set_scene(ctx, scene),
            UiCommand::FrameTimes => self.watching.get_mut().toggle_frame_times(),
            UiCommand::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            UiCommand::BackToBest => self.back_to_best(),
            UiCommand::HalveAndGoOn => self.halve_and_go_on(),
            UiCommand::SetToMarkAndGoOn => {
                let divergence = self.snapshot.as_ref().and_then(|snapshot| snapshot.divergence.as_ref());
                if let Some(mark) = divergence.and_then(|divergence| divergence.mark()) {
                    self.lower_and_go_on(Knob::INNER_RATE, mark);
                }
            }
            UiCommand::ChooseTasks(tasks) => {
                let algorithm = self.settings.run.algorithm;
                self.choose_preset(ctx, Settings::preset(tasks, algorithm));
            }
            UiCommand::ChooseAlgorithm(algorithm, keeps_rates) => {
                let mut preset = Settings::preset(self.settings.run.tasks, algorithm);
                if keeps_rates {
                    for knob in Knob::MAIN {
                        knob.set(&mut preset.live, knob.get(&self.settings.live));
                    }
                }
                self.choose_preset(ctx, preset);
            }
            UiCommand::Beside(beside) => {
                self.watching.get_mut().obeyed(format_args!("beside={}", beside.is_some()));
                self.beside = beside;
                match beside {
                    Some(_) => self.restart(ctx),
                    None => self.send(Command::Alone),
                }
            }
            UiCommand::ChooseImages(source) => {
                let mut run = self.settings.run.clone();
                if run.images != source {
                    run.procedural = ProceduralSettings::of(&source);
                }
                run.images = source;
                self.restart_with(ctx, run);
            }
            UiCommand::LoadImages(path) => {
                self.watching.get_mut().obeyed(format_args!("loading={}", path.display()));
                self.images.load(ctx, path, &self.settings.run);
            }
            UiCommand::UseImages(path, reading, set) => {
                self.recent.used(&path);
                self.use_images(ctx, path, reading, set);
            }
            UiCommand::SetKnob(knob, value) => {
                self.watching.get_mut().obeyed(format_args!("knob {}={value}", knob.key()));
                self.turn(|live| knob.set(live, value));
            }
            UiCommand::Undo => self.undo(),
            UiCommand::Redo => self.redo(),
            UiCommand::LookBack(at) => self.look_back(at),
            UiCommand::BackToNow => self.back_to_now(),
            UiCommand::ContinueHere => self.continue_here(),
            UiCommand::Pin => self.pin(),
            UiCommand::Sketch(sketch) => {
                self.watching.get_mut().obeyed(format_args!("sketch={}", sketch.is_some()));
                self.link.set_sketch(sketch);
            }
            UiCommand::ApplyRun(run) => self.restart_with(ctx, *run),
            UiCommand::ContinueFrom(settings, images, checkpoint) => {
                self.continue_from(ctx, *settings, images, checkpoint)
            }
        }
    }

    fn say_go_back(&mut self) {
        self.notices.add(Kind::Error, say("Go back to the best state first", "请先回到最佳状态"));
    }

    fn toggle_present(&mut self, ctx: &Context) {
        self.present = !self.present;
        let zoom = if self.present { PRESENT_ZOOM } else { 1.0 / PRESENT_ZOOM };
        ctx.set_zoom_factor(ctx.zoom_factor() * zoom);
        ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(self.present));
        self.watching.get_mut().obeyed(format_args!("present={}", self.present));
    }

    pub(super) fn set_pace(&mut self, pace: Pace) {
        if pace != Pace::Slow {
            self.brisk = pace;
        }
        self.pace = pace;
        self.watching.get_mut().obeyed(format_args!("pace={pace:?}"));
        self.send(Command::SetPace(pace));
    }

    fn halve_and_go_on(&mut self) {
        let divergence = self.snapshot.as_ref().and_then(|snapshot| snapshot.divergence.as_ref());
        let Some(knob) = divergence.map(|divergence| divergence.rate_to_lower(&self.settings.run)) else { return };
        let value = 0.5 * knob.get(&self.settings.live);
        self.lower_and_go_on(knob, value.clamp(knob.range().low, knob.range().high));
    }

    fn lower_and_go_on(&mut self, knob: Knob, value: f64) {
        self.watching.get_mut().obeyed(format_args!("knob {}={value}", knob.key()));
        self.turn(|live| knob.set(live, value));
        self.moment.turns.let_go();
        self.ask(Command::GoBack, Phase::Paused);
        self.ask(Command::Play, Phase::Running);
    }
}
