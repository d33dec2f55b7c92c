//! What classifiers learn from the probe tasks' samples.

use crate::meta::cancel::Cancel;
use crate::tasks::HeldOut;
use crate::tasks::judge::Marks;
use crate::train::evaluation::Measured;
use crate::train::judging::Judging;
use crate::train::pool::Pool;

/// Adds to `results` of `jobs` what classifiers learn from samples, where that is not known yet. A job's number is three
/// times that of its task and that of its initialisation.
pub(super) fn teach(
    pool: &Pool,
    judging: &Judging,
    tasks: &[HeldOut],
    (jobs, results): (&[usize], &mut [Measured]),
    by_support: Option<Vec<f64>>,
    cancel: Cancel<'_>,
) {
    let of_init = |init: usize| (0..jobs.len()).filter(|&i| jobs[i] % 3 == init).collect::<Vec<_>>();
    let lacks = |places: &Vec<usize>| {
        !places.is_empty() && places.iter().all(|&i| results[i].marks.is_some_and(|marks| marks.taught.is_none()))
    };
    let inits: Vec<Vec<usize>> = (0..3).map(of_init).filter(lacks).collect();
    let samples =
        |places: &Vec<usize>| places.iter().filter_map(|&i| Some(results[i].outputs.last()?.view())).collect();
    let samples: Vec<Vec<_>> = inits.iter().map(samples).collect();
    if samples.is_empty() || samples.iter().any(|samples| samples.len() != tasks.len()) {
        return;
    }
    let taught = judging.taught(pool, tasks, &samples, by_support, cancel);
    for (places, taught) in inits.iter().zip(taught) {
        for (&i, taught) in places.iter().zip(taught) {
            results[i].marks = results[i].marks.map(|marks| Marks { taught: Some(taught), ..marks });
        }
    }
}
