//! Everything that a user can ask for. Views push commands; the app applies them in one match.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Key, Modifiers};

use super::scene::Scene;
use crate::images::ImageSet;
use crate::settings::{Algorithm, ImageReading, ImageSource, Knob, RunSettings, Settings, TaskFamily};
use crate::tasks::sketch::Sketch;
use crate::text::{say, tell};
use crate::train::link::Pace;
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
    /// How fast meta-iterations follow one another.
    SetPace(Pace),
    /// Begin again with the same seed.
    Reset,
    /// Take up the run again that the last restart ended.
    BringBack,
    /// Put all knobs back.
    ResetKnobs,
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
    pub const WITH_SHORTCUT: [Self; 18] = [
        Self::PlayPause,
        Self::Step,
        Self::SlowMotion,
        Self::Reset,
        Self::BringBack,
        Self::ResetKnobs,
        Self::Undo,
        Self::Redo,
        Self::Pin,
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
        match self {
            Self::PlayPause => say("Play or pause", "播放或暂停"),
            Self::Step => say("Step", "单步"),
            Self::SlowMotion => say("Slow motion", "慢动作"),
            Self::SetPace(_) => say("Speed", "速度"),
            Self::Reset => say("Reset", "重新开始"),
            Self::BringBack => say("Bring back the last run", "找回上一次运行"),
            Self::ResetKnobs => say("Defaults", "恢复默认"),
            Self::OpenImages => say("Own images…", "自己的图像…"),
            Self::Compare => say("Compare…", "对比…"),
            Self::Exchange => say("Exchange the views", "交换视图"),
            Self::Present => say("Present", "演示"),
            Self::Language => say("English or Chinese", "中文或英文"),
            Self::Theme => say("Dark or light", "深色或浅色"),
            Self::Help => say("Help", "帮助"),
            Self::Show(_) => say("Show me", "演示给我看"),
            Self::FrameTimes => say("Frame times", "帧时间"),
            Self::Quit => say("Quit", "退出"),
            Self::BackToBest => say("Back to the best", "回到最佳状态"),
            Self::HalveAndGoOn => say("Halve α and go on", "α 减半并继续"),
            Self::SetToMarkAndGoOn => say("Set α to the mark", "把 α 设到标记处"),
            Self::ChooseTasks(_) => say("Tasks", "任务"),
            Self::ChooseAlgorithm(..) => say("Algorithm", "算法"),
            Self::ChooseImages(_) => say("Images", "图像"),
            Self::LoadImages(_) => say("Open", "打开"),
            Self::UseImages(..) => say("Use these images", "使用这些图像"),
            Self::SetKnob(knob, _) => knob.label.get(),
            Self::Undo => say("Undo", "撤销"),
            Self::Redo => say("Redo", "重做"),
            Self::LookBack(_) => say("Look back", "回看"),
            Self::BackToNow => say("Back to now", "回到现在"),
            Self::ContinueHere => say("Continue from here", "从此处继续"),
            Self::Pin => say("Pin this run", "固定这次运行"),
            Self::ApplyRun(_) => say("Apply and restart", "应用并重新开始"),
            Self::Sketch(_) => say("Draw", "绘制"),
            Self::ContinueFrom(..) => say("Go on from here", "从此处继续"),
        }
    }

    /// One sentence: what it does.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::PlayPause => say(
                "Lets meta-training go on, or stops it after the current meta-iteration",
                "让元训练继续，或在当前元迭代之后停下",
            ),
            Self::Step => say(
                "Does exactly one meta-iteration (in slow motion one sub-step of it) and pauses, so that every picture can be compared with the one before",
                "只做一次元迭代（慢动作中只做一个子步）就暂停，便于把每幅图与之前的相比较",
            ),
            Self::SlowMotion => say(
                "Walks through a meta-iteration in numbered sub-steps, two a second: draw tasks, inner steps, query loss, the way back, outer step",
                "把一次元迭代拆成带编号的子步，每秒走两个：抽取任务、内循环步、查询损失、反向传播、外循环步",
            ),
            Self::SetPace(_) => say(
                "How fast meta-iterations follow one another: from slow motion, which walks through each in sub-steps, and one a second to as fast as this machine can",
                "元迭代的快慢：从逐个子步的慢动作，到每秒一次，再到这台机器的全速",
            ),
            Self::Reset => say(
                "Begins again from the same seed: the same tasks in the same order",
                "用同一个随机种子重新开始：任务相同，顺序也相同",
            ),
            Self::BringBack => say(
                "Takes up the run again that ended when this one began, as it was left; this one can be brought back in turn",
                "回到这次运行开始之前的那次运行，从离开时的状态继续；现在这次之后也能找回",
            ),
            Self::ResetKnobs => {
                say("Puts every knob back to the value that this run's preset has", "把所有设置恢复为这次运行的预设值")
            }
            Self::OpenImages => say(
                "Meta-learn on your own pictures: choose, drop or type a folder, an archive or an array",
                "用自己的图像做元学习：选择、拖入或输入一个文件夹、压缩包或数组",
            ),
            Self::Compare => say(
                "Sweeps two settings or races algorithms, in the background",
                "在后台对两个设置做参数扫描，或做算法对比",
            ),
            Self::Exchange => say("Exchanges the large view and the small one", "交换大视图和小视图"),
            Self::Present => say(
                "Shows the large view alone, twice as large, for a hall; the keys go on",
                "只显示大视图并放大一倍，适合在教室里演示；按键照常可用",
            ),
            Self::Language => say("Changes between English and Chinese", "在中文和英文之间切换"),
            Self::Theme => say("Changes between a dark and a light window", "在深色和浅色窗口之间切换"),
            Self::Help => say(
                "Explains meta-learning in a minute, answers what is often asked, and lists the keys and what the colours mean",
                "用一分钟介绍元学习，回答常见问题，并列出按键和颜色的含义",
            ),
            Self::Show(_) => say(
                "Sets tasks, algorithm, knobs and view so that it can be seen, closes the help and lets it run; a run that ends for it can be brought back",
                "把任务、算法、设置和视图调到能看清这一点的状态，关闭帮助并开始运行；因此结束的运行可以找回",
            ),
            Self::FrameTimes => say("Shows or hides how long the window takes to draw", "显示或隐藏绘制窗口所用的时间"),
            Self::Quit => say("Closes the window", "关闭窗口"),
            Self::BackToBest => say(
                "Pauses at the run's best state by its error on held-out tasks, with the knobs as they were then; what came after is forgotten",
                "暂停在留出任务误差最小的最佳状态，设置也回到那时的值；之后的部分会丢弃",
            ),
            Self::HalveAndGoOn => say(
                "Halves the inner rate (the outer rate if that overflowed or α has no effect) and goes on from the best state",
                "内循环学习率减半（若外循环溢出或 α 不起作用，则外循环学习率减半），并从最佳状态继续",
            ),
            Self::SetToMarkAndGoOn => say(
                "Sets the inner rate slightly below the limit measured at the best state, and goes on from there",
                "把内循环学习率设得略低于在最佳状态测得的界限，并从那里继续",
            ),
            Self::ChooseTasks(_) => say(
                "The family that tasks are drawn from; another one begins again with its own rates",
                "任务从这个任务族中抽取；换一个任务族会以它自己的学习率重新开始",
            ),
            Self::ChooseAlgorithm(..) => say(
                "How the query loss becomes a step of the initialisation; another one begins again with its own rates",
                "查询损失怎样变成初始化的一步；换一个算法会以它自己的学习率重新开始",
            ),
            Self::ChooseImages(_) => say(
                "The images that tasks are drawn from; another set begins again",
                "任务从这些图像中抽取；换一个图像集会重新开始",
            ),
            Self::LoadImages(_) => {
                say("Reads the images while the current run goes on", "读取图像，当前的运行照常进行")
            }
            Self::UseImages(..) => say("Begins again with the images that were read", "用读到的图像重新开始"),
            Self::SetKnob(knob, _) => knob.about.get(),
            Self::Undo => {
                say("Turns the knob that was turned last back to its value before", "把最后改动的设置改回原来的值")
            }
            Self::Redo => say("Turns the knob again that was turned back", "重新做一次被撤销的改动"),
            Self::LookBack(_) => say(
                "Shows the run as it was then; it is not changed, and training pauses",
                "显示运行在那时的样子；运行本身不变，训练暂停",
            ),
            Self::BackToNow => say(
                "Shows the run as it is; nothing was lost, and Play goes on from there too",
                "显示运行现在的样子；什么都没有丢失，点播放也从那里继续",
            ),
            Self::ContinueHere => say(
                "Trains on from the moment that is shown, with the knobs as they stand; what came after stays as a thin line",
                "以当前的设置从显示的时刻继续训练；之后的部分保留为一条细线",
            ),
            Self::Pin => say(
                "Keeps this run's held-out losses as thin lines while other runs of these tasks follow",
                "把这次运行的留出任务损失留作细线，供同样任务的后续运行对照",
            ),
            Self::ApplyRun(_) => {
                say("Begins again with this seed, optimiser and network", "用这个随机种子、优化器和网络重新开始")
            }
            Self::Sketch(_) => say("Has the network adapt to what is drawn", "让网络适应画出的内容"),
            Self::ContinueFrom(..) => {
                say("Goes on with the settings and the initialisation of another run", "以另一次运行的设置和初始化继续")
            }
        }
    }

    /// The keys that give this command; the first one is shown.
    pub fn keys(&self) -> &'static [Key] {
        match self {
            Self::PlayPause => &[Key::Space],
            Self::Step => &[Key::Period, Key::ArrowRight],
            Self::SlowMotion => &[Key::S],
            Self::Reset => &[Key::R],
            Self::BringBack => &[Key::B],
            Self::ResetKnobs => &[Key::K],
            Self::Undo => &[Key::Z],
            Self::Redo => &[Key::Y],
            Self::Pin => &[Key::P],
            Self::OpenImages => &[Key::O],
            Self::Compare => &[Key::C],
            Self::Exchange => &[Key::M],
            Self::Present => &[Key::F11],
            Self::Language => &[Key::L],
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
            Key::ArrowRight => say("Right", "→").to_owned(),
            Key::Space => say("Space", "空格").to_owned(),
            Key::Questionmark => "?".to_owned(),
            key => key.name().to_owned(),
        };
        let names = self.keys().iter().map(name).collect::<Vec<_>>().join(say(" or ", " 或 "));
        if self.modifiers() == Modifiers::COMMAND { format!("Ctrl+{names}") } else { names }
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
            let taken =
                focused && !matches!(key, Key::F1 | Key::F3 | Key::F11) && command.modifiers() == Modifiers::NONE;
            if !taken && ctx.input_mut(|input| input.consume_key(command.modifiers(), key)) {
                commands.push(command.clone());
            }
        }
    }
}
