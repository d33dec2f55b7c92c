//! Single meta-iterations of the cases of `metascope bench`, and dense products: `cargo bench`.
#![allow(clippy::unwrap_used)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use metascope::bench::CASES;
use metascope::maths::kernels::{Onto, Strided, product};

/// Meta-iterations in one measurement.
const TOGETHER: usize = 100;

fn main() {
    divan::main();
}

fn names() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|case| case.id)
}

#[divan::bench(args = names(), sample_count = 10)]
fn one_thread(bencher: Bencher<'_, '_>, id: &str) {
    meta_iterations(bencher, id, 1);
}

#[divan::bench(args = names(), sample_count = 10)]
fn two_threads(bencher: Bencher<'_, '_>, id: &str) {
    meta_iterations(bencher, id, 2);
}

fn meta_iterations(bencher: Bencher<'_, '_>, id: &str, threads: usize) {
    let case = CASES.iter().find(|case| case.id == id).unwrap();
    let mut ready = case.ready(threads).unwrap();
    // Many at a time, as handing work to the threads takes as long as a small one.
    bencher.counter(ItemsCount::new(TOGETHER)).bench_local(|| {
        ready.run(|ready| (0..TOGETHER).try_for_each(|_| ready.step())).unwrap();
    });
}

/// Rows, inner width and columns.
const SHAPES: [[usize; 3]; 6] =
    [[10, 40, 40], [10, 40, 1], [256, 64, 64], [80, 128, 128], [256, 256, 256], [1024, 256, 256]];

#[divan::bench(args = SHAPES)]
fn products(bencher: Bencher<'_, '_>, [m, k, n]: [usize; 3]) {
    let (a, b, mut c) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0f32; m * n]);
    let work = ItemsCount::new(m * k * n);
    bencher.counter(work).bench_local(|| {
        product(Onto::Zero, Strided::rows(black_box(&a), k), black_box(&b), &mut c, [m, k, n]);
    });
}
