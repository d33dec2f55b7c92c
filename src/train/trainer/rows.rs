//! Rows of metrics in an archive: a table with a row for each, as wide as the widest. What a row lacks is NaN there.

use super::record::MetricsRow;
use crate::archive::{Archive, ArchiveError};
use crate::tasks::judge::Marks;
use crate::tasks::taught::Taught;

const TABLE: &str = "rows/table";
/// How wide the table is: values of PSNR, and scores.
const WIDTHS: &str = "rows/widths";
/// Columns before those.
const FIXED: usize = 6;
/// Columns behind them.
const MARKS: usize = 7;

/// Puts rows in.
pub(super) fn store(rows: &[MetricsRow], archive: &mut Archive) {
    let widest = |of: fn(&MetricsRow) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let [psnr, scores] = [widest(|row| row.psnr.len()), widest(|row| row.scores.len())];
    let width = FIXED + psnr + scores + MARKS;
    let mut table = Vec::with_capacity(rows.len() * width);
    for row in rows {
        let [before, after] = row.training.unwrap_or([f32::NAN; 2]).map(f64::from);
        let [first, last] = row.held_out.map(f64::from);
        table.extend([row.iteration as f64, row.measured as f64, before, after, first, last]);
        for (values, width) in [(&row.psnr, psnr), (&row.scores, scores)] {
            table.extend(values.iter().copied().map(f64::from).chain(std::iter::repeat(f64::NAN)).take(width));
        }
        let Marks { recognised_held_out, recognised_all, diversity, nearest_support, taught } =
            row.marks.unwrap_or(NONE);
        let Taught { by_support, by_samples, by_both } = taught.unwrap_or(NOT_TAUGHT);
        table.extend([
            recognised_held_out,
            recognised_all,
            diversity,
            nearest_support,
            by_support,
            by_samples,
            by_both,
        ]);
    }
    archive.put(TABLE, &[width], &table);
    archive.put(WIDTHS, &[2], &[psnr as f64, scores as f64]);
}

const NOT_TAUGHT: Taught = Taught { by_support: f64::NAN, by_samples: f64::NAN, by_both: f64::NAN };
const NONE: Marks = Marks {
    recognised_held_out: f64::NAN,
    recognised_all: f64::NAN,
    diversity: f64::NAN,
    nearest_support: f64::NAN,
    taught: None,
};

/// Takes them out again.
pub(super) fn load(archive: &Archive) -> Result<Vec<MetricsRow>, ArchiveError> {
    const MOST: f64 = 1e6;
    let widths = archive.exactly::<f64>(WIDTHS, &[2], 2)?;
    let [psnr, scores] = [widths[0], widths[1]].map(|width| width.clamp(0.0, MOST) as usize);
    let width = FIXED + psnr + scores + MARKS;
    let some = |values: &[f64]| values.iter().filter(|value| !value.is_nan()).map(|value| *value as f32).collect();
    let row = |row: &[f64]| {
        let (fixed, rest) = row.split_at(FIXED);
        let (own, rest) = rest.split_at(psnr);
        let (own_scores, marks) = rest.split_at(scores);
        let taught = Taught { by_support: marks[4], by_samples: marks[5], by_both: marks[6] };
        let marks = Marks {
            recognised_held_out: marks[0],
            recognised_all: marks[1],
            diversity: marks[2],
            nearest_support: marks[3],
            taught: (!taught.by_support.is_nan()).then_some(taught),
        };
        MetricsRow {
            iteration: fixed[0].max(0.0) as u64,
            measured: fixed[1].max(0.0) as u64,
            training: (!fixed[2].is_nan()).then_some([fixed[2] as f32, fixed[3] as f32]),
            held_out: [fixed[4] as f32, fixed[5] as f32],
            psnr: some(own),
            scores: some(own_scores),
            marks: (!marks.recognised_held_out.is_nan()).then_some(marks),
        }
    };
    Ok(archive.numbers::<f64>(TABLE, &[width])?.chunks_exact(width).map(row).collect())
}
