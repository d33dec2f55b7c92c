//! What is often asked about meta-learning, with the answers and where they are seen.

use crate::settings::Knob;
use crate::text::{Text, text};
use crate::train::link::Pace;
use crate::window::scene::Scene;

/// A question.
#[derive(Debug)]
pub struct Question {
    /// The question itself.
    pub asks: Text,
    /// The answer, in a few sentences.
    pub answer: Text,
    /// What the program is set to so that it is seen; `None` where there is nothing to be seen at once.
    pub scene: Option<Scene>,
}

/// The tab of what the network makes.
const OUTPUT: Option<&str> = Some("What it makes");

/// All of them, what comes first to mind first.
pub static QUESTIONS: [Question; 15] = [
    Question {
        asks: text(
            "How does it differ from pretraining and transfer learning?",
            "元学习和预训练、迁移学习有什么不同？",
        ),
        answer: text(
            "Pretraining lowers the loss of all tasks as it stands, before anything is adapted. Meta-learning lowers the loss after a few steps of adaptation: it prepares for learning. The pretrained start is plain training on the same tasks, all together, and adapts at the best of ten inner rates. On curves it is as good as the learned one at k = 0, where both draw about the mean of all curves; a single step later the learned one is far ahead.",
            "预训练降低的是不做适应时所有任务的损失。元学习降低的是适应几步之后的损失：它为学习做准备。预训练起点就是把同样的任务混在一起做普通训练，适应时用十个内循环学习率中最好的一个。在“曲线”上，它在 k = 0 时和学到的起点一样好，两者画出的都接近所有曲线的平均；只走一步，学到的起点就遥遥领先。",
        ),
        scene: Some(Scene {
            tasks: Some("sine"),
            algorithm: Some("maml"),
            tab: OUTPUT,
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "Why does k = 0 look bad? Is the start not meant to be good?",
            "为什么 k = 0 看起来很差？起点不是应该很好吗？",
        ),
        answer: text(
            "At k = 0 the network has seen nothing of the task, so it cannot know which face is wanted. φ is trained to be a few steps away from every face, not to be one. The pretrained start looks better there, much like the mean of all faces, but the learned one overtakes it within a step or two. Judge a start from k = 1 on.",
            "k = 0 时网络还没有看过这个任务，不可能知道要画哪张脸。φ 的训练目标不是自己像一张脸，而是离每张脸都只差几步。预训练起点此时更好看，很像所有人脸的平均，但一两步之内就会被学到的起点超过。评价一个起点，要从 k = 1 看起。",
        ),
        scene: Some(Scene {
            tasks: Some("picture"),
            algorithm: Some("maml"),
            tab: OUTPUT,
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text("Why does everything diverge when α is too large?", "为什么 α 太大时训练会发散？"),
        answer: text(
            "Along the direction in which the loss curves most, by λ_max, a step multiplies the distance to the bottom by 1 − αλ_max. Beyond α = 2/λ_max that is less than −1: each step crosses the valley and ends higher than it began. The tick on α's track stands at the smallest 2/λ_max of the coming tasks, and from there on the track is hatched. Here α is set beyond it: within seconds the run stops and says which task and which step failed; Halve α and go on brings it back.",
            "在损失弯曲得最厉害的方向上，曲率为 λ_max，每一步把到谷底的距离乘以 1 − αλ_max。α 超过 2/λ_max 时，这个因子小于 −1：每一步都越过谷底，停在比出发时更高的地方。α 滑轨上的刻度就是后续任务中最小的 2/λ_max，从那里起滑轨画有斜线。这里把 α 设到刻度之外：几秒之内运行就会停下，并指出是哪个任务、哪一步出了问题；点“α 减半并继续”就能恢复。",
        ),
        scene: Some(Scene {
            tasks: Some("plane"),
            algorithm: Some("maml"),
            knobs: &[(Knob::INNER_RATE, 0.6)],
            tab: Some("Parameters"),
            pace: Some(Pace::PerSecond(2)),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "What do second derivatives add, and when can they be left out?",
            "二阶导数有什么用？什么时候可以省掉？",
        ),
        answer: text(
            "MAML asks how the loss after adaptation depends on φ. On the way back through each inner step the gradient is multiplied by 1 − αH, where H holds the second derivatives; FOMAML takes this factor as 1 and saves nearly half the work. As long as α times the curvature is small that changes little; near the limit of α, or over many steps, it changes much. Outer step says by how much it changes the coming step. On faces FOMAML ends several dB behind MAML.",
            "MAML 要知道适应后的损失怎样随 φ 变化。沿内循环反向传播时，每经过一步，梯度都要乘以 1 − αH，H 就是二阶导数；FOMAML 把这个因子当作 1，省下将近一半的计算。α 与曲率之积很小时，差别不大；α 接近界限或步数很多时，差别就大了。“外循环步”会给出它使下一步改变百分之几。在人脸上，FOMAML 最终比 MAML 差好几 dB。",
        ),
        scene: Some(Scene {
            tasks: Some("picture"),
            algorithm: Some("maml"),
            tab: Some("Outer step"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "Reptile only moves to where adaptation ends. Why does that work?",
            "Reptile 只是移向适应的终点，为什么也有效？",
        ),
        answer: text(
            "Its move is the sum of K gradients of one task, each taken where the one before led. On average this does two things (Nichol et al. 2018): it lowers the loss of all tasks, as pretraining does, and it brings φ to where successive steps on a task go the same way, so that they get far. The second needs two steps or more; with K = 1 Reptile is pretraining. It needs no query set and no second derivatives.",
            "它的移动量是同一任务上 K 个梯度之和，每个梯度都在前一步到达之处计算。平均来看，这有两个作用（Nichol 等，2018）：一是像预训练那样降低所有任务的损失，二是把 φ 带到同一任务的相继各步方向一致的地方，于是几步就能走得很远。第二个作用至少要两步；K = 1 时 Reptile 就是预训练。它不需要查询集，也不需要二阶导数。",
        ),
        scene: Some(Scene {
            tasks: Some("plane"),
            algorithm: Some("maml"),
            beside: Some("reptile"),
            tab: Some("Parameters"),
            pace: Some(Pace::PerSecond(20)),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "Does MAML learn to learn, or does it only reuse features?",
            "MAML 学到的是怎样学习，还是只在复用特征？",
        ),
        answer: text(
            "It depends on the tasks. Raghu et al. (2020) found in classification that adaptation hardly changes the body: ANIL, which adapts the last layer alone, did nearly as well. BOIL (Oh et al. 2021) adapts everything but the last layer and works too. In Tell apart ANIL is here as good as MAML; on curves it is far behind after one step and level after five. Layers compares: at 1, adaptation has left a layer's representation as it was.",
            "这取决于任务。Raghu 等（2020）发现，在分类任务中，适应几乎不改变网络的主体：只适应最后一层的 ANIL，效果也差不多。BOIL（Oh 等，2021）反过来，只有最后一层不适应，同样有效。在本程序的“分辨”中，ANIL 与 MAML 不相上下；在“曲线”上，走一步时 ANIL 远不如 MAML，走五步时两者相当。“层”比较适应前后的表示：数值为 1，说明这一层没有改变。",
        ),
        scene: Some(Scene {
            tasks: Some("classify"),
            algorithm: Some("maml"),
            tab: Some("Layers"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text("What is the query set for? Would the support set not do?", "查询集有什么用？只用支持集不行吗？"),
        answer: text(
            "Adaptation sees the support set alone. The query set is other data of the same task, and shows whether what was learned holds beyond the support. If the support judged itself, a start that merely lets it be memorised would win. In Complete pictures the given pixels are the support and the hidden ones the query. Reptile trains without a query set; its held-out tasks are judged by one all the same.",
            "适应过程只看支持集。查询集是同一任务的另一些数据，用来检验学到的东西在支持集之外是否成立。如果让支持集自己评判自己，只会死记支持集的起点反而会胜出。在“补全图像”中，给定的像素是支持集，被遮住的像素是查询集。Reptile 训练时不用查询集，但它的留出任务同样由查询集来评判。",
        ),
        scene: Some(Scene {
            tasks: Some("completion"),
            algorithm: Some("maml"),
            tab: OUTPUT,
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "Why do the held-out curves matter more than the training curves?",
            "为什么留出任务的曲线比训练任务的更重要？",
        ),
        answer: text(
            "A start can come to suit only the tasks that it was trained on: that is meta-overfitting. Then the training curve falls on while the held-out one stays or rises. The fewer classes there are to train on, the sooner it happens: the seven training classes of Digits are soon known by heart. More classes help, and so does weight decay, which Tell apart begins with. The film-strip, the verdict and the best state go by held-out tasks alone.",
            "起点可能变得只适合训练过的那些任务，这就是元过拟合：训练曲线继续下降，留出曲线却不再下降，甚至上升。可供训练的类别越少，来得越早：“数字”只有七个训练类别，很快就被记住。增加类别有帮助，权重衰减也有帮助，“分辨”一开始就用了它。胶片条、结论和最佳状态都只看留出任务。",
        ),
        scene: Some(Scene {
            tasks: Some("classify"),
            algorithm: Some("maml"),
            tab: Some("Losses"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text("More steps at test time than in training: does it help?", "测试时走的步数比训练时多，有好处吗？"),
        answer: text(
            "Mostly it helps for a while, and then hardly any more. It does harm where the support set is small or noisy, as adaptation comes to fit the noise, and where α is near its limit, as no later step than K was trained. Test steps adapts held-out tasks for 50 steps and says where the query loss is smallest. Here each curve is given by five noisy points: after a few steps it overfits.",
            "多数情况下，先有好处，之后就几乎没有变化。支持集很小或有噪声时会有害，因为适应开始拟合噪声；α 接近界限时也会有害，因为第 K 步之后的步没有训练过。“测试步”在留出任务上适应 50 步，并指出查询损失在哪一步最小。这里每条曲线只给五个带噪声的点：几步之后就会过拟合。",
        ),
        scene: Some(Scene {
            tasks: Some("sine"),
            algorithm: Some("maml"),
            knobs: &[(Knob::INNER_STEPS, 1.0), (Knob::NOISE, 1.0), (Knob::TEST_SHOTS, 5.0)],
            tab: Some("Test steps"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "What do learned inner rates do (Meta-SGD, MAML++)?",
            "学到的内循环学习率有什么用（Meta-SGD、MAML++）？",
        ),
        answer: text(
            "One α for all must be short enough for the steepest direction, and is then too short for the others. Meta-SGD learns a rate for every parameter, MAML++ for the weights and the biases of every layer at every step. The outer loop moves their logarithms, so rates stay positive; the knob α is only where they begin. On curves the loss after ten steps is about half of MAML's. In Layers, choose Rates: it shows which layer may move how far.",
            "如果所有参数共用一个 α，它必须小到适合最陡的方向，对其他方向就太小了。Meta-SGD 为每个参数学习一个学习率，MAML++ 则为每一层的权重和偏置、每一步各学一个。外循环移动的是它们的对数，所以学习率总是正的；设置中的 α 只是起始值。在“曲线”上，十步之后的损失约为 MAML 的一半。在“层”中选择“学习率”，就能看到每一层可以移动多远。",
        ),
        scene: Some(Scene {
            tasks: Some("sine"),
            algorithm: Some("meta-sgd"),
            tab: Some("Layers"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text("How many tasks should a meta-batch have?", "一个元批次应该有多少个任务？"),
        answer: text(
            "The outer step follows the mean over the meta-batch. Four times as many tasks halve its noise and take about four times as long. With few tasks, β has to be smaller to make up for the noise. The presets take 25 tasks for curves, 8 for planes, Tell apart and Group, and 4 for the others. Here it is set to 1: the training losses jump; turn it up and they calm down.",
            "外循环步沿整个元批次的平均方向走。任务数变为四倍，噪声减半，用时也约为四倍。任务少时，β 要小一些，才能抵消噪声。预设值是：“曲线”25 个，“平面”“分辨”“聚类”8 个，其余 4 个。这里设为 1：训练损失上下跳动；调大之后就会平稳下来。",
        ),
        scene: Some(Scene {
            tasks: Some("sine"),
            algorithm: Some("maml"),
            knobs: &[(Knob::META_BATCH, 1.0)],
            tab: Some("Losses"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "What if a new task is unlike all that it was trained on?",
            "如果新任务和训练过的都不一样，会怎样？",
        ),
        answer: text(
            "Adaptation still goes down the gradient, but from a start that expects something else: it takes more steps, and may even do worse than from a random start. In Draw the network adapts to whatever you paint, from all three starts. Let it train on faces for a while, paint a face, then something that is none. What a start is to cope with must be among its training tasks.",
            "适应仍然沿梯度下降，但起点预期的是别的东西：需要更多步，甚至可能不如随机起点。在“绘制”中，网络会从三个起点分别适应你画的内容。先让它在人脸上训练一会儿，再画一张脸，然后画一个不是脸的东西。希望起点能应付什么，训练任务里就要有什么。",
        ),
        scene: Some(Scene {
            tasks: Some("picture"),
            algorithm: Some("maml"),
            tab: Some("Draw"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "Can it make new images from five examples, or does it copy them?",
            "只看五张图像就能生成新图吗？会不会是照抄？",
        ),
        answer: text(
            "It can: in Make new ones the network adapts to a few images of a class, and then turns noise into others of that class. Nearest puts below each sample the support image that is most like it, so that a copy would be seen. On characters the samples lie nearer to the support than other real images of the class do, but they are no copies, and about nine of ten are recognised. A higher temperature makes them more varied.",
            "能。在“生成新图”中，网络先适应一类中的几张图像，再把噪声变成这一类的新图像。“最近的图像”在每个生成样本下面放上最像它的支持图像，照抄一看便知。在“字符”上，生成样本离支持集比这一类的其他真实图像更近，但并不是照抄，而且约有九成能被识别。温度越高，样本越多样。",
        ),
        scene: Some(Scene {
            tasks: Some("class"),
            algorithm: Some("maml"),
            knobs: &[(Knob::SHOTS, 5.0), (Knob::TEST_SHOTS, 5.0)],
            tab: Some("Nearest"),
            pace: Some(Pace::Full),
            ..Scene::OPEN
        }),
    },
    Question {
        asks: text(
            "Why can long training make it worse, and why does β decay?",
            "为什么训练久了可能变差？β 为什么要衰减？",
        ),
        answer: text(
            "At a constant β the noise of the outer steps slowly drives φ to where the loss curves more, until α is too large there and adaptation overshoots. So by default β falls as 1/√t from some meta-iteration on: the steps shrink, and φ settles before that. The other reason is meta-overfitting. If a run stays far from its best, the program says so, and Back to the best returns to that state. The schedule of β is in the settings, below What begins again.",
            "β 保持不变时，外循环步的噪声会慢慢把 φ 推向损失更弯曲的地方，直到 α 在那里显得太大，适应过程步长过大。所以默认情况下，β 从某次元迭代起按 1/√t 下降：步子越来越小，φ 在此之前就稳定下来。另一个原因是元过拟合。如果运行长时间远离最佳状态，程序会提示，点“回到最佳状态”就能退回去。β 的学习率调度在设置面板的“更改后重新开始的设置”里。",
        ),
        scene: None,
    },
    Question {
        asks: text("How do I choose α and β?", "怎样选择 α 和 β？"),
        answer: text(
            "Begin with the presets; on images of your own α starts lower by itself if its preset would overshoot. Keep α below the tick on its track. If too little happens between k = 0 and k = K, α is too small; if the held-out curve jumps or rises, try a smaller β. To choose with care, press C: a sweep tries pairs of both and judges them by validation tasks, on which nothing is trained or tested.",
            "先用预设值；用自己的图像时，如果预设的 α 步长过大，程序会自动从较小的值开始。让 α 保持在滑轨的刻度以下。如果从 k = 0 到 k = K 变化太小，说明 α 太小；如果留出曲线上下跳动或上升，就把 β 调小。想仔细选，按 C：参数扫描会尝试两者的各种组合，并用既不训练也不测试的验证任务来评判。",
        ),
        scene: None,
    },
];
