//! Turns of knobs that can be undone. To undo one is to turn the knob back: the run gets a mark of it like of any
//! other change. Pure.

use crate::settings::{Knob, LiveSettings};

/// Most turns that are remembered.
const MOST: usize = 200;

/// One turn: each knob with its value before and after. A drag of a slider is one.
type Turn = Vec<(Knob, f64, f64)>;

/// What was turned, and what of it was undone.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    done: Vec<Turn>,
    undone: Vec<Turn>,
    /// Whether the last turn still goes on.
    going_on: bool,
}

impl Turns {
    /// Notes what was changed.
    pub fn note(&mut self, before: &LiveSettings, after: &LiveSettings) {
        let values = |knob: Knob| (knob, knob.get(before), knob.get(after));
        let turn: Turn = Knob::ALL.into_iter().map(values).filter(|(_, before, after)| before != after).collect();
        if turn.is_empty() {
            return;
        }
        self.undone.clear();
        let knobs = |turn: &Turn| turn.iter().map(|(knob, ..)| *knob).collect::<Vec<_>>();
        match self.done.last_mut() {
            Some(last) if self.going_on && knobs(last) == knobs(&turn) => {
                last.iter_mut().zip(turn).for_each(|(last, (_, _, after))| last.2 = after);
            }
            _ => self.done.push(turn),
        }
        if self.done.len() > MOST {
            self.done.remove(0);
        }
        self.going_on = true;
    }

    /// Further changes are another turn.
    pub fn let_go(&mut self) {
        if std::mem::take(&mut self.going_on)
            && self.done.last().is_some_and(|turn| turn.iter().all(|(_, before, after)| before == after))
        {
            self.done.pop();
        }
    }

    /// Turns the last knob back; false where there is none.
    pub fn undo(&mut self, live: &mut LiveSettings) -> bool {
        self.let_go();
        let Some(turn) = self.done.pop() else { return false };
        turn.iter().for_each(|(knob, before, _)| knob.set(live, *before));
        self.undone.push(turn);
        true
    }

    /// Turns it again.
    pub fn redo(&mut self, live: &mut LiveSettings) -> bool {
        let Some(turn) = self.undone.pop() else { return false };
        turn.iter().for_each(|(knob, _, after)| knob.set(live, *after));
        self.done.push(turn);
        true
    }

    /// Whether there is a turn to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(turns: &mut Turns, live: &mut LiveSettings, knob: Knob, value: f64) {
        let before = live.clone();
        knob.set(live, value);
        turns.note(&before, live);
    }

    #[test]
    fn a_drag_is_one_turn_and_comes_back_in_one_step() {
        let mut live = LiveSettings::default();
        let start = live.clone();
        let mut turns = Turns::default();
        for value in [0.2, 0.3, 0.4] {
            turn(&mut turns, &mut live, Knob::INNER_RATE, value);
        }
        turns.let_go();
        turn(&mut turns, &mut live, Knob::META_BATCH, 9.0);
        turns.let_go();
        let end = live.clone();
        assert!(turns.undo(&mut live));
        assert_eq!((live.meta_batch, live.inner_rate), (start.meta_batch, 0.4));
        assert!(turns.undo(&mut live) && !turns.can_undo());
        assert_eq!(live, start);
        assert!(!turns.undo(&mut live));
        assert!(turns.redo(&mut live) && turns.redo(&mut live) && !turns.redo(&mut live));
        assert_eq!(live, end);
    }

    #[test]
    fn another_turn_ends_what_could_be_redone() {
        let mut live = LiveSettings::default();
        let mut turns = Turns::default();
        turn(&mut turns, &mut live, Knob::INNER_RATE, 0.2);
        turns.undo(&mut live);
        turn(&mut turns, &mut live, Knob::OUTER_RATE, 0.02);
        assert!(!turns.redo(&mut live));
        // A drag that ends where it began was none.
        turns.let_go();
        let (there, back) = (0.5, live.inner_rate);
        turn(&mut turns, &mut live, Knob::INNER_RATE, there);
        turn(&mut turns, &mut live, Knob::INNER_RATE, back);
        turns.let_go();
        assert!(turns.undo(&mut live));
        assert_eq!(live, LiveSettings::default());
    }
}
