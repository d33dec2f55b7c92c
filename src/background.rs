//! Threads whose work may wait for the window's.

use thread_priority::{ThreadPriority, ThreadPriorityValue};

/// Below the priority that threads have by default, well above the lowest (9 in the niceness of Unix).
const BELOW_NORMAL: u8 = 23;

/// Has this thread, and on Unix those that it starts, give way to the window when all cores are busy. Without
/// effect where the system does not allow it.
pub fn give_way() {
    if let Ok(value) = ThreadPriorityValue::try_from(BELOW_NORMAL) {
        // Nothing but the window's smoothness hangs on it.
        let _ = thread_priority::set_current_thread_priority(ThreadPriority::Crossplatform(value));
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn the_thread_becomes_nicer() {
        let niceness = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
            let after_name = stat.rsplit(')').next().unwrap_or_default().to_owned();
            after_name.split_whitespace().nth(16).and_then(|field| field.parse::<i32>().ok())
        };
        let measured = std::thread::spawn(move || {
            super::give_way();
            [niceness(), std::thread::spawn(niceness).join().unwrap_or_default()]
        });
        let [own, of_its_own_thread] = measured.join().unwrap_or_default();
        assert!(own > Some(0) && own < Some(19), "{own:?}");
        assert_eq!(own, of_its_own_thread);
    }
}
