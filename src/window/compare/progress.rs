//! How far something is that runs beside the training, and how long it still takes.

use web_time::{Duration, Instant};

use crate::text::{say, tell};

/// What is done of something, and since when it runs.
pub struct Clock {
    begun: Instant,
    done: u64,
    /// How long it ran until so much was done.
    after: Duration,
}

/// What is counted of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// The cells of a sweep.
    Cells,
    /// The meta-iterations of a race, of which people see the share.
    MetaIterations,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Progress {
    counted: Counted,
    done: u64,
    all: u64,
    left: Option<Duration>,
}

impl Clock {
    /// Starts it.
    pub fn start() -> Self {
        Self { begun: Instant::now(), done: 0, after: Duration::ZERO }
    }

    /// Notes how much is done.
    pub fn note(&mut self, done: u64) {
        if done > self.done {
            (self.done, self.after) = (done, self.begun.elapsed());
        }
    }

    /// How far it is when `all` is done in the end, and `together` pieces are at work at a time.
    pub fn progress(&self, counted: Counted, all: u64, together: u64) -> Progress {
        // The first pieces to be finished say nothing of those that are nearly done beside them.
        let enough = self.done >= together.min(all);
        let left = enough.then(|| time_left(self.done, all, self.after, self.begun.elapsed())).flatten();
        Progress { counted, done: self.done, all, left }
    }
}

/// How long it still takes if the rest goes as what is done: so much was done `after` this time, and `now` is later.
/// Nothing is known until something is done.
pub fn time_left(done: u64, all: u64, after: Duration, now: Duration) -> Option<Duration> {
    if done == 0 {
        return None;
    }
    let whole = after.as_secs_f64() * all as f64 / done as f64;
    Duration::try_from_secs_f64((whole - now.as_secs_f64()).max(0.0)).ok()
}

/// The time left as people say it: to ten seconds, then minutes, then hours.
pub fn words(left: Duration) -> String {
    let secs = left.as_secs_f64();
    let up = |unit: f64| (secs / unit).ceil().max(1.0);
    if secs <= 60.0 {
        let secs = 10.0 * up(10.0);
        return tell(|| format!("{secs} s left"), || format!("剩余 {secs} 秒"));
    }
    if secs <= 90.0 * 60.0 {
        let minutes = up(60.0);
        return tell(|| format!("{minutes} min left"), || format!("剩余 {minutes} 分钟"));
    }
    let hours = (secs / 3600.0).round();
    tell(|| format!("{hours} h left"), || format!("剩余 {hours} 小时"))
}

impl Progress {
    /// From 0 to 1.
    pub fn share(&self) -> f32 {
        self.done as f32 / self.all.max(1) as f32
    }

    /// How much is done, as short as can be.
    pub fn count(&self) -> String {
        self.count_of(self.done)
    }

    /// The widest that [`Self::count`] becomes.
    pub fn widest_count(&self) -> String {
        self.count_of(self.all)
    }

    fn count_of(&self, done: u64) -> String {
        match self.counted {
            Counted::Cells => format!("{done}/{}", self.all),
            Counted::MetaIterations => format!("{:.0} %", (100.0 * done as f64 / self.all.max(1) as f64).floor()),
        }
    }

    /// The time left, once something is known of it.
    pub fn left(&self) -> Option<String> {
        self.left.map(words)
    }

    /// The widest that [`Self::left`] becomes, nearly.
    pub fn widest_left() -> String {
        words(Duration::from_secs(88 * 60))
    }

    /// What runs, and how far it is.
    pub fn sentence(&self) -> String {
        let (done, all, count) = (self.done, self.all, self.count());
        let text = match self.counted {
            Counted::Cells => tell(
                || format!("A sweep runs: {done} of {all} cells"),
                || format!("参数扫描：已完成 {done} / {all} 格"),
            ),
            Counted::MetaIterations => {
                tell(|| format!("A race runs: {count} done"), || format!("算法对比：已完成 {count}"))
            }
        };
        let left =
            self.left().unwrap_or_else(|| say("how long it takes is not known yet", "还不知道要多久").to_owned());
        tell(|| format!("{text}, {left}"), || format!("{text}，{left}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_as_what_is_done() {
        let secs = Duration::from_secs;
        assert_eq!(time_left(0, 36, secs(0), secs(5)), None);
        assert_eq!(time_left(12, 36, secs(60), secs(60)), Some(secs(120)));
        // Between two pieces it goes down, and never below nothing.
        assert_eq!(time_left(12, 36, secs(60), secs(70)), Some(secs(110)));
        assert_eq!(time_left(12, 36, secs(60), secs(1000)), Some(secs(0)));
        assert_eq!(time_left(36, 36, secs(60), secs(60)), Some(secs(0)));
    }

    #[test]
    fn times_are_said_roughly() {
        let said = [0, 4, 31, 60, 61, 119, 5400, 5401, 9000].map(|secs| words(Duration::from_secs(secs)));
        let wanted = ["10 s", "10 s", "40 s", "60 s", "2 min", "2 min", "90 min", "2 h", "3 h"];
        assert_eq!(said, wanted.map(|time| format!("{time} left")));
    }

    #[test]
    fn nothing_is_said_before_as_many_are_done_as_run_together() {
        let mut clock = Clock::start();
        clock.note(1);
        let known = |clock: &Clock, together| clock.progress(Counted::Cells, 36, together).left().is_some();
        assert!(known(&clock, 1) && !known(&clock, 2));
        clock.note(2);
        let progress = clock.progress(Counted::Cells, 36, 2);
        assert!(progress.left().is_some());
        assert_eq!([progress.count(), progress.widest_count()], ["2/36", "36/36"]);
        assert_eq!(Clock::start().progress(Counted::MetaIterations, 3, 1).widest_count(), "100 %");
    }
}
