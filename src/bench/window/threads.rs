//! What Linux says of this program's threads and memory. Elsewhere nothing is known.

use std::iter::Sum;
use std::path::PathBuf;
use std::time::Duration;

/// Some threads of this program.
#[derive(Clone, Debug, Default)]
pub struct Threads(Vec<PathBuf>);

/// What became of threads so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Time on a processor.
    pub running: Duration,
    /// Time in which they could have run, but others did.
    pub waiting: Duration,
}

impl Threads {
    /// Whichever asks.
    pub fn this() -> Self {
        Self(vec![PathBuf::from("/proc/thread-self")])
    }

    /// Those whose names begin with one of these.
    pub fn named(beginnings: &[&str]) -> Self {
        let all = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|entry| entry.path());
        let is_one = |thread: &PathBuf| {
            let name = std::fs::read_to_string(thread.join("comm")).unwrap_or_default();
            beginnings.iter().any(|beginning| name.starts_with(beginning))
        };
        Self(all.filter(is_one).collect())
    }

    /// Of all together; `None` if there are none or nothing is known.
    pub fn load(&self) -> Option<Load> {
        let load = |thread: &PathBuf| {
            let text = std::fs::read_to_string(thread.join("schedstat")).ok()?;
            let mut times = text.split_whitespace().map(|time| time.parse().map(Duration::from_nanos));
            Some(Load { running: times.next()?.ok()?, waiting: times.next()?.ok()? })
        };
        let loads: Vec<Load> = self.0.iter().filter_map(load).collect();
        (!loads.is_empty()).then(|| loads.into_iter().sum())
    }
}

impl Load {
    /// Which part of the time that they could have run since then they did; `None` if they did not want to.
    pub fn share_since(self, before: Self) -> Option<f64> {
        let running = self.running.checked_sub(before.running)?.as_secs_f64();
        let wanted = running + self.waiting.checked_sub(before.waiting)?.as_secs_f64();
        (wanted > 0.0).then(|| running / wanted)
    }
}

impl Sum for Load {
    fn sum<I: Iterator<Item = Self>>(loads: I) -> Self {
        loads.fold(Self::default(), |sum, load| Self {
            running: sum.running + load.running,
            waiting: sum.waiting + load.waiting,
        })
    }
}

/// Resident memory in megabytes.
pub fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_time_that_was_wanted() {
        let load = |running, waiting| Load {
            running: Duration::from_millis(running),
            waiting: Duration::from_millis(waiting),
        };
        assert_eq!(load(100, 10).share_since(load(70, 0)), Some(0.75));
        assert_eq!(load(5, 5).share_since(load(5, 5)), None);
        assert_eq!([load(1, 2), load(3, 4)].into_iter().sum::<Load>(), load(4, 6));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn threads_are_found_by_name_and_memory_is_known() {
        let (begin, end) =
            (std::sync::Arc::new(std::sync::Barrier::new(2)), std::sync::Arc::new(std::sync::Barrier::new(2)));
        let (of_begin, of_end) = (begin.clone(), end.clone());
        let work = move || {
            of_begin.wait();
            of_end.wait();
        };
        let thread = std::thread::Builder::new().name("tasks-test".to_owned()).spawn(work).unwrap();
        begin.wait();
        assert!(Threads::named(&["tasks-te"]).load().unwrap().running > Duration::ZERO);
        assert_eq!(Threads::named(&["no such thread"]).load(), None);
        assert!(Threads::this().load().unwrap().running > Duration::ZERO);
        end.wait();
        thread.join().unwrap();
        assert!(resident().unwrap() > 1.0);
    }
}
