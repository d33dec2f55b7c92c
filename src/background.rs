//! Threads whose work may wait for the window's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use thread_priority::{ThreadPriority, ThreadPriorityValue};

/// Below the priority that threads have by default, well above the lowest (9 in the niceness of Unix).
const BELOW_NORMAL: u8 = 23;

/// With so few cores the window shares them with what lies below, however few threads that has.
#[cfg(target_os = "linux")]
const FEW_CORES: usize = 2;

/// Whether a window is on a screen.
static ON_SCREEN: AtomicBool = AtomicBool::new(false);

/// A window is on a screen from now on.
pub fn window_opens() {
    ON_SCREEN.store(true, Ordering::Relaxed);
}

/// Has this thread, and on Unix those that it starts, give way to the window when all cores are busy. Without
/// effect where the system does not allow it.
pub fn give_way() {
    // A program that was started with a niceness already must not go up to the usual one of its background.
    let priority = if is_nice() {
        Ok(ThreadPriority::Min)
    } else {
        ThreadPriorityValue::try_from(BELOW_NORMAL).map(ThreadPriority::Crossplatform)
    };
    if let Ok(priority) = priority {
        // Nothing but the window's smoothness hangs on it.
        let _ = thread_priority::set_current_thread_priority(priority);
    }
}

/// Whether this thread gives way to other programs' already.
fn is_nice() -> bool {
    #[cfg(target_os = "linux")]
    {
        stat(NICENESS) > Some(0)
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// Where the niceness stands in [`stat`].
#[cfg(target_os = "linux")]
const NICENESS: usize = 16;

/// A field of what the kernel says about this thread, counted from behind its name.
#[cfg(target_os = "linux")]
fn stat(field: usize) -> Option<i32> {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default().to_owned();
    after_name.split_whitespace().nth(field).and_then(|field| field.parse().ok())
}

/// The same for work that has an end and can wait: on Linux with few cores it runs in idle time only.
pub fn give_way_entirely() {
    #[cfg(target_os = "linux")]
    if ON_SCREEN.load(Ordering::Relaxed)
        && std::thread::available_parallelism().is_ok_and(|cores| cores.get() <= FEW_CORES)
        && run_when_idle()
    {
        return;
    }
    give_way();
}

/// Has this thread run in the time that no other wants. Linux lets a thread of whatever niceness finish its slice,
/// some milliseconds, before one that wakes up runs; only one of this policy it stops at once.
#[cfg(target_os = "linux")]
fn run_when_idle() -> bool {
    use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy};
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    thread_priority::set_thread_priority_and_policy(thread_priority::thread_native_id(), ThreadPriority::Min, policy)
        .is_ok()
}

/// Until when the window works on a frame.
static HELD_UNTIL: Mutex<Option<Instant>> = Mutex::new(None);

/// The window will be at work for this long: [`wait_while_held`] waits meanwhile.
pub fn hold(time: Duration) {
    *HELD_UNTIL.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
}

/// For work in small pieces, to call before each: sleeps while the window works on a frame, as a niceness alone
/// does not keep two threads from sharing a core's caches and units. Without a window it returns at once.
pub fn wait_while_held() {
    loop {
        let until = *HELD_UNTIL.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_work_waits() {
        let begun = Instant::now();
        wait_while_held();
        hold(Duration::from_millis(20));
        wait_while_held();
        assert!(begun.elapsed() >= Duration::from_millis(20));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_thread_becomes_nicer() {
        let niceness = || stat(NICENESS);
        let measured = std::thread::spawn(move || {
            let before = niceness();
            give_way();
            [before, niceness(), std::thread::spawn(niceness).join().unwrap_or_default()]
        });
        let [before, own, of_its_own_thread] = measured.join().unwrap_or_default();
        assert!(own > Some(0) && own >= before, "{before:?} {own:?}");
        assert!(before > Some(0) || own < Some(19), "{own:?}");
        assert_eq!(own, of_its_own_thread);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_idle_policy_is_passed_on() {
        const IDLE: i32 = 5;
        let policy = || stat(38);
        let measured = std::thread::spawn(move || {
            (run_when_idle(), [policy(), std::thread::spawn(policy).join().unwrap_or_default()])
        });
        assert_eq!(measured.join().unwrap_or_default(), (true, [Some(IDLE); 2]));
    }
}
