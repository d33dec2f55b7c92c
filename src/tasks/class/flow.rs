//! From noise to samples along the flow that the network has learned.

use ndarray::{Array2, ArrayView2, Axis, Zip};

use crate::maths::network::{Network, Workspace};

/// Time enters as cos and sin of 2π times these.
const FREQUENCIES: [f32; 4] = [0.5, 1.0, 2.0, 4.0];
/// Network inputs that tell the time.
pub(super) const TIME_FEATURES: usize = 2 * FREQUENCIES.len();

/// How the flow is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Steps from noise to a sample, at least one.
    pub steps: usize,
    /// 1: Euler's method; 2: Heun's, which asks the network twice a step.
    pub order: usize,
}

/// Follows the flow from `noise` (one row for each sample) to codes.
pub fn sample(
    network: &Network,
    theta: &[f32],
    noise: ArrayView2<'_, f32>,
    flow: Flow,
    work: &mut Workspace<f32>,
) -> Array2<f32> {
    follow(network, theta, noise, flow, work, |_, _| ())
}

/// The same, and calls `see` with each state: after 0, 1, … `flow.steps` steps.
pub(super) fn follow(
    network: &Network,
    theta: &[f32],
    noise: ArrayView2<'_, f32>,
    flow: Flow,
    work: &mut Workspace<f32>,
    mut see: impl FnMut(usize, &Array2<f32>),
) -> Array2<f32> {
    let mut codes = noise.to_owned();
    see(0, &codes);
    for step in 0..flow.steps {
        flow.step(network, theta, &mut codes, step, work);
        see(step + 1, &codes);
    }
    codes
}

/// What the network takes noise for at a time: the clean code.
fn clean(
    network: &Network,
    theta: &[f32],
    codes: ArrayView2<'_, f32>,
    time: f32,
    work: &mut Workspace<f32>,
) -> Array2<f32> {
    network.output(theta, inputs(codes, |_| time).view(), work)
}

impl Flow {
    fn step(self, network: &Network, theta: &[f32], codes: &mut Array2<f32>, step: usize, work: &mut Workspace<f32>) {
        let (steps, time) = (self.steps as f32, step as f32 / self.steps as f32);
        let first = clean(network, theta, codes.view(), time, work);
        // Δt/(1 − t) is 1 at the last step: a sample ends where the network says.
        let share = 1.0 / (self.steps - step) as f32;
        if self.order == 1 {
            codes.zip_mut_with(&first, |code, &clean| *code += share * (clean - *code));
            return;
        }
        let last = step + 1 == self.steps;
        let mut ahead = codes.clone();
        let part = if last { 0.5 } else { share };
        ahead.zip_mut_with(&first, |code, &clean| *code += part * (clean - *code));
        if last {
            // The velocity has no value at t = 1, so the end is extrapolated from the answers a whole and
            // half a step before it.
            let second = clean(network, theta, ahead.view(), time + 0.5 / steps, work);
            *codes = 2.0 * second - first;
            return;
        }
        let second = clean(network, theta, ahead.view(), time + 1.0 / steps, work);
        let share_ahead = 1.0 / (self.steps - step - 1) as f32;
        Zip::from(codes).and(&first).and(&ahead).and(&second).for_each(|code, &first, &ahead, &second| {
            *code += 0.5 * (share * (first - *code) + share_ahead * (second - ahead));
        });
    }
}

/// Codes beside the features of each row's time.
pub(super) fn inputs(codes: ArrayView2<'_, f32>, time: impl Fn(usize) -> f32) -> Array2<f32> {
    let width = codes.ncols();
    let mut inputs = Array2::zeros((codes.nrows(), width + 2 * FREQUENCIES.len()));
    let (mut left, mut right) = inputs.view_mut().split_at(Axis(1), width);
    left.assign(&codes);
    for (row, mut features) in right.outer_iter_mut().enumerate() {
        for (i, frequency) in FREQUENCIES.iter().enumerate() {
            let angle = std::f32::consts::TAU * frequency * time(row);
            (features[2 * i], features[2 * i + 1]) = (angle.cos(), angle.sin());
        }
    }
    inputs
}
