//! Pages that a person paints on: strokes of a round brush, and undo.

use std::sync::Arc;

use crate::images::ImageSet;
use crate::tasks::Picture;

/// Steps that can be undone.
const MOST_UNDO: usize = 200;
/// Images that the paper is judged by.
const JUDGED: usize = 200;

/// A colour, sRGB.
pub type Rgb = [u8; 3];

/// What a brush leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Colour.
    Paint(Rgb),
    /// Pixels that adaptation may not see.
    Hide,
    /// Pixels that adaptation may see.
    Show,
}

/// One picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// As painted.
    pub picture: Picture,
    /// Which pixels adaptation may see, row by row.
    pub seen: Vec<bool>,
    /// Whether there is anything on it that a person put there.
    pub touched: bool,
}

/// Some pages, of which one is painted on.
#[derive(Clone, Debug)]
pub struct Pad {
    size: usize,
    paper: Rgb,
    now: State,
    past: Vec<State>,
    future: Vec<State>,
    stroke: Option<Stroke>,
}

#[derive(Clone, Debug)]
struct State {
    pages: Vec<Arc<Page>>,
    current: usize,
}

#[derive(Clone, Debug)]
struct Stroke {
    tool: Tool,
    radius: f32,
    last: [f32; 2],
    /// The page before it.
    before: Arc<Page>,
    /// How much of each pixel it covers: the most of any of its parts, so that it does not matter how slowly
    /// it was drawn.
    cover: Vec<f32>,
}

/// The colour of a set's paper, which most of its images' edges have, and that of its ink: black or white,
/// whichever is farther from the paper.
pub fn paper_and_ink(set: &ImageSet) -> [Rgb; 2] {
    let size = set.size;
    let mut edges: [Vec<u8>; 3] = Default::default();
    let every = (set.images.len() / JUDGED).max(1);
    let outer = |at: usize| at == 0 || at == size - 1;
    for index in (0..set.images.len()).step_by(every) {
        for (_, pixel) in set.rgb(index).enumerate().filter(|(i, _)| outer(i % size) || outer(i / size)) {
            edges.iter_mut().zip(pixel).for_each(|(values, value)| values.push(value));
        }
    }
    let paper = edges.map(|mut values| {
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    });
    let light = paper.iter().map(|&value| u32::from(value)).sum::<u32>() > 3 * 127;
    [paper, if light { [0; 3] } else { [255; 3] }]
}

impl Pad {
    /// So many blank pages.
    pub fn new(size: usize, paper: Rgb, pages: usize) -> Self {
        let blank = Arc::new(Page::blank(size, paper));
        let now = State { pages: vec![blank; pages.max(1)], current: 0 };
        Self { size, paper, now, past: Vec::new(), future: Vec::new(), stroke: None }
    }

    /// Pixels a side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// All pages.
    pub fn pages(&self) -> &[Arc<Page>] {
        &self.now.pages
    }

    /// Which page is painted on.
    pub fn current(&self) -> usize {
        self.now.current
    }

    /// The page that is painted on.
    pub fn page(&self) -> &Arc<Page> {
        &self.now.pages[self.now.current]
    }

    /// Paints on another page from now on; that is nothing to be undone.
    pub fn select(&mut self, page: usize) {
        self.end();
        self.now.current = page.min(self.now.pages.len() - 1);
    }

    /// Begins a stroke at a place, in pixels from the upper left corner; `radius` in pixels.
    pub fn begin(&mut self, tool: Tool, radius: f32, at: [f32; 2]) {
        self.end();
        self.remember();
        let before = Arc::clone(self.page());
        self.stroke = Some(Stroke { tool, radius, last: at, before, cover: vec![0.0; self.size * self.size] });
        self.to(at);
    }

    /// Draws on to a place.
    pub fn to(&mut self, at: [f32; 2]) {
        let Some(stroke) = &mut self.stroke else { return };
        for (pixel, cover) in stroke.cover.iter_mut().enumerate() {
            let centre = [pixel % self.size, pixel / self.size].map(|place| place as f32 + 0.5);
            let covered = (stroke.radius + 0.5 - distance(centre, stroke.last, at)).clamp(0.0, 1.0);
            *cover = cover.max(covered);
        }
        stroke.last = at;
        let painted = stroke.painted();
        self.put(painted);
    }

