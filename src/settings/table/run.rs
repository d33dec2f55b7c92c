//! What is run, and how it is measured.

use super::{Choice, Feature, Field, Group, Number, Range, Setting};
use crate::settings::{Algorithm, TaskFamily};
use crate::text::text;

/// Its settings.
pub static RUN: [Setting; 7] = [
    Setting {
        label: text("Tasks", "任务"),
        about: text("The family that tasks are drawn from", "任务取自哪个任务族"),
        ..choice!(run.tasks, Group::Run, TaskFamily)
    },
    Setting {
        label: text("Algorithm", "算法"),
        about: text("How the query loss becomes a step of the initialisation", "查询损失如何变成初始化的一步"),
        ..choice!(run.algorithm, Group::Run, Algorithm)
    },
    Setting {
        path: "run.seed",
        label: text("Seed", "随机种子"),
        about: text(
            "The number that every random stream is derived from; another seed begins again with other tasks",
            "所有随机数都由这个数导出；换一个随机种子会用另一批任务重新开始",
        ),
        field: Field::Seed,
        ..Setting::BLANK
    },
    Setting {
        label: text("Held-out tasks", "留出任务数"),
        about: text(
            "Held-out tasks measured at the end of a run without a window, of a race and of a sweep's cells",
            "无窗口运行、算法对比以及参数扫描的每个格子结束时测量的留出任务数",
        ),
        ..number!(run.held_out_tasks, Group::Run, Range::whole(1, 100_000).logarithmic())
    },
    Setting {
        label: text("Measured every", "测量间隔"),
        about: text(
            "Meta-iterations between two measurements on the probe tasks",
            "在探测任务上两次测量之间的元迭代次数",
        ),
        unit: Some("meta-iterations"),
        ..number!(run.evaluate_every, Group::Run, Range::whole(1, 1_000_000_000).logarithmic())
    },
    Setting {
        path: "run.fit_inner_rate",
        label: text("Fit the inner rate", "调整内循环学习率"),
        about: text(
            "Whether an inner rate that nobody gave starts lower where it would overshoot, on other images than the family's own",
            "没有人指定内循环学习率时，若它在任务族自带图像以外的图像上会步长过大，是否从较小的值开始",
        ),
        group: Group::Inner,
        ..Setting::BLANK
    },
    Setting {
        label: text("Ways", "类别数"),
        about: text(
            "Classes of a task; fewer where the images have not so many to train on or to test on",
            "一个任务的类别数；若图像中可供训练或测试的类别没有这么多，则较少",
        ),
        ..number!(run.ways, Group::Tasks(Feature::Ways), Range::whole(2, 20))
    },
];
