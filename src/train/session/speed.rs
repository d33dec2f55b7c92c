//! How fast the run goes.

use web_time::Instant;

/// Meta-iterations per second over the last second or so.
pub(super) struct Speed {
    since: Instant,
    count: u32,
    rate: f64,
}

impl Speed {
    pub fn new() -> Self {
        Self { since: Instant::now(), count: 0, rate: 0.0 }
    }

    pub fn tick(&mut self) {
        self.count += 1;
        let elapsed = self.since.elapsed().as_secs_f64();
        if elapsed > 0.5 || (self.rate == 0.0 && elapsed > 0.1) {
            self.rate = f64::from(self.count) / elapsed;
            self.since = Instant::now();
            self.count = 0;
        }
    }

    pub fn per_second(&self) -> f64 {
        self.rate
    }
}
