//! Three looks at how samples of a class come about: the way from noise, the nearest support image under
//! each sample, and what lies between two noises.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis};

use super::ClassTasks;
use super::flow::{Flow, follow};
use crate::maths::network::{Network, Workspace};
use crate::tasks::classes::sheet;
use crate::tasks::held_out::{Adapted, KnownClass};
use crate::tasks::panel::{Look, Sheet};
use crate::tasks::{Picture, judge};
use crate::text::{Words, text};

/// The looks.
pub(super) const LOOKS: [Look; 3] = [
    Look {
        title: text("From noise", "从噪声生成"),
        about: text(
            "How noise becomes four samples along the flow, after the last adaptation step",
            "最后一个适应步之后，噪声怎样沿着流变成四个生成样本",
        ),
    },
    Look {
        title: text("Nearest", "最近的图像"),
        about: text(
            "Under each sample the support image that is nearest to it: a copy would be seen",
            "每个生成样本下面是离它最近的支持图像：如果是照抄，一看便知",
        ),
    },
    Look {
        title: text("Between", "混合"),
        about: text(
            "What lies between two: samples whose noise turns from one to another",
            "两者之间有什么：噪声从一个转到另一个时的生成样本",
        ),
    },
];

/// Samples whose way is shown.
const WAYS: usize = 4;
/// Moments of the way that are shown, its end included.
pub const MOMENTS: usize = 8;
/// Samples that are shown with their nearest support image.
const PAIRS: usize = 12;
/// Pairs of noises, and what is shown from the one to the other.
const BETWEEN: [usize; 2] = [4, 8];

/// For a task adapted to a class; `None` if something in them is not finite.
pub(super) fn sheets(
    tasks: &ClassTasks,
    network: &Network,
    adapted: Adapted<'_>,
    flow: Flow,
    known: &KnownClass,
    work: &mut Workspace<f32>,
) -> Option<Vec<Sheet>> {
    let (classes, theta, noise) = (&tasks.classes, adapted.theta, adapted.task.display());
    let (some, _) = noise.split_at(Axis(0), WAYS.min(noise.nrows()));
    let mut moments = Vec::with_capacity(MOMENTS * some.nrows());
    let mut shown = 0;
    follow(network, theta, some, flow, work, |step, codes| {
        // Evenly spaced moments; a flow of few steps shows some of its states twice.
        while shown < MOMENTS && shown * flow.steps <= step * (MOMENTS - 1) {
            moments.push(codes.to_owned());
            shown += 1;
        }
    });
    let between = follow(network, theta, turning(noise).view(), flow, work, |_, _| ());
    let (paired, _) = adapted.outputs.split_at(Axis(0), PAIRS.min(adapted.outputs.nrows()));
    let finite = |codes: ArrayView2<'_, f32>| codes.iter().all(|code| code.is_finite());
    if !finite(between.view()) || !finite(paired) || !moments.iter().all(|codes| finite(codes.view())) {
        return None;
    }
    let mut ways: Vec<Picture> = Vec::with_capacity(WAYS * MOMENTS);
    for row in 0..some.nrows() {
        for codes in &moments {
            ways.extend(classes.encoding.decode(codes.select(Axis(0), &[row]).view()));
        }
    }
    let drawn = classes.encoding.decode(paired);
    let support = classes.originals(&known.support);
    let [drawn_pixels, support_pixels] = [&drawn, &support].map(|pictures| tasks.pixels(pictures));
    let nearest = judge::nearest(drawn_pixels.view(), support_pixels.view());
    let [_, distance] = judge::distances(drawn_pixels.view(), support_pixels.view());
    let below = nearest.into_iter().map(|i| support[i].clone());
    let pairs: Vec<Picture> = drawn.into_iter().chain(below).collect();
    let size = classes.set.size;
    let pictures = [
        sheet(&ways, MOMENTS, size),
        sheet(&pairs, paired.nrows(), size),
        sheet(&classes.encoding.decode(between.view()), BETWEEN[1], size),
    ];
    let ends = [
        [text("t = 0, noise", "t = 0，噪声").into(), text("t = 1, sample", "t = 1，生成样本").into()],
        [
            text("samples above, nearest support images below", "上：生成样本，下：最近的支持图像").into(),
            Words::both(format!("mean distance {distance:.3}"), format!("平均距离 {distance:.3}")),
        ],
        [text("one noise", "一个噪声").into(), text("another", "另一个噪声").into()],
    ];
    let all = LOOKS.into_iter().zip(pictures).zip(ends);
    Some(all.map(|((look, picture), ends)| Sheet { look, picture: Arc::new(picture), ends }).collect())
}

/// From the first noise to the second, from the third to the fourth, …, along great circles: a mean of
/// two noises would be too short for the flow.
fn turning(noise: ArrayView2<'_, f32>) -> Array2<f32> {
    let [pairs, count] = BETWEEN;
    let pairs = pairs.min(noise.nrows() / 2);
    Array2::from_shape_fn((pairs * count, noise.ncols()), |(row, column)| {
        let angle = std::f32::consts::FRAC_PI_2 * (row % count) as f32 / (count - 1) as f32;
        let pair = row / count * 2;
        angle.cos() * noise[[pair, column]] + angle.sin() * noise[[pair + 1, column]]
    })
}
