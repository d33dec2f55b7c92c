//! Everything that a user can ask for. Views push commands; the app applies them in one match.

mod about;
mod ask;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Key, Modifiers, Response, Ui};

use super::darkroom::views::{Place, ViewKind};
use super::scene::Scene;
use super::tooltip::tooltip;
use crate::images::ImageSet;
use crate::keep::kinds::Kind;
use crate::settings::{Algorithm, ImageReading, ImageSource, Knob, RunSettings, Settings, TaskFamily};
use crate::tasks::sketch::Sketch;
use crate::text::{say, tell};
use crate::train::link::Pace;
use crate::train::trainer::Checkpoint;

pub use ask::Ask;

/// One thing that a user asked for.
#[derive(Clone, Debug)]
pub enum UiCommand {
    /// Go on, or stop.
    PlayPause,
    /// One meta-iteration.
    Step,
    /// Change between full speed and a walk through each meta-iteration in sub-steps.
    SlowMotion,
    /// How fast meta-iterations follow one another.
    SetPace(Pace),
    /// Begin again with the same seed.
    Reset,
    /// Take up the run again that was left last.
    BringBack,
    /// Put all knobs back.
    ResetKnobs,
    /// Ask for a kept run, to go on with it.
    OpenFile,
    /// Ask for a kept run, to start from its φ with the present settings.
    StartFromPhi,
    /// Go on with a kept run.
    OpenRun(PathBuf),
    /// Offer a run that was trained for whoever wants to see it at once.
    OfferRun(PathBuf),
    /// Keep the run where it was kept last, or ask where.
    Save,
    /// Ask where to keep the run.
    SaveAs,
    /// Ask where to write the run as such a file.
    TakeOut(&'static Kind),
    /// Ask where to write a view as such a file, as it is now.
    TakeView(Place, &'static ViewKind),
    /// Ask where to write what sweeps or races have found.
    TakeTable,
    /// Copy the run as a line of text.
    CopyText,
    /// Copy the command that does the same run without a window.
    CopyCommand,
    /// Begin what a line of text says.
    OpenText(String),
    /// Show or hide the images window.
    OpenImages,
    /// Show or hide the sweep and the race.
    Compare,
    /// Exchange the large view and the small one.
    Exchange,
    /// Show everything to a hall, or as usual.
    Present,
    /// Change between the two languages.
    Language,
    /// Change between dark and light.
    Theme,
    /// Show or hide the help.
    Help,
    /// Something about a lesson.
    Lesson(Ask),
    /// Ask for the file of a lesson.
    AskForLesson,
    /// Begin the lesson of a file.
    OpenLesson(PathBuf),
    /// Set the whole program so that something can be seen.
    Show(&'static Scene),
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
    /// Another algorithm, with its preset; with the rates and the inner steps as they stand, if they are to be kept.
    ChooseAlgorithm(Algorithm, bool),
    /// A second run on the same tasks by another algorithm, in step with the first; with its usual rates, or with the
    /// present ones if they are to be kept. `None`: the first one alone again.
    Beside(Option<(Algorithm, bool)>),
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
    pub const WITH_SHORTCUT: [Self; 22] = [
        Self::PlayPause,
        Self::Step,
        Self::SlowMotion,
        Self::Reset,
        Self::BringBack,
        Self::ResetKnobs,
        Self::Undo,
        Self::Redo,
        Self::Pin,
        Self::SaveAs,
        Self::CopyText,
        Self::Save,
        Self::OpenFile,
        Self::OpenImages,
        Self::Compare,
        Self::Exchange,
        Self::Present,
        Self::Language,
        Self::Theme,
        Self::Help,
        Self::FrameTimes,
        Self::Quit,
    ];

    /// The name shown to people.
    pub fn label(&self) -> &'static str {
        self.about().label.get()
    }

    /// One sentence: what it does.
    pub fn tooltip(&self) -> &'static str {
        self.about().tooltip.get()
    }

    /// The keys that give this command; the first one is shown.
    pub fn keys(&self) -> &'static [Key] {
        self.about().keys
    }

    /// What must be held down with its key.
    fn modifiers(&self) -> Modifiers {
        self.about().modifiers
    }

    /// The keys as written in the help.
    pub fn key_names(&self) -> String {
        let name = |key: &Key| match key {
            Key::Period => ".".to_owned(),
            Key::ArrowRight => say("Right", "→").to_owned(),
            Key::Space => say("Space", "空格").to_owned(),
            Key::Questionmark => "?".to_owned(),
            key => key.name().to_owned(),
        };
        let names = self.keys().iter().map(name).collect::<Vec<_>>().join(say(" or ", " 或 "));
        match self.modifiers() {
            Modifiers::NONE => names,
            Modifiers::COMMAND => format!("Ctrl+{names}"),
            _ => format!("Ctrl+Shift+{names}"),
        }
    }

    /// The tooltip with the key.
    pub fn tooltip_with_key(&self) -> String {
        match self.keys() {
            [] => self.tooltip().to_owned(),
            _ => {
                let (about, keys) = (self.tooltip(), self.key_names());
                tell(|| format!("{about} ({keys})"), || format!("{about}（{keys}）"))
            }
        }
    }
}

/// Draws a button that gives a command.
pub fn button(ui: &mut Ui, command: UiCommand, commands: &mut Commands) -> Response {
    let response = tooltip(ui.button(command.label()), || command.tooltip_with_key());
    if response.clicked() {
        commands.push(command);
    }
    response
}

/// Takes the shortcuts out of this frame's input. Keys belong to a text field or another control
/// while it has the keyboard; only the function keys and those with Ctrl work everywhere. Under the help, where all is
/// `covered`, no run is begun or stopped by them. What is undone is
/// the business of a text field, or of a canvas, while there is one.
pub fn take_shortcuts(ctx: &Context, canvas: bool, covered: bool, commands: &mut Commands) {
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
            let of_all = matches!(command, UiCommand::Help | UiCommand::Language | UiCommand::Theme);
            let taken = (focused || covered && !of_all)
                && !matches!(key, Key::F1 | Key::F3 | Key::F11)
                && command.modifiers() == Modifiers::NONE;
            if !taken && ctx.input_mut(|input| input.consume_key(command.modifiers(), key)) {
                commands.push(command.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_help_lists_has_keys_of_its_own() {
        let mut seen = Vec::new();
        for command in UiCommand::WITH_SHORTCUT {
            assert!(!command.keys().is_empty(), "{command:?}");
            for key in command.keys() {
                let press = (*key, command.modifiers());
                assert!(!seen.contains(&press), "{press:?} gives two commands");
                seen.push(press);
            }
        }
    }
}
