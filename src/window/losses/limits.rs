//! The limits of the loss axis: they grow at once, shrink slowly, and no single spike flattens the
//! rest.

/// Seconds in which two thirds of a shrink are done.
const EASE_SECS: f64 = 0.6;

/// A difference in decades that nobody sees.
const SMALL: f64 = 0.004;

/// The part of the values at either end that may be cut off, if they are spikes.
const CUT: f64 = 0.01;

/// Values that reach no further than so many times the range of the others are no spikes.
const SPIKE: f64 = 2.0;

/// Eased limits, in log10 of the loss.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    shown: Option<[f64; 2]>,
}

impl Limits {
    /// Forgets them; the next target is taken as it is.
    pub fn reset(&mut self) {
        self.shown = None;
    }

    /// Moves towards `target`; true while there is still some way to go.
    pub fn ease(&mut self, target: [f64; 2], secs: f64) -> bool {
        let Some(shown) = &mut self.shown else {
            self.shown = Some(target);
            return false;
        };
        let share = 1.0 - (-secs.clamp(0.0, 1.0) / EASE_SECS).exp();
        shown[0] = if target[0] < shown[0] { target[0] } else { shown[0] + (target[0] - shown[0]) * share };
        shown[1] = if target[1] > shown[1] { target[1] } else { shown[1] + (target[1] - shown[1]) * share };
        let arrived = (0..2).all(|side| (shown[side] - target[side]).abs() < SMALL);
        if arrived {
            *shown = target;
        }
        !arrived
    }

    /// The limits to draw with.
    pub fn shown(&self) -> [f64; 2] {
        self.shown.unwrap_or([-2.0, 0.0])
    }
}

/// Limits for these values: all of them, or all but the outermost hundredth where that holds spikes,
/// and always the `latest` ones.
pub fn target(values: &mut [f64], latest: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    if values.is_empty() {
        return None;
    }
    let last = values.len() - 1;
    let mut at = |share: f64| {
        let index = (share * last as f64).round() as usize;
        *values.select_nth_unstable_by(index, f64::total_cmp).1
    };
    let (least, most) = (at(0.0), at(1.0));
    let (mut low, mut high) = (at(CUT), at(1.0 - CUT));
    let reach = SPIKE * (high - low).max(0.1);
    if least >= low - reach {
        low = least;
    }
    if most <= high + reach {
        high = most;
    }
    for value in latest {
        (low, high) = (low.min(value), high.max(value));
    }
    let margin = (0.06 * (high - low)).max(0.05);
    Some([low - margin, high + margin])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_grow_at_once_and_shrink_slowly() {
        let mut limits = Limits::default();
        assert!(!limits.ease([-1.0, 0.0], 0.1));
        assert!(!limits.ease([-2.0, 1.0], 0.01));
        assert_eq!(limits.shown(), [-2.0, 1.0]);
        assert!(limits.ease([-1.0, 0.0], 0.1));
        assert!(limits.shown()[1] > 0.7);
        let mut frames = 0;
        while limits.ease([-1.0, 0.0], 0.1) {
            frames += 1;
        }
        assert!(frames < 60, "{frames}");
        assert_eq!(limits.shown(), [-1.0, 0.0]);
    }

    #[test]
    fn a_spike_does_not_flatten_the_rest() {
        let mut values: Vec<f64> = (0..500).map(|index| -1.0 - f64::from(index) / 500.0).collect();
        values.push(9.0);
        let limits = target(&mut values, [-2.0].into_iter());
        assert!(limits.is_some_and(|[low, high]| low < -1.9 && high < 0.0));
        assert_eq!(target(&mut [], std::iter::empty()), None);
    }
}
