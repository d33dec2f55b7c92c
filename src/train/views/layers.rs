//! What adaptation does to each layer: how alike its representation stays, beside how far its parameters move.

use ndarray::{Array2, ArrayView2, Axis};

use super::Piece;
use crate::maths::network::{Network, Workspace};
use crate::maths::similarity::linear_cka;
use crate::text::Words;
use crate::train::shown::Init;
use crate::train::trainer::Trainer;

/// Query points that representations are compared on, at most; evenly spread over all of them.
const ROWS: usize = 512;

/// What adaptation does to each layer (after Raghu, Raghu, Bengio and Vinyals 2020).
#[derive(Clone, Debug, PartialEq)]
pub struct Layers {
    /// When the probe tasks were adapted to.
    pub meta_iteration: u64,
    /// After how many steps.
    pub steps: usize,
    /// How many probe tasks the means are over.
    pub tasks: usize,
    /// First to last.
    pub layers: Vec<LayerLook>,
}

/// What adaptation does to one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerLook {
    /// The layer's name, e.g. "layer 1".
    pub name: Words,
    /// Numbers that it puts out for each point.
    pub width: usize,
    /// Linear CKA of what it puts out on the query inputs before and after adaptation, mean over the probe tasks where
    /// there is such a number, from each of [`Init::ALL`].
    pub similarity: [Option<f64>; 3],
    /// ‖θ_K − φ‖ / ‖φ‖ of this layer, mean over the probe tasks; infinite where it overflowed.
    pub movement: [f32; 3],
}

/// One task from one initialisation.
struct Pair {
    task: usize,
    init: usize,
    before: Vec<f32>,
    after: Vec<f32>,
}

pub(super) struct View {
    networks: [Network; 3],
    inputs: Vec<Array2<f32>>,
    pairs: Vec<Pair>,
    work: Workspace<f32>,
    /// What the pair under way puts out at each layer that is still to be compared, last layer first.
    outputs: Vec<[Array2<f32>; 2]>,
    /// For each layer and initialisation the sum so far and over how many tasks.
    sums: Vec<[(f64, usize); 3]>,
    found: Layers,
}

impl super::View for View {
    type Found = Layers;

    fn begin(trainer: &Trainer) -> Option<Self> {
        let evaluation = trainer.evaluation();
        let probed = trainer.probed();
        let measured = probed.measured;
        let mut pairs = Vec::new();
        for (task, of_task) in measured.iter().enumerate() {
            for (init, measured) in of_task.iter().enumerate() {
                let (before, after) = (measured.thetas.first()?.clone(), measured.thetas.last()?.clone());
                pairs.push(Pair { task, init, before, after });
            }
        }
        let networks = Init::ALL.map(|init| trainer.start_of(init).0.network.clone());
        let widths = &networks[0].sizes()[1..];
        let layers = evaluation.movement.iter().zip(widths).map(|(movement, &width)| LayerLook {
            name: movement.name.clone(),
            width,
            similarity: [None; 3],
            movement: movement.relative,
        });
        let layers: Vec<_> = layers.collect();
        let found = Layers {
            meta_iteration: evaluation.meta_iteration,
            steps: measured.first().map_or(0, |task| task[0].thetas.len().saturating_sub(1)),
            tasks: measured.len(),
            layers,
        };
        Some(Self {
            networks,
            inputs: probed.tasks.iter().map(|task| some_rows(task.episode.query.x())).collect(),
            pairs,
            work: Workspace::default(),
            outputs: Vec::new(),
            sums: vec![[(0.0, 0); 3]; found.layers.len()],
            found,
        })
    }

    /// One layer of one task from one initialisation.
    fn advance(&mut self) -> Piece<Layers> {
        let Self { networks, inputs, pairs, work, outputs, sums, found } = self;
        if let Some(pair) = pairs.last()
            && let Some(inputs) = inputs.get(pair.task)
        {
            if outputs.is_empty() {
                let network = &networks[pair.init];
                let [before, after] =
                    [&pair.before, &pair.after].map(|theta| network.activations(theta, inputs.view(), work));
                *outputs = before.into_iter().zip(after).map(|(before, after)| [before, after]).collect();
                return Piece::Unfinished;
            }
            if let Some([before, after]) = outputs.pop()
                && let Some(sum) = sums.get_mut(outputs.len())
                && let Some(similarity) = linear_cka(before.view(), after.view())
            {
                sum[pair.init].0 += similarity;
                sum[pair.init].1 += 1;
            }
            if outputs.is_empty() {
                pairs.pop();
            }
            return Piece::Unfinished;
        }
        for (layer, sums) in found.layers.iter_mut().zip(sums) {
            layer.similarity = sums.map(|(sum, count)| (count > 0).then(|| sum / count as f64));
        }
        Piece::Finished(found.clone())
    }
}

fn some_rows(inputs: ArrayView2<'_, f32>) -> Array2<f32> {
    let rows = inputs.nrows();
    if rows <= ROWS {
        return inputs.to_owned();
    }
    inputs.select(Axis(0), &(0..ROWS).map(|row| row * rows / ROWS).collect::<Vec<_>>())
}
