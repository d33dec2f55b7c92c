//! States of a run at growing intervals under a cap of memory. Pure: which meta-iterations are kept depends on their
//! number and on the size of states alone, never on a clock.

/// Most states that are kept: more would lie closer than the points of a screen.
const MOST: usize = 4096;

/// States by meta-iteration: the first, and those at multiples of an interval that doubles whenever they take more
/// than the cap.
#[derive(Clone, Debug)]
pub struct Timeline<S> {
    points: Vec<Point<S>>,
    every: u64,
    cap: usize,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Point<S> {
    at: u64,
    bytes: usize,
    state: S,
}

impl<S> Timeline<S> {
    /// With nothing in it. `every` is the first interval, `cap` is in bytes.
    pub fn new(every: u64, cap: usize) -> Self {
        Self { points: Vec::new(), every: every.max(1), cap, bytes: 0 }
    }

    /// Whether the state after this many meta-iterations is to be kept.
    pub fn is_due(&self, at: u64) -> bool {
        self.points.last().is_none_or(|last| at > last.at && at.is_multiple_of(self.every))
    }

    /// Keeps a state of so many bytes, if it is due.
    pub fn keep(&mut self, at: u64, bytes: usize, state: S) {
        if !self.is_due(at) {
            return;
        }
        self.points.push(Point { at, bytes, state });
        self.bytes += bytes;
        while self.points.len() > 1 && (self.bytes > self.cap || self.points.len() > MOST) {
            self.every = self.every.saturating_mul(2);
            self.retain(|index, at, every| index == 0 || at.is_multiple_of(every));
        }
    }

    /// Changes the cap.
    pub fn set_cap(&mut self, cap: usize) {
        self.cap = cap;
    }

    /// Forgets every state after this meta-iteration, but never the first.
    pub fn forget_after(&mut self, last: u64) {
        self.retain(|index, at, _| index == 0 || at <= last);
    }

    fn retain(&mut self, stays: impl Fn(usize, u64, u64) -> bool) {
        let (mut index, every) = (0, self.every);
        self.points.retain(|point| {
            index += 1;
            stays(index - 1, point.at, every)
        });
        self.bytes = self.points.iter().map(|point| point.bytes).sum();
    }

    /// All of them, in order.
    pub fn states(&self) -> impl Iterator<Item = &S> {
        self.points.iter().map(|point| &point.state)
    }

    /// The last state at or before this meta-iteration, else the first one.
    pub fn nearest(&self, at: u64) -> Option<(u64, &S)> {
        let after = self.points.partition_point(|point| point.at <= at);
        self.points.get(after.saturating_sub(1)).map(|point| (point.at, &point.state))
    }

    /// The first state and when it was.
    pub fn first(&self) -> Option<(u64, &S)> {
        self.points.first().map(|point| (point.at, &point.state))
    }

    /// When the last state was.
    pub fn last(&self) -> Option<u64> {
        self.points.last().map(|point| point.at)
    }

    /// The states after the first are at multiples of this.
    pub fn every(&self) -> u64 {
        self.every
    }

    /// How many states there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// What all states take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What they may take; the first is kept even if it takes more.
    pub fn cap(&self) -> usize {
        self.cap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(start: u64, end: u64, every: u64, bytes: usize, cap: usize) -> Timeline<u64> {
        let mut timeline = Timeline::new(every, cap);
        for at in start..=end {
            if at == start || at.is_multiple_of(every) {
                timeline.keep(at, bytes, at);
                assert!(timeline.bytes() <= cap.max(bytes) && timeline.len() <= MOST, "{at}");
            }
        }
        timeline
    }

    fn kept(timeline: &Timeline<u64>) -> Vec<u64> {
        assert!(timeline.points.iter().all(|point| point.at == point.state));
        timeline.points.iter().map(|point| point.at).collect()
    }

    #[test]
    fn intervals_double_under_the_cap() {
        // Room for five: 0 … 40, then every 20, then every 40.
        assert_eq!(kept(&filled(0, 40, 10, 100, 500)), [0, 10, 20, 30, 40]);
        assert_eq!(kept(&filled(0, 50, 10, 100, 500)), [0, 20, 40]);
        let timeline = filled(0, 170, 10, 100, 500);
        assert_eq!(kept(&timeline), [0, 40, 80, 120, 160]);
        assert_eq!((timeline.every(), timeline.bytes()), (40, 500));
    }

    #[test]
    fn the_first_is_kept_whatever_it_takes_and_wherever_it_is() {
        assert_eq!(kept(&filled(0, 100, 1, 100, 50)), [0]);
        assert_eq!(kept(&filled(0, 100, 1, 100, 0)), [0]);
        assert_eq!(kept(&filled(37, 100, 10, 100, 450)), [37, 40, 80]);
    }

    #[test]
    fn small_states_are_not_more_than_a_screen_can_show() {
        let timeline = filled(0, 100_000, 1, 1, 1 << 30);
        assert_eq!((timeline.every(), timeline.len()), (32, 3126));
        assert_eq!(timeline.last(), Some(100_000));
    }

    #[test]
    fn the_nearest_is_never_later() {
        let timeline = filled(7, 60, 10, 1, 100);
        for (at, expected) in [(0, 7), (7, 7), (9, 7), (10, 10), (39, 30), (60, 60), (999, 60)] {
            assert_eq!(timeline.nearest(at), Some((expected, &expected)), "{at}");
        }
        assert_eq!(Timeline::<u64>::new(1, 1).nearest(3), None);
    }

    #[test]
    fn forgetting_goes_on_where_it_left_off() {
        let mut timeline = filled(0, 170, 10, 100, 500);
        timeline.forget_after(85);
        assert_eq!((kept(&timeline), timeline.bytes()), (vec![0, 40, 80], 300));
        assert!(!timeline.is_due(80) && !timeline.is_due(100) && timeline.is_due(120));
        timeline.forget_after(0);
        assert_eq!(kept(&timeline), [0]);
    }
}
