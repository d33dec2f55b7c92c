//! What is known of the family.

use std::sync::Arc;

use super::ClassTasks;
use super::looks::LOOKS;
use crate::settings::{ActivationKind, Domain, ImageSource};
use crate::tasks::FamilyError;
use crate::tasks::card::{Card, Drawing, Feature, Judged, Needs, Pages, Score};
use crate::text::numbers::plural;
use crate::text::{tell, text};

pub(in crate::tasks) const CLASS: Card = Card {
    id: "class",
    name: text("Make new ones", "生成新图"),
    about: text(
        "Each task is one class of images; from a few of them the network makes new ones",
        "每个任务是一类图像；网络由其中几张生成新图像",
    ),
    asks: |settings| {
        let shots = settings.live.test_shots;
        tell(
            || {
                let images = plural(shots, "picture", "pictures");
                format!("From {images} of a kind that it never saw: new ones of that kind, from three starts")
            },
            || format!("只看没见过的一类的 {shots} 张图像，从三个起点各自生成这一类的新图像"),
        )
    },
    domain: Domain::Flow,
    needs: Needs::Classes,
    judged: Judged::Samples(Score {
        id: "recognised",
        name: text("Recognised", "被识别"),
        about: text(
            "The share of samples after adaptation that a classifier of all the set's classes takes for the right one of the held-out classes",
            "适应后的生成样本中，被认识图像集全部类别的分类器在留出类别中判对的比例",
        ),
    }),
    features: &[Feature::Shots, Feature::HiddenLayers, Feature::Flow],
    reasons: &[
        (
            Feature::Points,
            text(
                "Class tasks draw all support images anew, with fresh noise, at each step",
                "“生成新图”任务每一步都重新抽取全部支持图像，并加上新的噪声",
            ),
        ),
        (
            Feature::Noise,
            text(
                "Class tasks mix noise into every image already: the flow begins with it",
                "“生成新图”任务已经在每张图像中混入噪声：流就从噪声开始",
            ),
        ),
    ],
    looks: &LOOKS,
    drawing: Some(Drawing {
        pages: Pages::OfOneClass,
        masks: false,
        coarser: |_| 1,
        hint: text(
            "Draw a few images of something new: at every pen-up the network makes more of them",
            "画几张新事物的图像：每次抬笔，网络就生成更多同类图像",
        ),
    }),
    usual_iterations: [50, 150],
    preset: |settings| {
        let (live, run) = (&mut settings.live, &mut settings.run);
        run.images = ImageSource::Characters;
        (live.inner_rate, live.outer_rate, live.inner_steps, live.meta_batch) = (0.2, 3e-3, 5, 4);
        (run.network.hidden, run.network.activation) = (vec![128, 128], ActivationKind::Silu);
        (run.evaluate_every, run.held_out_tasks) = (10, 12);
        // One class in a thousand overshoots: its gradient must not drown the others' in Adam's mean squares.
        run.outer.clip_norm = 0.3;
    },
    open: |run, images| Ok(Arc::new(ClassTasks::new(images.ok_or(FamilyError::NoImages)?, run.seed)?)),
};
