//! The rows of the strip: the three starts of a run, and below the learned one that of the run beside it.

use std::sync::Arc;

use egui::Color32;

use crate::settings::Algorithm;
use crate::train::snapshot::{Evaluation, Init, ProbeTask, Snapshot, Trace};
use crate::window::theme::{Palette, init_label};

/// Adapted tasks, and the same tasks as the run beside it adapts to them.
#[derive(Clone)]
pub struct Rows {
    /// Those of the run.
    pub evaluation: Arc<Evaluation>,
    /// Those of the run beside it, with the algorithms of both.
    pub beside: Option<(Arc<Evaluation>, [Algorithm; 2])>,
    /// Whether the other starts have the learned start's rate.
    pub at_alpha: bool,
    /// Whether the run has learned its inner rates, and whether the one beside it has.
    learned_rates: [bool; 2],
    /// The one inner step that is seen; `None` for as many as there is room for.
    pub only: Option<usize>,
}

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where adaptation starts.
    pub init: Init,
    /// Whose start it is, where there are two runs.
    pub algorithm: Option<Algorithm>,
    /// Whether it is of the run beside.
    pub beside: bool,
    /// Whether its inner rate is the one that is best for it.
    pub at_best: bool,
    /// Whether its inner rate is the median of many that were learned.
    pub is_median: bool,
}

impl Rows {
    /// Of a run alone.
    pub fn alone(evaluation: &Arc<Evaluation>) -> Self {
        let learned_rates = [!evaluation.rates.is_empty(), false];
        Self { evaluation: Arc::clone(evaluation), beside: None, at_alpha: false, learned_rates, only: None }
    }

    /// Of what is found in a run's snapshot, and in that of the run beside it if it is of the same tasks.
    pub fn of(snapshot: &Snapshot, find: fn(&Snapshot) -> Option<&Arc<Evaluation>>) -> Option<Self> {
        let evaluation = find(snapshot)?;
        let names = |evaluation: &Evaluation| evaluation.tasks.iter().map(|task| task.name.clone()).collect::<Vec<_>>();
        let beside = snapshot.beside.as_ref().and_then(|beside| {
            let other = find(beside).filter(|other| names(other) == names(evaluation))?;
            Some((Arc::clone(other), [snapshot, &**beside].map(|run| run.settings.run.algorithm)))
        });
        let at_alpha = snapshot.settings.live.baselines_at_alpha == 1;
        let learns = |snapshot: &Snapshot| snapshot.settings.run.algorithm.learns_rates();
        let learned_rates = [learns(snapshot), snapshot.beside.as_deref().is_some_and(learns)];
        Some(Self { evaluation: Arc::clone(evaluation), beside, at_alpha, learned_rates, only: None })
    }

    /// Whether they are of the same snapshots.
    pub fn same(&self, other: &Self) -> bool {
        let beside = |rows: &Self| rows.beside.as_ref().map(|(evaluation, _)| Arc::as_ptr(evaluation));
        Arc::ptr_eq(&self.evaluation, &other.evaluation) && beside(self) == beside(other)
    }

    /// How many rows a task has.
    pub fn count(&self) -> usize {
        Init::ALL.len() + usize::from(self.beside.is_some())
    }

    /// The rows of a task, from above, each with how adaptation went.
    pub fn task<'a>(&'a self, index: usize) -> Vec<(Row, &'a Trace)> {
        let traces = |evaluation: &'a Evaluation| evaluation.tasks.get(index).map(|task: &ProbeTask| &task.traces);
        let algorithms = self.beside.as_ref().map(|(_, algorithms)| *algorithms);
        let own =
            Init::ALL.into_iter().zip(traces(&self.evaluation).into_iter().flatten()).map(move |(init, trace)| {
                let algorithm = algorithms.map(|[own, _]| own).filter(|_| init == Init::Learned);
                let at_best = init != Init::Learned && !self.at_alpha;
                let is_median = init == Init::Learned && self.learned_rates[0];
                (Row { init, algorithm, beside: false, at_best, is_median }, trace)
            });
        let mut rows: Vec<_> = own.collect();
        if let Some((evaluation, [_, other])) = &self.beside {
            let (init, is_median) = (Init::Learned, self.learned_rates[1]);
            let row = Row { init, algorithm: Some(*other), beside: true, at_best: false, is_median };
            let learned = traces(evaluation).and_then(|traces| traces.first()).map(|trace| (row, trace));
            rows.splice(1..1, learned);
        }
        rows
    }
}

impl Row {
    /// The name shown to people.
    pub fn label(self) -> &'static str {
        self.algorithm.map_or(init_label(self.init), Algorithm::label)
    }

    /// The colour of what is adapted from it.
    pub fn colour(self, palette: &Palette) -> Color32 {
        palette.init(self.init)
    }
}
