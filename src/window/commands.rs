//! Everything that a user can ask for. Views push commands; the app applies them in one match.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Key, Modifiers};

use crate::images::ImageSet;
use crate::settings::{Algorithm, ImageReading, ImageSource, Knob, RunSettings, Settings, TaskFamily};
use crate::tasks::sketch::Sketch;
use crate::train::trainer::Checkpoint;

/// One thing that a user asked for.
#[derive(Clone, Debug)]
pub enum UiCommand {
    /// Go on, or stop.
    PlayPause,
    /// One meta-iteration.
    Step,
    /// Change between full speed and a walk through each meta-iteration in sub-steps.
    SlowMotion,
    /// Begin again with the same seed.
    Reset,
    /// Put all knobs back.
    ResetKnobs,
    /// Show or hide the images window.
    OpenImages,
    /// Show or hide the sweep and the race.
    Compare,
    /// Give a close-up view the centre of the window, or take it back.
    Microscope,
    /// Change between dark and light.
    Theme,
    /// Show or hide the help.
    Help,
    /// Show or hide how long frames take.
    FrameTimes,
    /// Close the window.
    Quit,
    /// Pause at the run's best state, with the knobs of then.
    BackToBest,
    /// Leave it with half the rate, and go on.
    HalveAndGoOn,
    /// Leave it with α slightly below its limit, and go on.
    SetToMarkAndGoOn,
    /// Another task family, with its preset.
    ChooseTasks(TaskFamily),
    /// Another algorithm, with its preset.
    ChooseAlgorithm(Algorithm),
    /// A built-in image set.
    ChooseImages(ImageSource),
    /// Read the user's own images.
    LoadImages(PathBuf),
    /// Begin again with images that were read.
    UseImages(PathBuf, ImageReading, Arc<ImageSet>),
    /// Change one live setting.
    SetKnob(Knob, f64),
    /// Turn the knob that was turned last back.
    Undo,
    /// Turn it again.
    Redo,
    /// Show the run as it was after so many meta-iterations.
    LookBack(u64),
    /// Show it as it is.
    BackToNow,
    /// Go on from what is shown.
    ContinueHere,
    /// Keep the present run's losses in the plot.
    Pin,
    /// Begin again with these settings.
    ApplyRun(Box<RunSettings>),
    /// What the user has drawn to adapt to; `None`: nothing any more.
    Sketch(Option<Arc<Sketch>>),
    /// Go on from what another run has learned, with its settings and images.
    ContinueFrom(Box<Settings>, Option<Arc<ImageSet>>, Arc<Checkpoint>),
}

/// The commands of one frame, in order.
pub type Commands = Vec<UiCommand>;

impl UiCommand {
    /// The commands that have a shortcut, in the order of the help.
    pub const WITH_SHORTCUT: [Self; 15] = [
        Self::PlayPause,
        Self::Step,
        Self::SlowMotion,
        Self::Reset,
        Self::ResetKnobs,
        Self::Undo,
        Self::Redo,
        Self::Pin,
        Self::OpenImages,
        Self::Compare,
        Self::Microscope,
        Self::Theme,
        Self::Help,
        Self::FrameTimes,
        Self::Quit,
    ];

