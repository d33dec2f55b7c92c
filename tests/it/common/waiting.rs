//! Waiting for what another thread or program does.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Long enough for everything here on a slow and busy machine; what takes longer will never come.
pub const DEADLINE: Duration = Duration::from_secs(300);

/// What `look` finds in the end; it is asked again and again.
#[allow(dead_code, reason = "of two ways an example needs one")]
#[track_caller]
pub fn wait_until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    ask_every(Duration::from_millis(2), what, look)
}

/// The same where to look is to draw a frame: as often as a screen shows one.
#[track_caller]
pub fn draw_until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    ask_every(Duration::from_millis(16), what, look)
}

#[track_caller]
fn ask_every<T>(pause: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "waited too long for {what}");
        sleep(pause);
    }
}
