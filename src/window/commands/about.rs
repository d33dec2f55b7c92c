//! What people read of a command, and which keys give it: an entry for each.

use egui::{Key, Modifiers};

use super::UiCommand;
use crate::text::{Text, text};

/// All that is known of one command besides what it does.
#[derive(Clone, Copy)]
pub struct About {
    /// The name shown to people.
    pub label: Text,
    /// One sentence: what it does.
    pub tooltip: Text,
    /// The keys that give it; the first one is shown.
    pub keys: &'static [Key],
    /// What must be held down with its key.
    pub modifiers: Modifiers,
}

const fn with_key(label: Text, tooltip: Text, keys: &'static [Key]) -> About {
    About { label, tooltip, keys, modifiers: Modifiers::NONE }
}

const fn with_ctrl(label: Text, tooltip: Text, keys: &'static [Key]) -> About {
    About { label, tooltip, keys, modifiers: Modifiers::COMMAND }
}

const fn with_ctrl_and_shift(label: Text, tooltip: Text, keys: &'static [Key]) -> About {
    About { label, tooltip, keys, modifiers: Modifiers { shift: true, ..Modifiers::COMMAND } }
}

/// Of a command that no key gives.
const fn alone(label: Text, tooltip: Text) -> About {
    with_key(label, tooltip, &[])
}

