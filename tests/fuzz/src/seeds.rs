//! What the fuzzers begin with: small whole files of every kind, and false ones.

#[path = "../../it/common/write.rs"]
#[allow(dead_code)]
mod files;

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use metascope::experiment::Experiment;
use metascope::keep::run_file::RunFile;
use metascope::keep::share::Share;
use metascope::meta::cancel::Cancel;
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::train::snapshot::KnobMark;
use metascope::train::trainer::Trainer;

use self::files::{gz, idx, npy, png, with_entries, with_flag, with_method, zip, zip_stored};

/// Writes those of a target into its folder of the corpus.
pub fn write(target: &str) {
    let seeds = match target {
        "npy" => arrays(),
        "npz" => archives_of_arrays(),
        "csv" => tables_of_pixels(),
        "cifar" => binaries(),
        "zip" => archives(),
        "idx" => pairs(false),
        "idx_gz" => pairs(true),
        "tar" => tarballs(),
        "svg" => drawings(),
        "table" => tables(),
        "image" => images(),
        "run_file" => run_files(),
        "share" => lines(),
        _ => experiments(),
    };
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder).expect("the corpus can be written to");
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:02}")), seed).expect("the corpus can be written to");
    }
}

fn ramp(count: usize) -> Vec<u8> {
    (0..count).map(|i| (i * 7) as u8).collect()
}

fn arrays() -> Vec<Vec<u8>> {
    let of =
        |descr: &str, shape: &[usize], bytes: usize| npy(descr, shape, &ramp(shape.iter().product::<usize>() * bytes));
    let halves: Vec<u8> = (0..32).flat_map(|i| (i as f32 / 32.0).to_le_bytes()).collect();
    vec![
        of("|u1", &[3, 16], 1),
        of("|u1", &[2, 5, 4], 1),
        of("|u1", &[2, 4, 5, 3], 1),
        of("|b1", &[2, 16], 1),
        of("<i2", &[2, 16], 2),
        of(">i8", &[2, 16], 8),
        of("|u1", &[7], 1),
        npy("<f4", &[2, 16], &halves),
        npy(">f8", &[2, 16], &[0; 256]),
        npy("<f2", &[2, 16], &[60; 64]),
        npy("|S4", &[3], b"one\0two\0six\0"),
        npy("<U1", &[3], &[97, 0, 0, 0, 98, 0, 0, 0, 99, 0, 0, 0]),
        of("|u1", &[5, 3, 4, 5], 1),
        of("|u1", &[3, 2, 4, 5], 1),
        of("|u1", &[3, 2, 4, 4, 3], 1),
        of("<u2", &[2, 4, 4], 2),
    ]
}

fn archives_of_arrays() -> Vec<Vec<u8>> {
    let images = npy("|u1", &[4, 16], &ramp(64));
    let labels = npy("<i8", &[4], &[0, 1, 1, 0].map(i64::to_le_bytes).concat());
    let files = [("x_train.npy", images.clone()), ("y_train.npy", labels)];
    let one = |place: usize| npy("|u1", &[5, 5], &ramp(25 + place)[place..]);
    let each = [("a/0.npy", one(0)), ("a/1.npy", one(1)), ("b/0.npy", one(2))];
    let hot = npy("|u1", &[4, 3], &[1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0]);
    let names = npy("|S4", &[3], b"one\0two\0six\0");
    let named = [("x.npy", images.clone()), ("y.npy", hot), ("classes.npy", names)];
    let packed = zip(&[("a/b.npy", images)]);
    vec![zip(&files), zip_stored(&files), packed, with_flag(&zip(&files), 1), zip_stored(&each), zip_stored(&named)]
}

fn tables_of_pixels() -> Vec<Vec<u8>> {
    let row = |label: &str, value: u8| format!("{label}{}\n", format!(",{value}").repeat(16));
    let rows = [row("3", 7), row("cat", 200), row("3", 0)].concat();
    let header = row("label", 0).replace(",0", ",p");
    let unlabelled = rows.replace("3,", "").replace("cat,", "");
    [rows.clone(), header + &rows, unlabelled, rows.replace(',', ";")].map(String::into_bytes).into()
}