    /// Whether a stroke is under way.
    pub fn is_painting(&self) -> bool {
        self.stroke.is_some()
    }

    /// Ends the stroke; true if there was one.
    pub fn end(&mut self) -> bool {
        self.stroke.take().is_some()
    }

    /// Wipes the page that is painted on.
    pub fn clear(&mut self) {
        self.end();
        self.remember();
        self.put(Page::blank(self.size, self.paper));
    }

    /// Puts a picture onto the page that is painted on, all of it to be seen, as means of blocks where it is larger; false if it is
    /// smaller.
    pub fn start_from(&mut self, picture: &Picture) -> bool {
        if picture.width != picture.height || picture.width < self.size || !picture.is_square(picture.width) {
            return false;
        }
        let picture = picture.reduced(self.size);
        self.end();
        self.remember();
        self.put(Page { picture, seen: vec![true; self.size * self.size], touched: true });
        true
    }

    /// Puts a picture under a page that nobody has painted on; that is nothing to be undone.
    pub fn underlay(&mut self, page: usize, picture: &Picture) {
        if let Some(page) = self.now.pages.get_mut(page).filter(|page| !page.touched && picture.is_square(self.size)) {
            *page = Arc::new(Page { picture: picture.clone(), ..Page::clone(page) });
        }
    }

    /// Shows or hides the pixels of the page that is painted on, each by `seen` of its place.
    pub fn set_seen(&mut self, seen: impl Fn(usize) -> bool) {
        self.end();
        self.remember();
        let page = Page::clone(self.page());
        self.put(Page { seen: (0..page.seen.len()).map(seen).collect(), touched: true, ..page });
    }

    /// Another blank page, which is painted on from now on.
    pub fn add_page(&mut self) {
        self.end();
        self.remember();
        self.now.pages.push(Arc::new(Page::blank(self.size, self.paper)));
        self.now.current = self.now.pages.len() - 1;
    }

    /// Takes a page away, or wipes it if it is the only one.
    pub fn remove_page(&mut self, page: usize) {
        if self.now.pages.len() == 1 {
            self.clear();
        } else if page < self.now.pages.len() {
            self.end();
            self.remember();
            self.now.pages.remove(page);
            self.now.current -= usize::from(self.now.current > page || self.now.current == self.now.pages.len());
        }
    }

    /// Whether [`Self::undo`] would change anything.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether [`Self::redo`] would change anything.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        self.end();
        if let Some(before) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.now, before));
        }
    }

    /// Does again what was taken back.
    pub fn redo(&mut self) {
        self.end();
        if let Some(after) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.now, after));
        }
    }

    fn put(&mut self, page: Page) {
        self.now.pages[self.now.current] = Arc::new(page);
    }

    fn remember(&mut self) {
        self.future.clear();
        if self.past.len() == MOST_UNDO {
            self.past.remove(0);
        }
        self.past.push(self.now.clone());
    }
}

impl Page {
    fn blank(size: usize, paper: Rgb) -> Self {
        let picture = Picture { width: size, height: size, rgb: paper.repeat(size * size) };
        Self { picture, seen: vec![true; size * size], touched: false }
    }
}

impl Stroke {
    /// The page with it.
    fn painted(&self) -> Page {
        let mut page = Page { touched: true, ..Page::clone(&self.before) };
        for (pixel, &cover) in self.cover.iter().enumerate() {
            match self.tool {
                Tool::Paint(ink) => {
                    for (value, ink) in page.picture.rgb[3 * pixel..3 * pixel + 3].iter_mut().zip(ink) {
                        *value = (f32::from(*value) + cover * (f32::from(ink) - f32::from(*value))).round() as u8;
                    }
                }
                Tool::Hide | Tool::Show if cover >= 0.5 => page.seen[pixel] = self.tool == Tool::Show,
                Tool::Hide | Tool::Show => {}
            }
        }
        page
    }
}

