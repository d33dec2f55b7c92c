//! What a run makes, as pictures one by one.

use std::io::{Cursor, Write as _};

use image::{RgbImage, imageops};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::png;
use super::run_file::RunFileError;
use super::subject::Subject;
use crate::tasks::{Panel, Picture};

/// The pictures of a sheet, on which they lie a pixel apart, each `side` pixels high and wide; what is no sheet of such is
/// one picture.
pub fn of(picture: &Picture, side: usize) -> Vec<RgbImage> {
    let image = picture.image();
    let count = |length: usize| (side > 0 && (length + 1).is_multiple_of(side + 1)).then(|| (length + 1) / (side + 1));
    let (Some(columns), Some(rows)) = (count(picture.width), count(picture.height)) else { return vec![image] };
    let place = |index: usize| [index % columns, index / columns].map(|at| (at * (side + 1)) as u32);
    let cut = |index| {
        let [x, y] = place(index);
        imageops::crop_imm(&image, x, y, side as u32, side as u32).to_image()
    };
    (0..columns * rows).map(cut).collect()
}

/// An archive with what is given of each held-out task that is shown, and what the learned start makes of it at last:
/// completed, sharpened or new pictures. Each carries the run's line of text.
///
/// # Errors
/// If the formats cannot hold them.
pub fn archive(subject: &Subject<'_>) -> Result<Vec<u8>, RunFileError> {
    let (side, text) = (subject.saved.images().map_or(0, |set| set.size), subject.share().to_text());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, task) in subject.saved.evaluation().tasks.iter().enumerate() {
        let given = task.given.iter().map(|given| (given.title.en(), &given.panel));
        let made = task.traces[0].outputs.last().map(|panel| ("made", panel));
        for (what, panel) in given.chain(made) {
            let Panel::Picture { picture, .. } = panel else { continue };
            let pictures = of(picture, side);
            for (number, one) in pictures.iter().enumerate() {
                let number = if pictures.len() > 1 { format!("-{}", number + 1) } else { String::new() };
                let name = format!("{:02}-{}/{}{number}.png", index + 1, plain(task.name.en()), plain(what));
                zip.start_file(name, SimpleFileOptions::default()).map_err(RunFileError::text)?;
                zip.write_all(&png::opaque(one, &text)?).map_err(RunFileError::text)?;
            }
        }
    }
    Ok(zip.finish().map_err(RunFileError::text)?.into_inner())
}

/// A name that every file system takes.
pub fn plain(name: &str) -> String {
    const LONGEST: usize = 60;
    name.chars().take(LONGEST).map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_falls_into_its_pictures() {
        let pixel = |i: usize| if [2, 5].contains(&(i % 8)) { [9; 3] } else { [(i % 8 / 3) as u8; 3] };
        let sheet = Picture { width: 8, height: 2, rgb: (0..16).flat_map(pixel).collect() };
        let pictures = of(&sheet, 2);
        assert_eq!(pictures.len(), 3);
        assert!(pictures.iter().enumerate().all(|(i, one)| one.pixels().all(|pixel| pixel.0 == [i as u8; 3])));
        assert_eq!(of(&sheet, 4).len(), 1, "no sheet of such");
    }
}