fn binaries() -> Vec<Vec<u8>> {
    let file = |names: &str, labels: &[&[u8]]| {
        let images = labels.iter().flat_map(|label| [label, ramp(3072).as_slice()].concat());
        [&(names.len() as u16).to_le_bytes(), names.as_bytes(), &images.collect::<Vec<u8>>()].concat()
    };
    vec![file("cat\ndog\n", &[&[1], &[0]]), file("", &[&[3, 40], &[19, 99], &[0, 0]])]
}

fn archives() -> Vec<Vec<u8>> {
    let picture = |index: usize| png(4, 4, 3, &ramp(48 + index)[index..]);
    let files =
        [("a/0.png", picture(0)), ("a/1.png", picture(1)), ("b/2.png", picture(2)), ("notes.txt", b"no".to_vec())];
    let whole = zip(&files);
    let mixed =
        zip_stored(&[("../x.png", picture(0)), ("c.npy", npy("|u1", &[2, 16], &ramp(32))), ("d.zip", whole.clone())]);
    vec![zip_stored(&files), with_method(&whole, 14), with_entries(&whole, 9_000), whole, mixed]
}

fn tarballs() -> Vec<Vec<u8>> {
    let packed = |names: &[&str]| {
        let mut builder = tar::Builder::new(Vec::new());
        for (index, name) in names.iter().enumerate() {
            let content = png(4, 4, 3, &ramp(48 + index)[index..]);
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, content.as_slice()).expect("a name of an entry");
        }
        builder.into_inner().expect("an archive")
    };
    let long = "n".repeat(120);
    let plain = packed(&["a/0.png", "a/1.png", "b/2.png", "train/c/3.png", "test/c/4.png"]);
    vec![
        gz(&plain),
        plain,
        packed(&["cat.0.png", "cat.1.png", "dog.0.png", "dog.1.png"]),
        packed(&[&long, "b.npy", "c.zip"]),
    ]
}

fn drawings() -> Vec<Vec<u8>> {
    let shapes = [
        "<rect x='1' y='2' width='5' height='4' fill='#c00'/>",
        "<defs><linearGradient id='g'><stop offset='0' stop-color='red'/></linearGradient></defs><circle r='4' fill='url(#g)'/>",
        "<g id='a' opacity='.5'><path d='M0 0L9 9Q1 2 3 4Z' stroke='blue'/></g><use href='#a' transform='rotate(20)'/>",
        "<mask id='m'><rect width='9' height='9' fill='white'/></mask><ellipse rx='3' ry='2' mask='url(#m)'/>",
        "<filter id='f'><feGaussianBlur stdDeviation='1'/></filter><polygon points='0,0 9,0 9,9' filter='url(#f)'/>",
        "<pattern id='p' width='2' height='2'><rect width='1' height='1'/></pattern><rect width='9' height='9' fill='url(#p)'/>",
        "<text>no</text><image href='/etc/passwd' width='9' height='9'/>",
    ];
    shapes.map(|shape| shape.as_bytes().to_vec()).into()
}

const NAMES: [&str; 4] = ["a.png", "b.png", "c.png", "d.png"];

fn tables() -> Vec<Vec<u8>> {
    let texts = ["file,label\na.png,cat\nb.png,dog\nc.png,cat\nd.png,dog\n", "a,1\nb,2\nc,1\nd,2\n", "1,2,3\n"];
    texts.map(|text| text.as_bytes().to_vec()).into()
}

/// An archive of four images and this table.
pub fn beside_images(table: &[u8]) -> Vec<u8> {
    let mut files: Vec<(&str, Vec<u8>)> =
        NAMES.iter().enumerate().map(|(index, &name)| (name, png(4, 4, 3, &ramp(48 + index)[index..]))).collect();
    files.push(("labels.csv", table.to_vec()));
    zip_stored(&files)
}