    /// The name shown to people.
    pub fn label(&self) -> &'static str {
        match self {
            Self::PlayPause => "Play or pause",
            Self::Step => "Step",
            Self::SlowMotion => "Slow motion",
            Self::Reset => "Reset",
            Self::ResetKnobs => "Reset knobs",
            Self::OpenImages => "Own images…",
            Self::Compare => "Compare…",
            Self::Microscope => "Microscope",
            Self::Theme => "Dark or light",
            Self::Help => "Help",
            Self::FrameTimes => "Frame times",
            Self::Quit => "Quit",
            Self::BackToBest => "Back to the best",
            Self::HalveAndGoOn => "Halve α and go on",
            Self::SetToMarkAndGoOn => "Set α to the mark",
            Self::ChooseTasks(_) => "Tasks",
            Self::ChooseAlgorithm(_) => "Algorithm",
            Self::ChooseImages(_) => "Images",
            Self::LoadImages(_) => "Open",
            Self::UseImages(..) => "Use these images",
            Self::SetKnob(knob, _) => knob.label,
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::LookBack(_) => "Look back",
            Self::BackToNow => "Back to now",
            Self::ContinueHere => "Continue from here",
            Self::Pin => "Pin this run",
            Self::ApplyRun(_) => "Apply and restart",
            Self::Sketch(_) => "Draw",
            Self::ContinueFrom(..) => "Go on from here",
        }
    }

    /// One sentence: what it does.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::PlayPause => "Lets meta-training go on, or stops it after the current meta-iteration",
            Self::Step => {
                "Does exactly one meta-iteration (in slow motion one sub-step of it) and pauses, so that every picture can be compared with the one before"
            }
            Self::SlowMotion => {
                "Walks through a meta-iteration in numbered sub-steps, two a second: draw tasks, inner steps, query loss, the way back, outer step"
            }
            Self::Reset => "Begins again from the same seed: the same tasks in the same order",
            Self::ResetKnobs => "Puts every knob back to the value that this run's preset has",
            Self::OpenImages => {
                "Meta-learn on your own pictures: choose, drop or type a folder, an archive or an array"
            }
            Self::Compare => "Sweeps two settings or races algorithms, in the background",
            Self::Microscope => "Gives the close-up view in the corner the whole centre, or takes it back",
            Self::Theme => "Changes between a dark and a light window",
            Self::Help => "Lists the keys and what the colours mean",
            Self::FrameTimes => "Shows or hides how long the window takes to draw",
            Self::Quit => "Closes the window",
            Self::BackToBest => {
                "Pauses at the run's best state by its error on held-out tasks, with the knobs as they were then; what came after is forgotten"
            }
            Self::HalveAndGoOn => {
                "Halves the inner rate (the outer rate if that overflowed or α has no effect) and goes on from the best state"
            }
            Self::SetToMarkAndGoOn => {
                "Sets the inner rate slightly below the limit measured at the best state, and goes on from there"
            }
            Self::ChooseTasks(_) => "The family that tasks are drawn from; another one begins again with its own rates",
            Self::ChooseAlgorithm(_) => {
                "How the query loss becomes a step of the initialisation; another one begins again with its own rates"
            }
            Self::ChooseImages(_) => "The images that tasks are drawn from; another set begins again",
            Self::LoadImages(_) => "Reads the images while the current run goes on",
            Self::UseImages(..) => "Begins again with the images that were read",
            Self::SetKnob(knob, _) => knob.about,
            Self::Undo => "Turns the knob that was turned last back to its value before",
            Self::Redo => "Turns the knob again that was turned back",
            Self::LookBack(_) => "Shows the run as it was then; it is not changed, and training pauses",
            Self::BackToNow => "Shows the run as it is; nothing was lost, and Play goes on from there too",
            Self::ContinueHere => {
                "Trains on from the moment that is shown, with the knobs as they stand; what came after stays as a thin line"
            }
            Self::Pin => "Keeps this run's held-out losses as thin lines while other runs of these tasks follow",
            Self::ApplyRun(_) => "Begins again with this seed, optimiser and network",
            Self::Sketch(_) => "Has the network adapt to what is drawn",
            Self::ContinueFrom(..) => "Goes on with the settings and the initialisation of another run",
        }
    }

    /// The keys that give this command; the first one is shown.
    pub fn keys(&self) -> &'static [Key] {
        match self {
            Self::PlayPause => &[Key::Space],
            Self::Step => &[Key::Period, Key::ArrowRight],
            Self::SlowMotion => &[Key::S],
            Self::Reset => &[Key::R],
            Self::ResetKnobs => &[Key::K],
            Self::Undo => &[Key::Z],
            Self::Redo => &[Key::Y],
            Self::Pin => &[Key::P],
            Self::OpenImages => &[Key::O],
            Self::Compare => &[Key::C],
            Self::Microscope => &[Key::M],
            Self::Theme => &[Key::T],
            Self::Help => &[Key::F1, Key::Questionmark],
            Self::FrameTimes => &[Key::F3],
            Self::Quit => &[Key::Q],
            _ => &[],
        }
    }

    /// What must be held down with its key.
    fn modifiers(&self) -> Modifiers {
        if matches!(self, Self::Quit | Self::Undo | Self::Redo) { Modifiers::COMMAND } else { Modifiers::NONE }
    }

    /// The keys as written in the help.
    pub fn key_names(&self) -> String {
        let name = |key: &Key| match key {
            Key::Period => ".".to_owned(),
            Key::ArrowRight => "Right".to_owned(),
            Key::Questionmark => "?".to_owned(),
            key => key.name().to_owned(),
        };
        let names = self.keys().iter().map(name).collect::<Vec<_>>().join(" or ");
        if self.modifiers() == Modifiers::COMMAND { format!("Ctrl+{names}") } else { names }
    }

    /// The tooltip with the key.
    pub fn tooltip_with_key(&self) -> String {
        match self.keys() {
            [] => self.tooltip().to_owned(),
            _ => format!("{} ({})", self.tooltip(), self.key_names()),
        }
    }
}

/// Takes the shortcuts out of this frame's input. Keys belong to a text field or another control
/// while it has the keyboard; only the function keys and those with Ctrl work everywhere. What is undone is
/// the business of a text field, or of a canvas, while there is one.
pub fn take_shortcuts(ctx: &Context, canvas: bool, commands: &mut Commands) {
    let focused = ctx.memory(|memory| memory.focused().is_some());
    let others_undo = canvas || ctx.text_edit_focused();
    let shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    if !others_undo && ctx.input_mut(|input| input.consume_key(shift, Key::Z)) {
        commands.push(UiCommand::Redo);
    }
    for command in UiCommand::WITH_SHORTCUT {
        if others_undo && matches!(command, UiCommand::Undo | UiCommand::Redo) {
            continue;
        }
        for &key in command.keys() {
            let taken = focused && !matches!(key, Key::F1 | Key::F3) && command.modifiers() == Modifiers::NONE;
            if !taken && ctx.input_mut(|input| input.consume_key(command.modifiers(), key)) {
                commands.push(command.clone());
            }
        }
    }
}
