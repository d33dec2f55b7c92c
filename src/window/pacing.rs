//! When the window draws: at once for its user, at most thirty times a second for what other threads
//! have to show, and seldom enough that at least half of the time is left to them where drawing a
//! frame is slow, as it is without a graphics card; two thirds where there is but one thread for all. Without it a run of
//! curves in such a window has a fifth less processor time (`metascope bench --window`).

use std::sync::{Arc, Mutex, PoisonError};

use egui::{Context, Id};
use web_time::{Duration, Instant};

use crate::aside;
use crate::train::link::Wake;

/// Frames that other threads ask for are at least this far apart.
const SHORTEST: Duration = Duration::from_millis(33);

/// And so many times as far as the last one took.
const APART: u32 = if aside::THREADS { 2 } else { 3 };

/// Asked for a frame without any delay, egui draws two. What other threads show one after the other needs but one.
const AT_ONCE: Duration = Duration::from_micros(1);

/// Where nothing follows it, another frame comes this much later, for what is placed by the size that it had in the
/// frame before.
const SETTLED: Duration = Duration::from_millis(150);

/// A frame that took longer than this was held up by something else; it does not slow the next ones further.
const SLOWEST: Duration = Duration::from_millis(100);

/// The times of the window's frames, shared with the threads that wake it.
#[derive(Clone, Default)]
pub struct Pacing(Arc<Mutex<Times>>);

#[derive(Clone, Copy, Debug, Default)]
struct Times {
    begun: Option<Instant>,
    /// Of the last frame, from its first line of layout to its appearance on the screen.
    whole: Duration,
    /// Whether that is known: a browser asks more often than it draws.
    shown: bool,
    /// Whether the coming frame is for another thread, and whether this one is.
    asked: bool,
    answers: bool,
}

impl Pacing {
    /// The pacing of this window.
    pub fn of(ctx: &Context) -> Self {
        ctx.data_mut(|data| data.get_temp_mut_or_default::<Self>(Id::unique("pacing")).clone())
    }

    /// A frame begins.
    pub fn begin(&self, ctx: &Context) {
        let mut times = self.lock();
        // Laid out twice, a frame asks twice: egui forgets what the first time asked for.
        times.answers |= std::mem::take(&mut times.asked);
        if times.answers {
            ctx.request_repaint_after(SETTLED);
        }
        (times.begun, times.shown) = (Some(Instant::now()), false);
    }

    /// The frame is on the screen; gives how long it took, once.
    pub fn end(&self) -> Option<Duration> {
        let mut times = self.lock();
        let whole = times.begun.filter(|_| !times.shown)?.elapsed();
        (times.whole, times.answers, times.shown) = (whole, false, true);
        Some(whole)
    }

    fn ask(&self, ctx: &Context) {
        let mut times = self.lock();
        times.asked = true;
        let wait = times.wait(Instant::now());
        drop(times);
        ctx.request_repaint_after(wait.max(AT_ONCE));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Times> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Times {
    /// How long a frame that is asked for now should wait.
    fn wait(&self, now: Instant) -> Duration {
        let Some(begun) = self.begun else { return Duration::ZERO };
        let apart = SHORTEST.max(APART * self.whole.min(SLOWEST));
        (begun + apart).saturating_duration_since(now)
    }
}

/// What other threads call when there is something new to show.
pub fn waker(ctx: &Context) -> Wake {
    let (ctx, pacing) = (ctx.clone(), Pacing::of(ctx));
    Arc::new(move || pacing.ask(&ctx))
}

/// Has something that moves by itself drawn again, as often as what other threads have to show.
pub fn move_on(ctx: &Context) {
    Pacing::of(ctx).ask(ctx);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_leave_half_of_the_time() {
        let now = Instant::now();
        let ms = Duration::from_millis;
        let wait = |begun: Option<u64>, whole: u64| {
            let begun = begun.map(|before| now - ms(before));
            Times { begun, whole: ms(whole), ..Times::default() }.wait(now)
        };
        assert_eq!(wait(None, 0), ms(0));
        assert_eq!(wait(Some(3), 2), ms(30), "a quick frame: thirty a second");
        assert_eq!(wait(Some(30), 25), ms(20), "a slow one: as long a rest as it took");
        assert_eq!(wait(Some(60), 25), ms(0));
        assert_eq!(wait(Some(100), 5_000), ms(100), "the window never sleeps long");
    }

    #[test]
    fn a_woken_window_draws_once_and_again_when_it_is_left_alone() {
        let ctx = Context::default();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        ctx.set_request_repaint_callback(move |info| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(info.delay);
        });
        let asked = || std::mem::take(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner));
        let frame = || {
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                let pacing = Pacing::of(ui.ctx());
                pacing.begin(ui.ctx());
                assert!(pacing.end().is_some());
            });
            output.textures_delta.clear();
        };
        let wake = waker(&ctx);
        wake();
        assert_eq!(asked(), [AT_ONCE], "asked for without a delay, egui would draw two frames");
        // A new context draws some frames of its own accord.
        (0..3).for_each(|_| frame());
        asked();
        wake();
        let first = asked();
        assert!(matches!(first[..], [delay] if delay > Duration::ZERO && delay <= SHORTEST), "{first:?}");
        frame();
        assert_eq!(asked(), [SETTLED]);
        frame();
        assert_eq!(asked(), [], "that was all");
    }
}
