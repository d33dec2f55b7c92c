//! Histories of a run.

/// A bounded history of one quantity over meta-iterations.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Oldest first; a point stands for one value or for a run of values.
    pub points: Vec<CurvePoint>,
}

/// One or several neighbouring values of a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// First meta-iteration that it covers.
    pub at: f64,
    /// Mean of the values.
    pub mean: f32,
    /// Smallest value.
    pub min: f32,
    /// Largest value.
    pub max: f32,
}

/// Mean losses over meta-iterations. Query losses, on the task's own scale (mean squared error).
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// Training tasks of the meta-batch, before adaptation.
    pub training_before: Curve,
    /// The same after K inner steps.
    pub training_after: Curve,
    /// Probe (held-out) tasks before adaptation.
    pub held_out_before: Curve,
    /// Probe tasks after the test-time steps.
    pub held_out_after: Curve,
    /// Probe tasks after the same steps from the random init, at its best rate.
    pub random_after: Curve,
    /// Probe tasks after the same steps from joint pretraining, at its best rate: measured less often.
    pub joint_after: Curve,
    /// After adaptation, one curve for each probe task.
    pub held_out_tasks: Vec<Curve>,
    /// For each of [`Init::ALL`], after adaptation: the share of samples that are recognised among the held-out
    /// classes (class), accuracy (classify) or purity (cluster), 0 to 1; empty for other families.
    pub scores: [Curve; 3],
    /// Learned inner rates, laid out like [`Evaluation::rates`].
    pub rates: Vec<Vec<Curve>>,
}
