//! Drawings laid as a set's images lie: strokes in the middle, of the usual size.

use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};

use super::pad;
use crate::images::ImageSet;
use crate::tasks::Picture;

/// A channel that differs from the paper by more than this is ink.
const INK: u8 = 48;
/// Images that the usual size is judged by.
const JUDGED: usize = 200;

/// How a set's images lie on their paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    paper: pad::Rgb,
    /// The longer side of what is not paper, in pixels: the median.
    side: usize,
}

impl Fit {
    /// As a set's images lie; `None` where most of them fill their whole square, so that nothing is to be fitted.
    pub fn of(set: &ImageSet) -> Option<Self> {
        let [paper, _] = pad::paper_and_ink(set);
        let every = (set.images.len() / JUDGED).max(1);
        let side = |index: usize| {
            let pixels: Vec<pad::Rgb> = set.rgb(index).collect();
            extent(set.size, paper, |i| pixels[i]).map(|[_, _, width, height]| width.max(height))
        };
        let mut sides: Vec<usize> = (0..set.images.len()).step_by(every).filter_map(side).collect();
        sides.sort_unstable();
        let side = *sides.get(sides.len() / 2)?;
        (side < set.size).then_some(Self { paper, side })
    }

    /// The same drawing in the middle, its longer side as usual; a blank one as it is.
    pub fn apply(&self, picture: &Picture) -> Picture {
        let size = picture.width;
        let pixel = |i: usize| [picture.rgb[3 * i], picture.rgb[3 * i + 1], picture.rgb[3 * i + 2]];
        let Some([left, top, width, height]) = extent(size, self.paper, pixel) else { return picture.clone() };
        let crop = RgbImage::from_fn(width as u32, height as u32, |x, y| {
            Rgb(pixel((top + y as usize) * size + left + x as usize))
        });
        let longer = width.max(height) as f32;
        let scaled = |side: usize| ((side as f32 * self.side as f32 / longer).round() as usize).clamp(1, size);
        let (across, down) = (scaled(width), scaled(height));
        let crop = resize(&crop, across as u32, down as u32, FilterType::Triangle);
        let mut fitted = self.paper.repeat(size * size);
        let (x0, y0) = ((size - across) / 2, (size - down) / 2);
        for (x, y, pixel) in crop.enumerate_pixels() {
            let at = 3 * ((y0 + y as usize) * size + x0 + x as usize);
            fitted[at..at + 3].copy_from_slice(&pixel.0);
        }
        Picture { width: size, height: size, rgb: fitted }
    }
}

/// The smallest rectangle around all ink: left, top, width, height.
fn extent(size: usize, paper: pad::Rgb, pixel: impl Fn(usize) -> pad::Rgb) -> Option<[usize; 4]> {
    let ink = |&i: &usize| pixel(i).iter().zip(paper).any(|(value, paper)| value.abs_diff(paper) > INK);
    let (mut low, mut high) = ([size; 2], [0; 2]);
    for i in (0..size * size).filter(ink) {
        for (axis, place) in [i % size, i / size].into_iter().enumerate() {
            low[axis] = low[axis].min(place);
            high[axis] = high[axis].max(place + 1);
        }
    }
    (low[0] < high[0]).then(|| [low[0], low[1], high[0] - low[0], high[1] - low[1]])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::images::built_in::built_in;
    use crate::settings::ImageSource;

    #[test]
    fn a_small_drawing_in_a_corner_comes_to_lie_as_the_sets_images_do() {
        let set = built_in(&ImageSource::Hand).unwrap();
        let fit = Fit::of(&set).unwrap();
        assert!((12..16).contains(&fit.side), "{fit:?}");
        let mut picture = Picture { width: 16, height: 16, rgb: vec![0; 768] };
        for (x, y) in [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3), (1, 4), (2, 4)] {
            picture.rgb[3 * (y * 16 + x)..][..3].fill(255);
        }
        let fitted = fit.apply(&picture);
        let [left, top, width, height] =
            extent(16, [0; 3], |i| [fitted.rgb[3 * i], fitted.rgb[3 * i + 1], fitted.rgb[3 * i + 2]]).unwrap();
        assert_eq!((height, width), (fit.side, fit.side / 2));
        assert!(left.abs_diff(16 - left - width) <= 1 && top.abs_diff(16 - top - height) <= 1);
        let again = fit.apply(&fitted);
        assert_eq!(again, fitted, "what lies right stays");
        let blank = Picture { width: 16, height: 16, rgb: vec![0; 768] };
        assert_eq!(fit.apply(&blank), blank);
    }

    #[test]
    fn pictures_that_fill_their_square_are_not_fitted() {
        assert_eq!(Fit::of(&built_in(&ImageSource::Textures).unwrap()), None);
    }
}
