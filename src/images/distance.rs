//! Drawings as distance fields: how far each pixel is from the nearest edge of the stroke. A field
//! is smooth where a drawing jumps, so a few numbers describe it, and it is drawn sharply again.

use image::{ImageBuffer, Luma, imageops};

/// Grey pixels are looked at this many times finer.
const FINER: usize = 4;
/// From this share of white on, a pixel belongs to the stroke.
const THRESHOLD: f32 = 0.43;
/// Distances in pixels beyond half of this are cut off, or beyond a quarter of the side if that is more.
const REACH: f32 = 8.0;
/// How steeply a field is turned into ink: from paper to ink within 1/9.6 of its range.
const SLOPE: f32 = 9.6;

/// The signed distance field of a grey drawing (`size`² bytes, light strokes on dark ground): ½ on an
/// edge, more inside the stroke, 0 and 1 from four pixels on, or from a quarter of the side if that is more.
pub fn field(grey: &[u8], size: usize) -> Vec<f32> {
    let side = size as u32;
    let pixels = grey.iter().map(|&byte| f32::from(byte) / 255.0).collect();
    let Some(drawing) = ImageBuffer::<Luma<f32>, Vec<f32>>::from_raw(side, side, pixels) else {
        return vec![0.5; size * size];
    };
    let fine = size * FINER;
    let enlarged = imageops::resize(&drawing, fine as u32, fine as u32, imageops::FilterType::CatmullRom);
    let stroke: Vec<bool> = enlarged.pixels().map(|pixel| pixel.0[0] > THRESHOLD).collect();
    let inside = distances(&stroke, fine, false);
    let outside = distances(&stroke, fine, true);
    let signed = |i: usize| {
        let distance = (inside[i] - outside[i]) / FINER as f32;
        (0.5 + distance / reach(size)).clamp(0.0, 1.0)
    };
    let mean = |place: usize| {
        let (x0, y0) = (place % size * FINER, place / size * FINER);
        let cells = (0..FINER * FINER).map(|i| (y0 + i / FINER) * fine + x0 + i % FINER);
        cells.map(signed).sum::<f32>() / (FINER * FINER) as f32
    };
    (0..size * size).map(mean).collect()
}

/// How much ink a value of a field of so many pixels a side stands for, 0 to 1.
pub fn ink(value: f32, size: usize) -> f32 {
    (0.5 + (value - 0.5) * SLOPE * reach(size) / REACH).clamp(0.0, 1.0)
}

fn reach(size: usize) -> f32 {
    REACH.max(size as f32 / 2.0)
}

/// The distance of each pixel to the nearest one whose mark is `to`: along each row by two scans, then
/// along each column by lower envelopes of parabolas (Felzenszwalb and Huttenlocher 2012); infinite if
/// there is none.
pub(super) fn distances(marks: &[bool], size: usize, to: bool) -> Vec<f32> {
    let mut squares = Vec::with_capacity(marks.len());
    for row in marks.chunks_exact(size) {
        let start = squares.len();
        let mut since = f32::INFINITY;
        for &mark in row {
            since = if mark == to { 0.0 } else { since + 1.0 };
            squares.push(since);
        }
        since = f32::INFINITY;
        for (square, &mark) in squares[start..].iter_mut().zip(row).rev() {
            since = if mark == to { 0.0 } else { since + 1.0 };
            *square = square.min(since).powi(2);
        }
    }
    let mut heights = vec![0.0; size];
    let mut roots = Vec::with_capacity(size);
    for x in 0..size {
        heights.iter_mut().zip(squares[x..].iter().step_by(size)).for_each(|(height, &square)| *height = square);
        envelope(&heights, &mut roots, squares[x..].iter_mut().step_by(size));
    }
    squares.into_iter().map(f32::sqrt).collect()
}

/// min over q of (p − q)² + height(q), for every p. `roots` is working space.
fn envelope<'a>(heights: &[f32], roots: &mut Vec<(usize, f32)>, out: impl Iterator<Item = &'a mut f32>) {
    roots.clear();
    for (q, &height) in heights.iter().enumerate().filter(|(_, height)| height.is_finite()) {
        let lifted = |q: usize, height: f32| height + (q * q) as f32;
        let from = loop {
            let Some(&(last, begins)) = roots.last() else { break f32::NEG_INFINITY };
            let crossing = (lifted(q, height) - lifted(last, heights[last])) / (2 * (q - last)) as f32;
            if crossing > begins {
                break crossing;
            }
            roots.pop();
        };
        roots.push((q, from));
    }
    let mut current = 0;
    for (p, out) in out.enumerate() {
        while roots.get(current + 1).is_some_and(|next| next.1 < p as f32) {
            current += 1;
        }
        *out = roots.get(current).map_or(f32::INFINITY, |&(q, _)| {
            let reach = p.abs_diff(q) as f32;
            reach * reach + heights[q]
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_a_search_over_all_pixels() {
        let size = 13;
        for seed in 0..40u64 {
            let marks: Vec<bool> = (0..size * size)
                .map(|i| (i as u64 + 1).wrapping_mul(seed * 2 + 0x9E37_79B9_7F4A_7C15) >> 57 < 3 * seed)
                .collect();
            for to in [false, true] {
                let ours = distances(&marks, size, to);
                for (p, ours) in ours.iter().enumerate() {
                    let square = |q: usize| (p % size).abs_diff(q % size).pow(2) + (p / size).abs_diff(q / size).pow(2);
                    let nearest = (0..marks.len()).filter(|&q| marks[q] == to).map(square).min();
                    let truth = nearest.map_or(f32::INFINITY, |square| (square as f32).sqrt());
                    assert_eq!(*ours, truth);
                }
            }
        }
    }

    #[test]
    fn a_bar_is_drawn_again_and_blank_paper_stays_blank() {
        let size = 16;
        let bar: Vec<u8> = (0..size * size).map(|i| if (6..10).contains(&(i % size)) { 255 } else { 0 }).collect();
        let drawn = field(&bar, size);
        for (i, value) in drawn.iter().enumerate() {
            let truth = f32::from(bar[i]) / 255.0;
            assert!((ink(*value, size) - truth).abs() < 0.15, "pixel {i}: {value}");
        }
        // Four pixels from the edge nothing is left of it.
        assert_eq!(drawn[0], 0.0);
        assert!(field(&vec![0; 256], 16).iter().all(|&value| value == 0.0));
        assert!(field(&vec![255; 256], 16).iter().all(|&value| value == 1.0));
    }
}