impl UiCommand {
    /// The command's entry.
    pub fn about(&self) -> About {
        match self {
            Self::PlayPause => with_key(
                text("Play or pause", "播放或暂停"),
                text(
                    "Lets meta-training go on, or stops it after the current meta-iteration",
                    "让元训练继续，或在当前元迭代之后停下",
                ),
                &[Key::Space],
            ),
            Self::Step => with_key(
                text("Step", "单步"),
                text(
                    "Does exactly one meta-iteration (in slow motion one sub-step of it) and pauses, so that every picture can be compared with the one before",
                    "只做一次元迭代（慢动作中只做一个子步）就暂停，便于把每幅图与之前的相比较",
                ),
                &[Key::Period, Key::ArrowRight],
            ),
            Self::SlowMotion => with_key(
                text("Slow motion", "慢动作"),
                text(
                    "Walks through a meta-iteration in numbered sub-steps, two a second: draw tasks, inner steps, query loss, the way back, outer step",
                    "把一次元迭代拆成带编号的子步，每秒走两个：抽取任务、内循环步、查询损失、反向传播、外循环步",
                ),
                &[Key::S],
            ),
            Self::SetPace(_) => alone(
                text("Speed", "速度"),
                text(
                    "How fast meta-iterations follow one another: from slow motion, which walks through each in sub-steps, and one a second to as fast as this machine can",
                    "元迭代的快慢：从逐个子步的慢动作，到每秒一次，再到这台机器的全速",
                ),
            ),
            Self::Reset => with_key(
                text("Reset", "重新开始"),
                text(
                    "Begins again from the same seed: the same tasks in the same order",
                    "用同一个随机种子重新开始：任务相同，顺序也相同",
                ),
                &[Key::R],
            ),
            Self::BringBack => with_key(
                text("Bring back the last run", "找回上一次运行"),
                text(
                    "Takes up the run again that ended when this one began, as it was left; pressed again, the one before it. The last five runs of the window take turns",
                    "回到这次运行开始之前的那次运行，从离开时的状态继续；再按一次，回到更早的一次。窗口最近的五次运行轮流出现",
                ),
                &[Key::B],
            ),
            Self::ResetKnobs => with_key(
                text("Defaults", "恢复默认"),
                text(
                    "Puts every knob back to the value that this run's preset has",
                    "把所有设置恢复为这次运行的预设值",
                ),
                &[Key::K],
            ),
            Self::OpenFile => with_ctrl(
                text("Open a run…", "打开运行…"),
                text(
                    "Goes on with a run that was saved, exactly where it was; the present one can be brought back",
                    "从保存的位置继续一次已保存的运行；现在这次之后可以找回",
                ),
                &[Key::O],
            ),
            Self::StartFromPhi => alone(
                text("Start from the φ of a run…", "从某次运行的 φ 开始…"),
                text(
                    "Begins a run with the present tasks, images and algorithm at the φ that a saved run has learned; its network must have the same shape",
                    "用当前的任务、图像和算法开始一次运行，起点是一次已保存的运行学到的 φ；两者的网络形状必须相同",
                ),
            ),
            Self::OfferRun(_) => alone(
                text("Trained for you", "已为你训练好"),
                text("Offers a run that has been trained already", "提供一次已经训练好的运行"),
            ),
            Self::OpenRun(_) => alone(
                text("Open", "打开"),
                text("Goes on with this run, exactly where it was", "从这次运行保存的位置继续"),
            ),
            Self::Save => with_ctrl(
                text("Save the run", "保存运行"),
                text(
                    "Writes everything that the run has learned into a file, from which it goes on exactly",
                    "把这次运行学到的一切写入文件，之后可以原样继续",
                ),
                &[Key::S],
            ),
            Self::SaveAs => with_ctrl_and_shift(
                text("Save the run as…", "运行另存为…"),
                text("The same in another file", "写入另一个文件"),
                &[Key::S],
            ),
            Self::TakeOut(kind) => alone(kind.name, kind.about),
            Self::TakeView(_, kind) => alone(kind.name, kind.about),
            Self::TakeTable => alone(
                text("Table of the sweep or the race… (.csv)", "参数扫描或算法对比的表格… (.csv)"),
                text(
                    "What the sweep or the race has found so far, in the form that it has without a window too",
                    "参数扫描或算法对比到目前为止的结果，格式与不开窗口时相同",
                ),
            ),
            Self::CopyCommand => alone(
                text("Copy as command line", "复制为命令行"),
                text(
                    "Copies the command that does this run without a window, knobs that were turned included",
                    "复制不开窗口也能做同样运行的命令，包括改动过的设置",
                ),
            ),
            Self::CopyText => with_ctrl_and_shift(
                text("Copy as text", "复制为文本"),
                text(
                    "Copies one line that says what runs here; pasted into this window or behind metascope on a command line it begins the same run",
                    "复制一行文本，说明这里运行的是什么；粘贴到本窗口，或写在命令行的 metascope 之后，就会开始同样的运行",
                ),
                &[Key::C],
            ),
            Self::OpenText(_) => alone(
                text("Open a text", "打开文本"),
                text(
                    "Begins the run that a copied line says; the present one can be brought back",
                    "开始一行文本所说的运行；现在这次之后可以找回",
                ),
            ),
            Self::OpenImages => with_key(
                text("Own images…", "自己的图像…"),
                text(
                    "Meta-learn on your own pictures: choose, drop or type a folder, an archive or an array",
                    "用自己的图像做元学习：选择、拖入或输入一个文件夹、压缩包或数组",
                ),
                &[Key::O],
            ),
            Self::Compare => with_key(
                text("Sweep and race", "批量实验"),
                text(
                    "Sweeps two settings or races algorithms, in the background",
                    "在后台对两个设置做参数扫描，或做算法对比",
                ),
                &[Key::C],
            ),
            Self::Exchange => with_key(
                text("Exchange the views", "交换视图"),
                text("Exchanges the large view and the small one", "交换大视图和小视图"),
                &[Key::M],
            ),
            Self::Present => with_key(
                text("Present", "演示"),
                text(
                    "Shows the large view alone, twice as large, for a hall; the keys go on, and Escape leads back",
                    "只显示大视图并放大一倍，适合在教室里演示；按键照常可用，Escape 返回",
                ),
                &[Key::F11],
            ),
            Self::Language => with_key(
                text("English or Chinese", "中文或英文"),
                text("Changes between English and Chinese", "在中文和英文之间切换"),
                &[Key::L],
            ),
            Self::Theme => with_key(
                text("Dark or light", "深色或浅色"),
                text("Changes between a dark and a light window", "在深色和浅色窗口之间切换"),
                &[Key::T],
            ),
            Self::Help => with_key(
                text("Help", "帮助"),
                text(
                    "Explains meta-learning in a minute, and lists the keys and what the colours mean",
                    "用一分钟介绍元学习，并列出按键和颜色的含义",
                ),
                &[Key::F1, Key::Questionmark],
            ),
            Self::Lesson(_) => alone(
                text("Lessons…", "课程……"),
                text("Predict, do, see: which lessons there are", "预测、动手、观察：有哪些课程"),
            ),
            Self::AskForLesson => alone(
                text("Open a lesson…", "打开课程……"),
                text("Begins the lesson of a file, such as a teacher's own", "开始一个课程文件，例如老师自己写的"),
            ),
            Self::OpenLesson(_) => alone(
                text("Begin this lesson", "开始这一课"),
                text("Begins the lesson of this file", "开始这个文件中的课程"),
            ),
            Self::Show(_) => alone(
                text("Show me", "演示给我看"),
                text(
                    "Sets tasks, algorithm, knobs and view so that it can be seen, closes the help and lets it run; a run that ends for it can be brought back",
                    "把任务、算法、设置和视图调到能看清这一点的状态，关闭帮助并开始运行；因此结束的运行可以找回",
                ),
            ),
            Self::FrameTimes => with_key(
                text("Frame times", "帧时间"),
                text("Shows or hides how long the window takes to draw", "显示或隐藏绘制窗口所用的时间"),
                &[Key::F3],
            ),
            Self::Quit => with_ctrl(text("Quit", "退出"), text("Closes the window", "关闭窗口"), &[Key::Q]),
            Self::BackToBest => alone(
                text("Back to the best", "回到最佳状态"),
                text(
                    "Pauses at the run's best state by its error on held-out tasks, with the knobs as they were then; what came after is forgotten",
                    "暂停在留出任务误差最小的最佳状态，设置也回到那时的值；之后的部分会丢弃",
                ),
            ),
            Self::HalveAndGoOn => alone(
                text("Halve α and go on", "α 减半并继续"),
                text(
                    "Halves the inner rate (the outer rate if that overflowed or α has no effect) and goes on from the best state",
                    "内循环学习率减半（若外循环溢出或 α 不起作用，则外循环学习率减半），并从最佳状态继续",
                ),
            ),
            Self::SetToMarkAndGoOn => alone(
                text("Set α below the mark", "把 α 设到标记以下"),
                text(
                    "Sets the inner rate slightly below the limit measured at the best state, and goes on from there",
                    "把内循环学习率设得略低于在最佳状态测得的界限，并从那里继续",
                ),
            ),
            Self::ChooseTasks(_) => alone(
                text("Tasks", "任务"),
                text(
                    "The family that tasks are drawn from; another one begins again with its own rates",
                    "任务从这个任务族中抽取；换一个任务族会以它自己的学习率重新开始",
                ),
            ),
            Self::ChooseAlgorithm(..) => alone(
                text("Algorithm", "算法"),
                text(
                    "How the query loss becomes a step of the initialisation; another one begins again with its own rates",
                    "查询损失怎样变成初始化的一步；换一个算法会以它自己的学习率重新开始",
                ),
            ),
            Self::Beside(_) => alone(
                text("Side by side", "并排对比"),
                text(
                    "Begins again with a second algorithm on the same tasks: both advance step by step, every knob turns both, and their difference is shown with its interval",
                    "重新开始，并让第二种算法在同样的任务上同步运行：两者一步一步同时前进，每个设置同时作用于两者，并给出两者之差及其置信区间",
                ),
            ),
            Self::ChooseImages(_) => alone(
                text("Images", "图像"),
                text(
                    "The images that tasks are drawn from; another set begins again",
                    "任务从这些图像中抽取；换一个图像集会重新开始",
                ),
            ),
            Self::LoadImages(_) => alone(
                text("Open", "打开"),
                text("Reads the images while the current run goes on", "读取图像，当前的运行照常进行"),
            ),
            Self::UseImages(..) => alone(
                text("Use these images", "使用这些图像"),
                text("Begins again with the images that were read", "用读到的图像重新开始"),
            ),
            Self::SetKnob(knob, _) => alone(knob.label, knob.about),
            Self::Undo => with_ctrl(
                text("Undo", "撤销"),
                text("Turns the knob that was turned last back to its value before", "把最后改动的设置改回原来的值"),
                &[Key::Z],
            ),
            Self::Redo => with_ctrl(
                text("Redo", "重做"),
                text("Turns the knob again that was turned back", "重新做一次被撤销的改动"),
                &[Key::Y],
            ),
            Self::LookBack(_) => alone(
                text("Look back", "回看"),
                text(
                    "Shows the run as it was then; it is not changed, and training pauses",
                    "显示运行在那时的样子；运行本身不变，训练暂停",
                ),
            ),
            Self::BackToNow => alone(
                text("Back to now", "回到现在"),
                text(
                    "Shows the run as it is; nothing was lost, and Play goes on from there too",
                    "显示运行现在的样子；什么都没有丢失，点播放也从那里继续",
                ),
            ),
            Self::ContinueHere => alone(
                text("Continue from here", "从此处继续"),
                text(
                    "Trains on from the moment that is shown, with the knobs as they stand; what came after stays as a thin line",
                    "以当前的设置从显示的时刻继续训练；之后的部分保留为一条细线",
                ),
            ),
            Self::Pin => with_key(
                text("Pin this run", "固定这次运行"),
                text(
                    "Keeps this run's held-out losses as thin lines while other runs of these tasks follow",
                    "把这次运行的留出任务损失留作细线，供同样任务的后续运行对照",
                ),
                &[Key::P],
            ),
            Self::ApplyRun(_) => alone(
                text("Apply and restart", "应用并重新开始"),
                text("Begins again with this seed, optimiser and network", "用这个随机种子、优化器和网络重新开始"),
            ),
            Self::Sketch(_) => {
                alone(text("Draw", "绘制"), text("Has the network adapt to what is drawn", "让网络适应画出的内容"))
            }
            Self::ContinueFrom(..) => alone(
                text("Go on from here", "从此处继续"),
                text(
                    "Goes on with the settings and the initialisation of another run",
                    "以另一次运行的设置和初始化继续",
                ),
            ),
        }
    }
}
