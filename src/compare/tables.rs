//! What sweeps and races find, as tables in CSV: a row for each cell, or for each measurement of each run.

use super::race::RunResult;
use super::sweep::{CellResult, Sweep};

/// sweep.csv.
///
/// # Errors
/// None that is known.
pub fn sweep(sweep: &Sweep, results: &[Option<CellResult>]) -> csv::Result<Vec<u8>> {
    let [x, y] = sweep.axes().each_ref().map(|axis| axis.swept.id().replace('-', "_"));
    let header = ["cell", &x, &y, "validation_loss", "validation_interval", "diverged", "iterations"];
    let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let rows = results.iter().enumerate().filter_map(|(cell, result)| {
        let CellResult { x, y, loss, interval, diverged, iterations } = result.as_ref()?;
        let diverged = diverged.map_or_else(String::new, |at| at.to_string());
        let [loss, interval] = [*loss, *interval].map(text);
        Some(vec![cell.to_string(), x.to_string(), y.to_string(), loss, interval, diverged, iterations.to_string()])
    });
    table(&header, rows)
}

/// race.csv, of runs that are finished.
///
/// # Errors
/// None that is known.
pub fn race(results: &[Option<RunResult>]) -> csv::Result<Vec<u8>> {
    let header = ["algorithm", "seed", "iteration", "held_out_before", "held_out_after"];
    let rows = results.iter().flatten().flat_map(|run| {
        run.probes.iter().map(|probe| {
            let [before, after] = probe.held_out.map(|loss| loss.to_string());
            vec![run.algorithm.id().to_owned(), run.seed.to_string(), probe.iteration.to_string(), before, after]
        })
    });
    table(&header, rows)
}

fn table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
