//! The algorithms, one entry for each: a new one is a new entry, and a file in [`super::outer`] only where it goes a way
//! that none has gone before.

use super::recipe::{Moves, QueryLoss, Rates, Recipe, Through};
use crate::settings::{Domain, OuterOptimiser, Schedule};
use crate::text::text;

/// Every algorithm, simplest relation to MAML first.
pub static RECIPES: [Recipe; 10] = [
    Recipe {
        id: "maml",
        name: "MAML",
        about: text(
            "Differentiates the query loss through every adaptation step, second derivatives included",
            "穿过每一个适应步对查询损失求导，包括二阶导数",
        ),
        source: "Finn, Abbeel and Levine 2017",
        formulas: ["θ ← θ − α ∇L(θ; S)", "φ ← φ − β ∂L(θ_K; Q)/∂φ"],
        moves: Moves::All,
        rates: Rates::Given,
        query_loss: QueryLoss::Last,
        through: Through::Unrolled,
        preset: |_, _| {},
    },
    Recipe {
        id: "fomaml",
        name: "FOMAML",
        about: text(
            "MAML without second derivatives: the query gradient at the adapted parameters is used as it is",
            "不含二阶导数的 MAML：直接使用适应后的参数处的查询梯度",
        ),
        source: "Finn, Abbeel and Levine 2017",
        formulas: ["θ ← θ − α ∇L(θ; S)", "φ ← φ − β ∂L(θ_K; Q)/∂θ_K"],
        moves: Moves::All,
        rates: Rates::Given,
        query_loss: QueryLoss::Last,
        through: Through::FirstOrder,
        preset: |domain, settings| {
            if matches!(domain, Domain::Image | Domain::HiddenImage) {
                (settings.live.inner_rate, settings.live.outer_rate) = (0.02, 3e-4);
                // It does not see what its steps do to the way that adaptation takes: short ones leave it as it is.
                settings.run.outer.clip_norm = 0.05;
            }
        },
    },
    Recipe {
        id: "reptile",
        name: "Reptile",
        about: text(
            "Moves the initialisation towards where adaptation ends; needs no query set",
            "把初始化移向适应结束之处；不需要查询集",
        ),
        source: "Nichol, Achiam and Schulman 2018",
        formulas: ["θ ← θ − α ∇L(θ; S)", "φ ← φ + β (θ_K − φ)"],
        moves: Moves::All,
        rates: Rates::Given,
        query_loss: QueryLoss::Last,
        through: Through::Difference,
        preset: |domain, settings| match domain {
            Domain::Image => (settings.live.inner_rate, settings.live.inner_steps) = (0.05, 8),
            // What is hidden it never learns of: plain steps, as in its paper, keep it from drifting far.
            Domain::HiddenImage => {
                let live = &mut settings.live;
                (live.inner_rate, live.inner_steps, live.outer_rate) = (0.05, 8, 0.05);
                (settings.run.optimiser, settings.run.outer.weight_decay) = (OuterOptimiser::Sgd, 0.0);
                settings.run.outer.clip_norm = 0.0;
            }
            Domain::Curve => settings.live.inner_steps = 5,
            // Where adaptation ends says nothing about how sure to be; plain steps, as in its paper, hold.
            Domain::Labels => {
                (settings.live.inner_rate, settings.live.outer_rate) = (0.1, 0.1);
                (settings.run.optimiser, settings.run.outer.weight_decay) = (OuterOptimiser::Sgd, 0.0);
            }
            // Nor does it say which belong together: without the query loss a start drifts, and should not drift far.
            Domain::Embedding => {
                (settings.live.inner_rate, settings.live.outer_rate) = (0.1, 0.02);
                (settings.run.optimiser, settings.run.outer.weight_decay) = (OuterOptimiser::Sgd, 0.0);
            }
            Domain::Linear | Domain::Flow => {}
        },
    },
    Recipe {
        id: "meta-sgd",
        name: "Meta-SGD",
        about: text(
            "MAML that also learns one inner rate for every parameter",
            "还为每个参数学习一个内循环学习率的 MAML",
        ),
        source: "Li, Zhou, Chen and Li 2017",
        formulas: ["θ ← θ − α ⊙ ∇L(θ; S)", "φ,α ← φ,α − β ∂L(θ_K; Q)/∂φ,α"],
        moves: Moves::All,
        // The outer optimiser moves ln a, so that rates stay positive: ∂J/∂ln a = a ⊙ ∂J/∂a.
        rates: Rates::PerParameter,
        query_loss: QueryLoss::Last,
        through: Through::Unrolled,
        preset: |domain, settings| {
            // Rates that are free to grow would make up for weights that decay, without end.
            (settings.run.optimiser, settings.run.outer.weight_decay) = (OuterOptimiser::Adam, 0.0);
            match domain {
                Domain::Flow => settings.live.outer_rate = 1e-3,
                Domain::Embedding => settings.live.outer_rate = 5e-4,
                Domain::Linear | Domain::Curve | Domain::Image | Domain::HiddenImage | Domain::Labels => {}
            }
        },
    },
    Recipe {
        id: "maml-plus-plus",
        name: "MAML++",
        about: text(
            "MAML that learns inner rates for every layer and step, one for its weights and one for its biases, and at first counts the loss after every step",
            "为每一层、每一步学习内循环学习率（权重和偏置各一个）的 MAML，起初还计入每一步之后的损失",
        ),
        source: "Antoniou, Edwards and Storkey 2019",
        formulas: ["θ ← θ − α ⊙ ∇L(θ; S)", "φ,α ← φ,α − β ∂ Σ w L(θ_k; Q)/∂φ,α"],
        moves: Moves::All,
        rates: Rates::PerTensorAndStep,
        query_loss: QueryLoss::EveryStepAtFirst,
        through: Through::Unrolled,
        // It comes with a cosine schedule; each domain's is as long as a run of it usually is.
        preset: |domain, settings| {
            settings.run.outer.schedule = Schedule::Cosine;
            settings.run.outer.period = match domain {
                Domain::Linear => 5_000,
                Domain::Curve => 70_000,
                Domain::Image | Domain::HiddenImage | Domain::Flow | Domain::Labels | Domain::Embedding => 2_000,
            };
        },
    },
    Recipe {
        id: "anil",
        name: "ANIL",
        about: text("MAML in which only the last layer adapts to a task", "只有最后一层针对任务适应的 MAML"),
        source: "Raghu, Raghu, Bengio and Vinyals 2020",
        formulas: ["h ← h − α ∂L(θ; S)/∂h", "φ ← φ − β ∂L(θ_K; Q)/∂φ"],
        moves: Moves::Head,
        rates: Rates::Given,
        query_loss: QueryLoss::Last,
        through: Through::Unrolled,
        preset: |domain, settings| {
            // With one step, further ones come to overshoot at the end of a long run.
            if domain == Domain::Curve {
                settings.live.inner_steps = 5;
            }
        },
    },
    Recipe {
        id: "boil",
        name: "BOIL",
        about: text(
            "MAML in which all layers but the last adapt to a task: what they see changes, not what is made of it",
            "除最后一层外各层都针对任务适应的 MAML：改变的是看到什么，而不是怎样利用所看到的",
        ),
        source: "Oh, Yoo, Kim and Yun 2021",
        formulas: ["b ← b − α ∂L(θ; S)/∂b", "φ ← φ − β ∂L(θ_K; Q)/∂φ"],
        moves: Moves::Body,
        rates: Rates::Given,
        query_loss: QueryLoss::Last,
        through: Through::Unrolled,
        preset: |_, _| {},
    },
    // On the plane the context can but shift the output: its model is linear, and a slope is no shift.
    Recipe {
        id: "cavia",
        name: "CAVIA",
        about: text(
            "MAML in which only a few numbers beside the inputs adapt; the network is shared by all tasks",
            "只有与输入并列的几个数会适应的 MAML；网络由所有任务共用",
        ),
        source: "Zintgraf, Shiarlis, Kurin, Hofmann and Whiteson 2019",
        formulas: ["c ← c − α ∂L(φ,c; S)/∂c", "φ ← φ − β ∂L(φ,c; Q)/∂φ"],
        moves: Moves::Context,
        rates: Rates::Given,
        query_loss: QueryLoss::Last,
        through: Through::Unrolled,
        preset: |domain, settings| {
            if !matches!(domain, Domain::Linear | Domain::Curve) {
                settings.run.method.context = 32;
            }
        },
    },
    Recipe {
        id: "imaml",
        name: "iMAML",
        about: text(
            "Holds adaptation to the initialisation and differentiates where it ends, not the way there",
            "把适应过程约束在初始化附近，只在终点处求导，不沿途中的路径求导",
        ),
        source: "Rajeswaran, Finn, Kakade and Levine 2019",
        formulas: ["θ ← θ − α ∇( L(θ; S) + ½λ ‖θ − φ‖² )", "φ ← φ − β (I + ∇²L/λ)⁻¹ ∇L(θ_K; Q)"],
        moves: Moves::All,
        rates: Rates::Given,
        query_loss: QueryLoss::Last,
        through: Through::Implicit,
        preset: |domain, settings| {
            // Its direction does not see the way that adaptation takes, and nothing in it keeps curvature low as training
            // goes on: small rates and a decay of the weights have to, and a hold that is firm enough for adaptation to
            // end nearby, or so loose that directions of large curvature count for little.
            let (live, run) = (&mut settings.live, &mut settings.run);
            match domain {
                Domain::Linear => live.inner_rate = 0.1,
                Domain::Curve => {
                    (live.inner_rate, live.inner_steps, live.test_steps) = (5e-4, 16, 16);
                    run.method.regularisation = 30.0;
                    (run.optimiser, run.outer.weight_decay, run.outer.knee) = (OuterOptimiser::AdamW, 0.2, 500);
                }
                Domain::Image => {
                    (live.inner_rate, live.outer_rate, live.inner_steps) = (0.02, 3e-4, 8);
                    (run.method.regularisation, run.method.conjugate_steps) = (0.1, 5);
                }
                Domain::HiddenImage => {
                    (live.inner_rate, live.outer_rate, live.inner_steps) = (0.02, 5e-5, 8);
                    (run.method.regularisation, run.method.conjugate_steps) = (0.1, 5);
                    (run.optimiser, run.outer.weight_decay) = (OuterOptimiser::AdamW, 0.5);
                }
                Domain::Labels => {
                    (live.inner_rate, live.outer_rate) = (0.1, 3e-4);
                    (run.method.regularisation, run.method.conjugate_steps) = (1.0, 5);
                }
                Domain::Flow => {
                    (live.inner_rate, live.outer_rate) = (0.02, 3e-4);
                    (run.method.regularisation, run.method.conjugate_steps) = (0.1, 5);
                    (run.optimiser, run.outer.weight_decay) = (OuterOptimiser::AdamW, 2.0);
                }
                Domain::Embedding => {
                    (live.inner_rate, live.outer_rate) = (0.1, 3e-4);
                    (run.method.regularisation, run.method.conjugate_steps) = (1.0, 5);
                }
            }
        },
    },
    Recipe {
        id: "meta-model",
        name: "Meta-model",
        about: text(
            "A small learned network sets the inner rates of every layer, step by step",
            "由一个学到的小网络逐步设定每一层的内循环学习率",
        ),
        source: "Baik, Choi, Choi, Kim and Lee 2020",
        formulas: ["θ ← θ − α m(∇L(θ; S))", "φ,m ← φ,m − β ∂L(θ_K; Q)/∂φ,m"],
        moves: Moves::All,
        rates: Rates::Model,
        query_loss: QueryLoss::Last,
        through: Through::Unrolled,
        preset: |domain, settings| {
            if domain == Domain::Curve {
                settings.live.inner_steps = 2;
            }
        },
    },
];
