//! What is said of arrays: what they were understood as.

use std::collections::BTreeMap;

use super::super::collect::Collector;
use super::super::numbers::Tones;
use super::super::shapes::Grid;
use super::array::Candidate;
use super::series::{Classes, Series};
use crate::text::numbers::plural;
use crate::text::{Words, say, tell, text};

/// Says what each array is read as; of arrays alike once.
pub(super) fn of(collector: &mut Collector, files: &[Candidate], all: &[Series]) {
    let mut alike: BTreeMap<Words, (Vec<&str>, u64)> = BTreeMap::new();
    for series in all {
        if matches!(series.classes, Classes::Folder) {
            collector.note(one_each(series));
            continue;
        }
        for (array, grid) in &series.parts {
            let said = alike.entry(meaning(files, series, *grid)).or_default();
            said.0.push(&files[array.index].name);
            said.1 = said.1.saturating_add(grid.images);
        }
    }
    for (meaning, (names, images)) in alike {
        let (subject, counted) = (subject(&names), plural(images, "image", "images"));
        collector.note(Words::told(|| {
            tell(
                || format!("{subject} read as {counted} of {meaning}"),
                || format!("{subject}读作 {images} 张图像，{meaning}"),
            )
        }));
    }
}

fn meaning(files: &[Candidate], series: &Series, grid: Grid) -> Words {
    let (width, height) = (grid.width, grid.height);
    let planar = grid.planar && grid.channels > 1;
    let classes = match series.classes {
        Classes::File => text("of the class that the file names", "类别由文件名决定").into(),
        Classes::Folder => text("of the class that the folder names", "类别由文件夹名决定").into(),
        Classes::First { .. } => {
            let shots = grid.shots.unwrap_or(1);
            let en = format!("a class of {} for each first index", plural(shots, "image", "images"));
            Words::both(en, format!("第一个索引的每个值为一类，每类 {shots} 张"))
        }
        Classes::Labels(labels) => {
            let name = &files[labels.index].name;
            let [en, zh] = match labels.layout.is_list() {
                true => ["", ""],
                false => [", by the place of the 1 in each row", "，由每行中 1 的位置决定"],
            };
            Words::both(format!("with the labels in {name}{en}"), format!("标签在 {name} 中{zh}"))
        }
        Classes::Own => {
            let label = series.parts.first().and_then(|(array, _)| array.layout.label);
            match label.and_then(|label| label.column) {
                Some(0) => text("with the label in the first column", "标签在第一列").into(),
                Some(column) => {
                    let number = column + 1;
                    Words::both(format!("with the label in column {number}"), format!("标签在第 {number} 列"))
                }
                None => text("with the label in each row", "标签在各行中").into(),
            }
        }
    };
    let doubtful = planar && matches!(series.classes, Classes::File);
    let told = || {
        let order =
            if planar { say(" whose colours lie before the pixels", "（颜色在像素之前）") } else { "" };
        let doubt = match doubtful {
            true => say(
                " (if they are three images of a class, save array[..., None])",
                "（若是一类的三张图像，请保存 array[..., None]）",
            ),
            false => "",
        };
        tell(
            || format!("{width} x {height} pixels{order}, {classes}{doubt}"),
            || format!("{width} × {height} 像素{order}，{classes}{doubt}"),
        )
    };
    Words::told(told)
}

fn one_each(series: &Series) -> Words {
    let shape = |index: usize| series.parts.get(index).map(|(array, _)| array.layout.shape.as_slice());
    let alike = (0..series.parts.len()).all(|index| shape(index) == shape(0));
    let sides = shape(0).unwrap_or_default().iter().map(u64::to_string).collect::<Vec<_>>();
    let english = || {
        let sides = sides.join(" x ");
        let sizes = if alike { sides } else { format!("different sizes, the first {sides},") };
        match series.parts.len() {
            1 => format!("1 array of {sizes} is read as one image, of the class that its folder names"),
            arrays => {
                format!("{arrays} arrays of {sizes} are read as one image each, of the class that the folder names")
            }
        }
    };
    let chinese = || {
        let sides = sides.join(" × ");
        let sizes = if alike { format!("大小为 {sides}") } else { format!("大小不一，第一个为 {sides}") };
        format!("{} 个数组（{sizes}）各读作一张图像，类别由文件夹名决定", series.parts.len())
    };
    Words::told(|| tell(english, chinese))
}

/// Says which numbers are black and white where they are neither 0 to 1 nor 0 to 255.
pub(super) fn tones(collector: &mut Collector, found: &[(&str, Tones)]) {
    let of = |wanted: fn(&Tones) -> bool| found.iter().filter(move |(_, tones)| wanted(tones)).copied();
    let signed: Vec<&str> = of(|tones| *tones == Tones::SIGNED).map(|(name, _)| name).collect();
    if !signed.is_empty() {
        let subject = subject(&signed);
        collector.note(Words::told(|| {
            tell(
                || format!("{subject} read with -1 as black and 1 as white"),
                || format!("{subject}以 -1 为黑、1 为白读取"),
            )
        }));
    }
    let own: Vec<_> = of(|tones| ![Tones::UNIT, Tones::SIGNED, Tones::BYTE].contains(tones)).collect();
    if let Some((_, Tones { black, white })) = own.first() {
        let names: Vec<&str> = own.iter().map(|(name, _)| *name).collect();
        let (subject, one) = (subject(&names), names.len() == 1);
        collector.note(Words::told(|| {
            let range = if one { "" } else { say(", the range of the first", "（第一个的范围）") };
            tell(
                || format!("{subject} stretched to the values in use: {black} is black and {white} is white{range}"),
                || format!("{subject}按所用的值拉伸：{black} 为黑，{white} 为白{range}"),
            )
        }));
    }
}

pub(super) fn named(collector: &mut Collector, images: &str, names: &str) {
    collector.note(Words::both(
        format!("The classes of {images} are named by {names}"),
        format!("{images} 的类别名取自 {names}"),
    ));
}

pub(super) fn unnamed(collector: &mut Collector, images: &str, names: &str) {
    collector.note(Words::both(
        format!("{names} has no name for each class of {images}: they keep their labels"),
        format!("{names} 没有 {images} 每个类别的名称：类别沿用标签"),
    ));
}

/// One name, or how many there are, and the verb.
fn subject(names: &[&str]) -> Words {
    match names {
        [name] => Words::both(format!("{name} is"), format!("{name} ")),
        [first, ..] => {
            let count = names.len();
            Words::both(format!("{count} arrays ({first}, …) are"), format!("{count} 个数组（{first} 等）"))
        }
        [] => text("Nothing is", "没有数组").into(),
    }
}
