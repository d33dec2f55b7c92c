//! Right directions pass, wrong ones are found.

use super::*;

#[test]
fn every_algorithm_is_exact() {
    let report = report();
    for algorithm in Algorithm::ALL {
        let lines = report.iter().filter(|line| line.algorithm == algorithm && line.part == "phi");
        let networks: std::collections::BTreeSet<_> = lines.map(|line| (line.activation, line.steps)).collect();
        assert_eq!(networks.len(), if algorithm == Algorithm::Imaml { 4 } else { 8 }, "{algorithm:?}");
    }
    assert!(report.iter().any(|line| line.part == "learned rates"));
    for line in report {
        assert!(line.passes(), "{line:?}");
    }
}

fn small() -> Network {
    Network::new(&[2, 5, 4, 1], Activation::Tanh, Loss::SquaredError)
}

fn steps_of(algorithm: Algorithm) -> usize {
    if Reference::of(algorithm) == Reference::Rest { STEPS_TO_REST } else { 3 }
}

/// A fault in any one number is a fault of its part and of no other; so is a wrong length, scale or sign.
#[test]
fn a_wrong_gradient_is_found() {
    for algorithm in Algorithm::ALL {
        let steps = steps_of(algorithm);
        let learner = learner(small(), algorithm, steps);
        let tasks = tasks(&learner, steps);
        let verdicts = |spoil: &dyn Fn(&mut Vec<f64>)| -> Vec<(&'static str, bool)> {
            let spoiled: Direction<'_> = &|learner, task, steps| {
                let mut direction = by_the_learner(learner, task, steps);
                spoil(&mut direction);
                direction
            };
            let lines = compare(&learner, "tanh", steps, &tasks, spoiled);
            lines.iter().map(|line| (line.part, line.passes())).collect()
        };
        let (context, phi) = (learner.network.layout().context().end, learner.network.parameters());
        let all = learner.meta_parameters(vec![0.0; phi], INNER_RATE).values.len();
        let both = [("phi", true), ("learned rates", true)];
        assert_eq!(verdicts(&|_| {}), both[..1 + usize::from(all > phi)], "{algorithm:?}");
        for at in context..all {
            let (part, range) = if at < phi { ("phi", context..phi) } else { ("learned rates", phi..all) };
            let found = verdicts(&|direction| direction[at] += 1e-4 * norm(&direction[range.clone()]));
            assert!(found.iter().all(|(name, passes)| *passes == (*name != part)), "{algorithm:?} {at}: {found:?}");
        }
        let spoilers: [fn(&mut Vec<f64>); 6] = [
            |direction| direction.iter_mut().for_each(|number| *number *= 1.0 + 1e-4),
            |direction| direction.iter_mut().for_each(|number| *number = -*number),
            |direction| direction.fill(0.0),
            |direction| direction.fill(f64::NAN),
            |direction| direction.push(0.0),
            |direction| direction.truncate(direction.len() - 1),
        ];
        for (index, spoil) in spoilers.into_iter().enumerate() {
            let found = verdicts(&spoil);
            assert!(found.iter().all(|(_, passes)| !passes), "{algorithm:?} {index}: {found:?}");
        }
    }
}

#[test]
fn an_algorithm_that_is_taken_for_another_is_found() {
    // These learn the same numbers: φ.
    let learns_phi = |&algorithm: &Algorithm| {
        let learner = learner(small(), algorithm, 1);
        let phi = learner.network.parameters();
        phi == small().parameters() && learner.meta_parameters(vec![0.0; phi], INNER_RATE).values.len() == phi
    };
    let alike: Vec<Algorithm> = Algorithm::ALL.into_iter().filter(learns_phi).collect();
    assert!(alike.len() >= 5, "{alike:?}");
    for &claimed in &alike {
        let steps = steps_of(claimed);
        let claims = learner(small(), claimed, steps);
        let tasks = tasks(&claims, steps);
        for &algorithm in alike.iter().filter(|&&algorithm| algorithm != claimed) {
            let other = learner(small(), algorithm, steps);
            let lines = compare(&claims, "tanh", steps, &tasks, &|_, task, steps| by_the_learner(&other, task, steps));
            assert!(lines.iter().all(|line| !line.passes()), "{algorithm:?} as {claimed:?}: {lines:?}");
        }
    }
}

#[test]
fn a_task_that_is_nowhere_smooth_is_no_proof() {
    let learner = learner(small(), Algorithm::Maml, 1);
    let mut tasks = tasks(&learner, 1);
    tasks[1] = None;
    assert!(compare(&learner, "tanh", 1, &tasks, &by_the_learner).iter().all(|line| !line.passes()));
}

#[test]
fn the_table_says_which_lines_are_wrong() {
    let line = |direction: Direction<'_>| {
        let learner = learner(small(), Algorithm::Maml, 1);
        compare(&learner, "tanh", 1, &tasks(&learner, 1), direction)
    };
    let table = table(&[line(&by_the_learner), line(&|_, task, _| task.meta.values.clone())].concat());
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[1].contains("exact") && !lines[1].contains("WRONG"), "{table}");
    assert!(lines[2].contains("MAML") && lines[2].contains("WRONG"), "{table}");
}
