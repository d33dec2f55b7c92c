//! Writes small runs of every family, every activation and two algorithms more, each beside inputs and outputs of its
//! network: `cargo run --example interop FOLDER`. tests/interop/check.py reads them elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use metascope::images;
use metascope::keep::run_file::{ImageFacts, RunFile};
use metascope::maths::network::Workspace;
use metascope::meta::cancel::Cancel;
use metascope::settings::{ActivationKind, Algorithm, Settings, TaskFamily};
use metascope::train::trainer::{Step, Trainer};
use ndarray::{Array2, ArrayView2};
use safetensors::tensor::{Dtype, TensorView};

/// Inner steps of the adaptation that is compared.
const STEPS: usize = 3;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    std::fs::create_dir_all(&folder).unwrap();
    for tasks in TaskFamily::ALL {
        for activation in [ActivationKind::Tanh, ActivationKind::Relu, ActivationKind::Sine, ActivationKind::Silu] {
            write(Path::new(&folder), tasks, Algorithm::default(), Some(activation));
        }
        for algorithm in ["cavia", "meta-sgd"] {
            write(Path::new(&folder), tasks, Algorithm::named(algorithm), None);
        }
    }
}

fn write(folder: &Path, tasks: TaskFamily, algorithm: Algorithm, activation: Option<ActivationKind>) {
    let mut settings = Settings::preset(tasks, algorithm);
    settings.run.network.hidden = vec![24, 24];
    settings.run.held_out_tasks = 4;
    settings.live.meta_batch = 2;
    if let Some(activation) = activation {
        settings.run.network.activation = activation;
    }
    let images = images::for_run(&settings.run).unwrap();
    let mut trainer = Trainer::new(settings, images.clone(), 2).unwrap();
    (0..5).for_each(|_| assert!(matches!(trainer.step(Cancel::NEVER), Step::Done(_))));
    let name = format!("{}-{}-{:?}", tasks.id(), algorithm.id(), trainer.settings().run.network.activation);
    let file = RunFile::new(&trainer.saved().unwrap(), images.as_deref().map(ImageFacts::of)).unwrap();
    file.write(&folder.join(format!("{name}.safetensors"))).unwrap();

    let (learner, meta) = (trainer.learner(), trainer.meta_parameters());
    let episode = trainer.coming_episodes(1).remove(0);
    let support = &episode.support[0];
    let out = |theta: &[f32], x| learner.network.output(theta, x, &mut Workspace::default());
    // Small steps: large ones would enlarge what rounding differs by.
    let rate = 0.1 * trainer.settings().live.inner_rate as f32;
    let mut theta = meta.phi().to_vec();
    let mut gradient = vec![0.0; theta.len()];
    for _ in 0..STEPS {
        learner.network.gradient(&theta, support, &mut Workspace::default(), &mut gradient);
        theta.iter_mut().zip(&gradient).for_each(|(theta, gradient)| *theta -= rate * gradient);
    }
    let x = episode.query.x();
    let tensors = [
        ("x", x.to_owned()),
        ("start", out(meta.phi(), x)),
        ("support_x", support.x().to_owned()),
        ("support_y", support.y().to_owned()),
        ("rate", Array2::from_elem((1, 1), rate)),
        ("adapted", out(&theta, x)),
    ];
    let bytes: Vec<_> =
        tensors.iter().map(|(name, array)| (*name, bytes(array.view()), array.shape().to_vec())).collect();
    let views =
        bytes.iter().map(|(name, bytes, shape)| (*name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    std::fs::write(folder.join(format!("{name}.io")), safetensors::serialize(views, None).unwrap()).unwrap();
}

fn bytes(array: ArrayView2<'_, f32>) -> Vec<u8> {
    array.iter().flat_map(|value| value.to_le_bytes()).collect()
}