/// From a point to a segment.
fn distance(point: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let minus = |a: [f32; 2], b: [f32; 2]| [a[0] - b[0], a[1] - b[1]];
    let dot = |a: [f32; 2], b: [f32; 2]| a[0] * b[0] + a[1] * b[1];
    let (along, offset) = (minus(to, from), minus(point, from));
    let length = dot(along, along);
    let share = if length > 0.0 { (dot(offset, along) / length).clamp(0.0, 1.0) } else { 0.0 };
    let rest = minus(offset, along.map(|value| share * value));
    dot(rest, rest).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Rgb = [255; 3];
    const INK: Tool = Tool::Paint([0; 3]);

    fn shade(pad: &Pad, x: usize, y: usize) -> u8 {
        pad.page().picture.rgb[3 * (y * pad.size() + x)]
    }

    #[test]
    fn a_stroke_covers_what_lies_within_its_radius_however_often_it_passes() {
        let mut pad = Pad::new(16, PAPER, 1);
        pad.begin(INK, 1.5, [3.5, 8.5]);
        pad.to([12.5, 8.5]);
        let once = pad.page().clone();
        for x in 3..=12 {
            assert_eq!([shade(&pad, x, 7), shade(&pad, x, 8), shade(&pad, x, 9)], [0; 3], "at {x}");
            assert_eq!([shade(&pad, x, 6), shade(&pad, x, 10)], [255; 2], "at {x}");
        }
        assert_eq!(shade(&pad, 15, 8), 255);
        pad.to([3.5, 8.5]);
        pad.to([12.5, 8.5]);
        assert_eq!(*pad.page(), once);
        assert!(pad.end() && !pad.end());
    }

    #[test]
    fn undo_goes_back_to_the_pixel_and_redo_forth_again() {
        let mut pad = Pad::new(8, PAPER, 1);
        let mut states = vec![pad.page().clone()];
        for place in [[2.0, 2.0], [5.0, 5.0], [1.0, 7.0]] {
            pad.begin(INK, 1.0, place);
            pad.to([4.0, 4.0]);
            pad.end();
            states.push(pad.page().clone());
        }
        pad.begin(Tool::Hide, 2.0, [4.0, 4.0]);
        pad.end();
        states.push(pad.page().clone());
        pad.clear();
        assert!(!pad.page().touched);
        for state in states.iter().rev() {
            pad.undo();
            assert_eq!(pad.page(), state);
        }
        assert!(!pad.can_undo());
        states.iter().skip(1).for_each(|state| {
            pad.redo();
            assert_eq!(pad.page(), state);
        });
        pad.undo();
        pad.begin(INK, 1.0, [0.0, 0.0]);
        assert!(!pad.can_redo(), "a new stroke forgets what was taken back");
    }

    #[test]
    fn hiding_and_showing_change_the_mask_alone() {
        let mut pad = Pad::new(8, PAPER, 1);
        pad.begin(Tool::Hide, 1.6, [4.0, 4.0]);
        pad.end();
        let hidden = pad.page().seen.iter().filter(|seen| !**seen).count();
        assert!((8..=12).contains(&hidden), "{hidden}");
        assert!(pad.page().picture.rgb.iter().all(|&value| value == 255));
        pad.begin(Tool::Show, 20.0, [4.0, 4.0]);
        assert!(pad.page().seen.iter().all(|seen| *seen));
    }

    #[test]
    fn pages_come_and_go() {
        let mut pad = Pad::new(4, PAPER, 1);
        pad.begin(INK, 1.0, [1.0, 1.0]);
        pad.add_page();
        assert_eq!((pad.current(), pad.pages().len(), pad.page().touched), (1, 2, false));
        pad.remove_page(0);
        assert_eq!((pad.current(), pad.pages().len(), pad.page().touched), (0, 1, false));
        pad.undo();
        assert_eq!((pad.current(), pad.pages().len()), (1, 2));
        pad.remove_page(1);
        assert_eq!((pad.current(), pad.page().touched), (0, true));
        pad.remove_page(0);
        assert!(!pad.page().touched && pad.pages().len() == 1);
    }
}
