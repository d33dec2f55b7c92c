//! What Linux says of this program's threads and memory. Elsewhere nothing is known.

use std::collections::BTreeMap;
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
        let loads: Vec<Load> = self.each().map(|(_, load)| load).collect();
        (!loads.is_empty()).then(|| loads.into_iter().sum())
    }

    fn each(&self) -> impl Iterator<Item = (&PathBuf, Load)> {
        self.0.iter().filter_map(|thread| {
            let text = std::fs::read_to_string(thread.join("schedstat")).ok()?;
            let mut times = text.split_whitespace().map(|time| time.parse().map(Duration::from_nanos));
            Some((thread, Load { running: times.next()?.ok()?, waiting: times.next()?.ok()? }))
        })
    }
}

/// What becomes of threads from some moment on, those too that are only started later.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    beginnings: &'static [&'static str],
    before: BTreeMap<PathBuf, Load>,
}

impl Watch {
    /// From now on, of threads whose names begin with one of these.
    pub fn over(beginnings: &'static [&'static str]) -> Self {
        let before = Threads::named(beginnings).each().map(|(thread, load)| (thread.clone(), load)).collect();
        Self { beginnings, before }
    }

    /// Since then; `None` if there are none now or nothing is known.
    pub fn load(&self) -> Option<Load> {
        let now = Threads::named(self.beginnings);
        let loads: Vec<Load> =
            now.each().map(|(thread, load)| load.since(self.before.get(thread).copied().unwrap_or_default())).collect();
        (!loads.is_empty()).then(|| loads.into_iter().sum())
    }
}

impl Load {
    fn since(self, before: Self) -> Self {
        Self {
            running: self.running.saturating_sub(before.running),
            waiting: self.waiting.saturating_sub(before.waiting),
        }
    }

    /// Which part of the time that they could have run they did; `None` if they did not want to.
    pub fn share(self) -> Option<f64> {
        let [running, waiting] = [self.running, self.waiting].map(|time| time.as_secs_f64());
        (running + waiting > 0.0).then(|| running / (running + waiting))
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
        assert_eq!(load(100, 10).since(load(70, 0)).share(), Some(0.75));
        assert_eq!(load(0, 0).share(), None);
        assert_eq!([load(1, 2), load(3, 4)].into_iter().sum::<Load>(), load(4, 6));
    }

    /// Not every sandbox says what threads do.
    #[cfg(target_os = "linux")]
    #[test]
    fn threads_are_found_by_name_those_too_that_come_later() {
        if Threads::this().load().is_none() {
            return;
        }
        let watch = Watch::over(&["tasks-te"]);
        assert_eq!(watch.load(), None);
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let work = move || {
            while ended.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        let thread = std::thread::Builder::new().name("tasks-test".to_owned()).spawn(work).unwrap();
        let ran = |load: Option<Load>| load.is_some_and(|load| load.running > Duration::ZERO);
        let seen = (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            ran(watch.load())
        });
        assert!(seen && ran(Threads::named(&["tasks-te"]).load()));
        assert_eq!(Threads::named(&["no such thread"]).load(), None);
        drop(end);
        thread.join().unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_known() {
        assert!(resident().unwrap() > 1.0);
    }
}