fn pairs(packed: bool) -> Vec<Vec<u8>> {
    let pack = |bytes: Vec<u8>| if packed { gz(&bytes) } else { bytes };
    let pair = |labels: Vec<u8>, images: Vec<u8>| {
        let (labels, images) = (pack(labels), pack(images));
        [&(labels.len() as u16).to_le_bytes(), labels.as_slice(), &images].concat()
    };
    vec![
        pair(idx(1, &[3], &[5, 0, 5]), idx(3, &[3, 4, 5], &ramp(60))),
        pair(idx(1, &[2], &[1, 1]), idx(3, &[3, 4, 5], &ramp(60))),
        pair(Vec::new(), idx(3, &[2, 4, 4], &ramp(32))),
        pair(idx(3, &[2, 4, 4], &ramp(32)), idx(1, &[2], &[1, 1])),
    ]
}

fn images() -> Vec<Vec<u8>> {
    use ImageFormat::{Bmp, Gif, Ico, Jpeg, Png, Pnm, Qoi, Tiff, WebP};
    let colour: DynamicImage = RgbImage::from_fn(9, 6, |x, y| Rgb([(x * 25) as u8, (y * 40) as u8, 90])).into();
    let kinds = [
        colour.clone(),
        colour.to_luma8().into(),
        colour.to_rgba8().into(),
        colour.to_luma16().into(),
        colour.to_rgba16().into(),
        colour.to_rgb32f().into(),
    ];
    let written = |(format, kind): (ImageFormat, &DynamicImage)| {
        let mut bytes = Cursor::new(Vec::new());
        kind.write_to(&mut bytes, format).ok().map(|()| bytes.into_inner())
    };
    let all = [Bmp, Gif, Ico, Jpeg, Png, Pnm, Qoi, Tiff, WebP];
    all.into_iter().flat_map(|format| kinds.iter().map(move |kind| (format, kind))).filter_map(written).collect()
}

fn experiments() -> Vec<Vec<u8>> {
    let small = "version = 1\n[run]\ntasks = \"sine\"\nimages = { path = \"a\" }\n[live]\nmeta_batch = 2\n[[changes]]\nat = 10\nknob = \"inner_rate\"\nvalue = 0.05\n";
    let mut texts = vec![small.as_bytes().to_vec()];
    for tasks in TaskFamily::ALL {
        let settings = Settings::preset(tasks, Algorithm::named("meta-sgd"));
        let text = Experiment { settings, ..Experiment::default() }.to_text();
        texts.extend(text.ok().map(String::into_bytes));
    }
    texts
}

fn run_files() -> Vec<Vec<u8>> {
    let kept = |tasks: &str, algorithm: &str| {
        let mut settings = Settings::preset(TaskFamily::named(tasks), Algorithm::named(algorithm));
        settings.run.network.hidden = vec![4];
        settings.run.held_out_tasks = 4;
        (settings.live.meta_batch, settings.live.test_steps) = (2, 2);
        let mut trainer = Trainer::new(settings, None, 1).ok()?;
        (0..3).for_each(|_| drop(trainer.step(Cancel::NEVER)));
        RunFile::new(&trainer.saved()?, None).ok()?.bytes().ok()
    };
    let pairs = [("plane", "maml"), ("plane", "meta-sgd"), ("sine", "maml"), ("sine", "cavia"), ("sine", "meta-model")];
    pairs.into_iter().filter_map(|(tasks, algorithm)| kept(tasks, algorithm)).collect()
}

fn lines() -> Vec<Vec<u8>> {
    let marks = [KnobMark { at: 2000, knob: Knob::OUTER_RATE, value: 0.0003 }];
    let text = |tasks| {
        let mut settings = Settings::preset(tasks, Algorithm::named("anil"));
        (settings.run.seed, settings.live.inner_rate) = (3, 0.02);
        Share::of(settings, &marks, None).to_text().into_bytes()
    };
    let own = "metascope:1 class maml images=my_faces#0123456789abcdef beside=reptile view=outer-step";
    TaskFamily::ALL.into_iter().map(text).chain([own.as_bytes().to_vec()]).collect()
}
