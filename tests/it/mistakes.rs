//! The real program without a window: what it says about mistakes.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::command::{Bench, SHORT, metascope, pictures, small};

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_an_experiment_cannot_hold_is_an_error_before_training() {
    use std::os::unix::ffi::OsStrExt as _;
    let bench = Bench::new();
    let folder = bench.0.path().join(std::ffi::OsStr::from_bytes(b"not-unicode-\xff"));
    pictures(&folder, 3);
    let out = bench.path("out");
    let arguments = ["run", "--iterations", "20", "--test-steps", "1", "--meta-batch", "1"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_metascope"));
    let output = command.args(arguments).arg("--out").arg(&out).arg("--images").arg(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("not-unicode") && said.contains("not Unicode"), "{said}");
    assert!(!out.exists());
}

#[test]
fn images_that_cannot_be_used_are_explained() {
    let bench = Bench::new();
    fs::create_dir(bench.path("empty")).unwrap();
    fs::create_dir(bench.path("texts")).unwrap();
    for name in ["texts/a.txt", "texts/b.txt"] {
        bench.file(name, "hello");
    }
    pictures(&bench.path("one"), 1);
    for (path, parts) in [
        ("empty", ["holds no files", "choose"]),
        ("texts", ["0 usable images of 2 files", "a.txt: is not an image"]),
        ("missing", ["cannot open", "check the path"]),
        ("texts/a.txt", ["a.txt is not an image", "can be read"]),
        ("one/0.png", ["0.png is a single image", "choose the folder"]),
    ] {
        let path = bench.text(path);
        bench.refuses(&small(&["--images", &path]), &[path.as_str(), parts[0], parts[1]]);
    }
}

#[test]
fn too_few_classes_are_told_without_the_name_of_another_family() {
    let bench = Bench::new();
    pictures(&bench.path("own"), 6);
    let own = bench.text("own");
    for tasks in ["class", "classify", "cluster"] {
        let parts =
            ["“own” has 1 class with two images or more, and these tasks need at least two", "a folder for each"];
        bench.refuses(&small(&["--tasks", tasks, "--images", &own, "--image-size", "8"]), &parts);
    }
}

#[test]
fn images_of_a_kept_run_that_have_moved_are_asked_for_by_the_option_that_names_them() {
    let bench = Bench::new();
    pictures(&bench.path("own"), 6);
    let own = bench.text("own");
    let few = ["--images", own.as_str(), "--image-size", "8", "--iterations", "2", "--test-steps", "2"];
    bench.run("out", &small(&few));
    fs::rename(bench.path("own"), bench.path("moved")).unwrap();
    let (kept, moved, made) = (bench.text("out/run.safetensors"), bench.text("moved"), bench.text("made"));
    let onwards = ["--resume", kept.as_str(), "--iterations", "3"];
    bench.refuses(&onwards, &["cannot open", "lie elsewhere now, say where with --images"]);
    bench.run("on", &[&onwards[..], &["--images", &moved]].concat());
    let adapt = |more: &[&str]| {
        let output = metascope(&[&["adapt", &kept, &moved, "--out", &made], more].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = adapt(&[]);
    assert!(code == Some(1) && said.contains("lie elsewhere now, say where with --learned-from"), "{said}");
    pictures(&bench.path("other"), 7);
    let (code, said) = adapt(&["--learned-from", &bench.text("other")]);
    assert!(code == Some(1) && said.contains("--learned-from") && !said.contains("--images"), "{said}");
    let (code, said) = adapt(&["--learned-from", &moved]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn absurd_rates_are_refused_by_name() {
    let bench = Bench::new();
    for value in ["0", "-1", "NaN", "inf", "1e9"] {
        for (option, key) in [("--inner-rate", "inner_rate"), ("--outer-rate", "outer_rate")] {
            bench.refuses(&small(&["--tasks", "sine", option, value]), &[option, "range"]);
            let text = format!("[run]\ntasks = \"sine\"\n[live]\n{key} = {}\n", value.to_lowercase());
            let file = bench.file("absurd.toml", &text);
            bench.refuses(&small(&[&file]), &["absurd.toml", "line 4", key, "range"]);
            let text = format!("[[changes]]\nat = 5\nknob = \"{key}\"\nvalue = {}\n", value.to_lowercase());
            let file = bench.file("absurd-change.toml", &(SHORT.to_owned() + &text));
            bench.refuses(&[&file, "--iterations", "20"], &["absurd-change.toml", key, "meta-iteration 5", "range"]);
        }
    }
    for option in ["--inner-steps", "--meta-batch", "--shots", "--test-shots", "--test-steps", "--held-out-tasks"] {
        for value in ["0", "1000000000", "-3", "1.5"] {
            bench.refuses(&["--tasks", "sine", option, value], &[option]);
        }
    }
    bench.refuses(&["--tasks", "cube"], &["--tasks", "plane"]);
    bench.refuses(&["--algorithm", "mamal"], &["--algorithm", "maml"]);
    bench.refuses(&["--sed", "1"], &["--sed"]);
}

#[test]
fn mistakes_in_a_file_name_key_and_line() {
    let bench = Bench::new();
    let cases = [
        ("[run\ntasks = 1\n", ["line 1", "mistake.toml"]),
        ("[run]\n\ntasks = \"cube\"\n", ["line 3", "cube"]),
        ("[live]\nmeta_batch = \"many\"\n", ["line 2", "meta_batch"]),
        ("[live]\nmeta_batch = -2\n", ["line 2", "meta_batch"]),
        ("[live]\nmeta_bach = 2\n", ["line 2", "meta_bach"]),
        ("[network]\nhidden = [3]\n", ["line 1", "network"]),
        ("[run.network]\nhidden = [3, 0]\n", ["line 2", "hidden"]),
        ("version = 7\n", ["version 7", "version 1"]),
        ("[[changes]]\nat = 1\nknob = \"inner\"\nvalue = 1\n", ["line 3", "inner_rate"]),
        ("[[changes]]\nat = 1\nknob = \"test_steps\"\nvalue = 1e12\n", ["test_steps", "meta-iteration 1"]),
    ];
    for (text, parts) in cases {
        let file = bench.file("mistake.toml", text);
        bench.refuses(&[&file], &parts);
    }
    fs::write(bench.path("binary.toml"), [0xff, 0xfe, 0x00]).unwrap();
    bench.refuses(&[&bench.text("binary.toml")], &["binary.toml"]);
    bench.refuses(&[&bench.text("missing.toml")], &["missing.toml"]);
    bench.refuses(&[bench.0.path().to_str().unwrap()], &["cannot access"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let bench = Bench::new();
    let in_the_way = bench.file("taken", "a file");
    for out in [in_the_way.clone(), in_the_way + "/below"] {
        let output = metascope(&[&["run", "--out", &out], small(&["--tasks", "plane"]).as_slice()].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(&out) && said.contains("--out"), "{said}");
    }
    assert_eq!(fs::read_to_string(bench.path("taken")).unwrap(), "a file");
    let output = metascope(&["run"]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("--out"));
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_program_says_what_to_do() {
    let output = metascope(&[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    for part in ["apt-get install", "libxkbcommon-x11-0", "libgl1", "metascope run"] {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

/// Twelve characters in folders, five drawings of each.
fn characters(folder: &Path) {
    for class in 0..12u32 {
        let path = folder.join(format!("c{class:02}"));
        fs::create_dir_all(&path).unwrap();
        for index in 0..5u32 {
            let lit = |x: u32, y: u32| (x * (class + 1) + y * (index + 2)) % 13 < 6;
            let image = image::GrayImage::from_fn(12, 12, |x, y| image::Luma([if lit(x, y) { 220 } else { 10 }]));
            image.save(path.join(format!("{index}.png"))).unwrap();
        }
    }
}

#[test]
fn more_ways_or_shots_than_there_are_are_refused_with_the_most() {
    let bench = Bench::new();
    characters(&bench.path("own"));
    let own = bench.text("own");
    let ask = |more: &[&str]| small(&[&["--images", own.as_str(), "--image-size", "8"], more].concat()).join(" ");
    for (more, parts) in [
        (["--tasks", "classify", "--ways", "9"], ["--ways 9", "at most 2 classes", "--ways 2"]),
        (["--tasks", "cluster", "--ways", "9"], ["--ways 9", "at most 2 classes", "--ways 2"]),
        (["--tasks", "class", "--shots", "50"], ["--shots 50", "at most 4 images to adapt on", "--shots 4"]),
        (
            ["--tasks", "classify", "--test-shots", "5"],
            ["--test-shots 5", "at most 4 images to adapt on", "--test-shots 4"],
        ),
    ] {
        bench.refuses(&ask(&more).split(' ').collect::<Vec<_>>(), &parts);
    }
    for text in ["[run]\ntasks = \"classify\"\nways = 9\n", "[run]\ntasks = \"class\"\n[live]\nshots = 50\n"] {
        let file = bench.file("asked.toml", text);
        bench.refuses(&ask(&[&file]).split(' ').collect::<Vec<_>>(), &["at most"]);
    }
    let list = ["race", "--algorithms", "maml", "--tasks", "class", "--images", &own, "--test-shots", "4,5", "--out"];
    let output = metascope(&[list.as_slice(), &[&bench.text("race")]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--test-shots 5"), "{output:?}");
    let axis = ["sweep", "--tasks", "class", "--images", &own, "--x", "shots=2,30", "--out"];
    let output = metascope(&[axis.as_slice(), &[&bench.text("sweep")]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--shots 30"), "{output:?}");
    assert!(!bench.path("race").exists() && !bench.path("sweep").exists());
}

#[test]
fn what_the_preset_asks_too_much_is_lowered_and_said() {
    let bench = Bench::new();
    characters(&bench.path("own"));
    bench.file("own/c00/broken.png", "no image");
    let own = bench.text("own");
    let images = ["--images", own.as_str(), "--image-size", "16", "--iterations", "2"];
    let said = bench.run("out", &small(&[&images, ["--tasks", "class"].as_slice()].concat()));
    assert!(
        said.contains("at most 4 images to adapt on of a training class") && said.contains("not the preset's 10"),
        "{said}"
    );
    assert!(said.contains("60 images in 12 classes, 2 classes held out") && said.contains("1 file skipped"), "{said}");
    let summary = bench.summary("out");
    assert_eq!((summary["shots"].as_u64(), summary["test_shots"].as_u64()), (Some(4), Some(4)));
    assert!(summary["ways"].is_null());
    let images_said = &summary["images"];
    assert_eq!((images_said["images"].as_u64(), images_said["classes"].as_u64()), (Some(60), Some(12)));
    assert_eq!((images_said["channels"].as_u64(), images_said["size"].as_u64()), (Some(1), Some(16)));
    assert_eq!(images_said["skipped"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum::<u64>(), 1);
    let said = bench.run("ways", &small(&[&images, ["--tasks", "classify"].as_slice()].concat()));
    assert!(said.contains("at most 2 classes in a task") && bench.summary("ways")["ways"] == 2, "{said}");
    // Ten classes to train on, where 26 would be enough: (26 / 10)² times.
    assert!(said.contains("the weight decay 0.5 counts 6.8 times"), "{said}");
    // What is written is what ran, and runs again.
    bench.run("again", &[&bench.text("ways/experiment.toml"), "--iterations", "2"]);
    assert_eq!(bench.results("ways"), bench.results("again"));
}
