//! Which inner steps become columns when not all of them fit.

/// Steps that teach most, first ones first.
const PREFERRED: [usize; 12] = [1, 3, 2, 5, 10, 20, 7, 30, 15, 40, 4, 6];

/// At most `room` of the steps 0 to `last`, ascending. The last one is always there, the first one if there is room for
/// two.
pub fn choose(last: usize, room: usize) -> Vec<usize> {
    let ordered = [last, 0].into_iter().chain(PREFERRED).chain(0..=last);
    let mut chosen: Vec<usize> = Vec::with_capacity(room.min(last + 1));
    for step in ordered {
        if chosen.len() < room && step <= last && !chosen.contains(&step) {
            chosen.push(step);
        }
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn a_readable_subset() {
        assert_eq!(choose(10, 6), [0, 1, 2, 3, 5, 10]);
        assert_eq!(choose(10, 4), [0, 1, 3, 10]);
        assert_eq!(choose(3, 9), [0, 1, 2, 3]);
        assert_eq!(choose(50, 8), [0, 1, 2, 3, 5, 10, 20, 50]);
        assert_eq!(choose(5, 1), [5]);
        assert!(choose(5, 0).is_empty());
        assert_eq!(choose(10, 11).len(), 11);
    }
}
