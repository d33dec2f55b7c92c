//! A set's classes, divided into those that are trained on, those that settings are chosen by, and those
//! that are kept for testing; and their images as codes. What all families of classes share.

use std::collections::HashSet;
use std::sync::Arc;

use ndarray::{Array2, Axis};
use rand::seq::SliceRandom as _;
use rand::{Rng, RngExt as _};

use super::encoding::Encoding;
use super::{FamilyError, Picture};
use crate::images::{ImageSet, LabelledImage};
use crate::maths::stream::{Purpose, stream};

/// A class that the set is about is drawn so many times as often as one that is only there to train on.
const FOREGROUND: usize = 4;

/// What a class is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To be trained on.
    Training,
    /// To be trained on, except where settings are chosen: there it is what they are judged by.
    Validation,
    /// Never to be trained on.
    Test,
}

/// What each class of a set is kept for; `None` for a class with fewer than two images. Tests are the
/// classes that the set holds out whole, or else a fifth of them (two at least, if there are four),
/// chosen by `seed`. For validation are those that the set keeps whole for it, or else as large a share of
/// the others. A class that is only there to be
/// trained on ([`ImageSet::foreground`]) is kept for nothing else.
///
/// # Errors
/// If fewer than two classes have two images, or none of them is one that the set is about.
pub fn class_parts(set: &ImageSet, seed: u64) -> Result<Vec<Option<Part>>, FamilyError> {
    let mut images = vec![0usize; set.classes.len()];
    let (mut held_out, mut validating) = (images.clone(), images.clone());
    for image in &set.images {
        images[image.class] += 1;
        held_out[image.class] += usize::from(image.held_out);
        validating[image.class] += usize::from(image.validates);
    }
    let usable: Vec<usize> = (0..images.len()).filter(|&class| images[class] >= 2).collect();
    let mut about: Vec<usize> = usable.iter().copied().filter(|&class| class < set.foreground).collect();
    if usable.len() < 2 || about.is_empty() {
        let classes = if about.is_empty() { 0 } else { usable.len() };
        return Err(FamilyError::TooFewClasses { name: set.title(), classes });
    }
    let mut parts = vec![None; images.len()];
    usable.iter().for_each(|&class| parts[class] = Some(Part::Training));
    let whole = |class: usize| held_out[class] == images[class];
    let mixed = about.iter().any(|&class| !whole(class) && held_out[class] > 0);
    let kept = about.iter().filter(|&&class| whole(class)).count();
    // By chance all images of a small class may be held out; a set that divides itself means it.
    let chance = mixed && !(set.origin.divided && kept >= 2);
    let test: Vec<usize> = if chance || kept == 0 || kept == about.len() {
        about.shuffle(&mut stream(seed, Purpose::Split, 1, 0));
        about[..fifth(about.len())].to_vec()
    } else {
        about.iter().copied().filter(|&class| whole(class)).collect()
    };
    about.retain(|class| !test.contains(class));
    about.sort_unstable();
    about.shuffle(&mut stream(seed, Purpose::Split, 2, 0));
    test.iter().for_each(|&class| parts[class] = Some(Part::Test));
    let given: Vec<usize> = about.iter().copied().filter(|&class| validating[class] == images[class]).collect();
    let others = usable.iter().filter(|&&class| class >= set.foreground).count();
    if !given.is_empty() && given.len() < about.len() + others {
        given.iter().for_each(|&class| parts[class] = Some(Part::Validation));
        return Ok(parts);
    }
    let spare = (about.len() + others).saturating_sub(1);
    about.iter().take(fifth(about.len()).min(spare)).for_each(|&class| parts[class] = Some(Part::Validation));
    Ok(parts)
}

fn fifth(classes: usize) -> usize {
    (classes / 5).max(if classes >= 4 { 2 } else { 1 })
}

/// The set without its test classes, the validation classes held out in their place; `None` where no class
/// can be spared for validation.
pub(super) fn for_validation(set: &ImageSet, seed: u64) -> Option<ImageSet> {
    let parts = class_parts(set, seed).ok()?;
    parts.contains(&Some(Part::Validation)).then_some(())?;
    let images = set.images.iter().filter(|image| parts[image.class] != Some(Part::Test));
    let images = images.map(|image| {
        let held_out = parts[image.class] == Some(Part::Validation);
        LabelledImage { held_out, validates: false, ..image.clone() }
    });
    let images = images.collect();
    let (classes, name, notes) = (set.classes.clone(), set.name.clone(), set.notes.clone());
    Some(ImageSet { images, skipped: Vec::new(), classes, name, notes, ..*set })
}

/// The images of a set without its test classes, none of the others held out; `None` where the set gives no tasks.
pub(super) fn without_tests(set: &ImageSet, seed: u64) -> Option<Vec<LabelledImage>> {
    let parts = class_parts(set, seed).ok()?;
    let images = set.images.iter().filter(|image| parts[image.class] != Some(Part::Test));
    Some(images.map(|image| LabelledImage { held_out: false, ..image.clone() }).collect())
}

/// A class and the places of its images in the set.
pub(super) type Class = (usize, Vec<usize>);

/// The classes of a set, ready for tasks.
#[derive(Clone, Debug)]
pub struct Classes {
    /// The set.
    pub set: Arc<ImageSet>,
    /// Fitted to the images of the training classes.
    pub encoding: Encoding,
    /// Encoded images, in the set's order.
    pub codes: Array2<f32>,
    /// Training classes. Those that the set is about stand here several times, so that they are drawn as
    /// much more often than the others.
    pub(super) training: Vec<Class>,
    /// Test classes.
    pub(super) held_out: Vec<Class>,
}

impl Classes {
    /// Divided by [`class_parts`], without those images of test classes whose copies are trained on.
    ///
    /// # Errors
    /// As [`class_parts`]; or if nothing is left to train on, or the images are all alike.
    pub fn new(set: Arc<ImageSet>, seed: u64) -> Result<Self, FamilyError> {
        let parts = class_parts(&set, seed)?;
        let mut members = vec![Vec::new(); parts.len()];
        set.images.iter().enumerate().for_each(|(i, image)| members[image.class].push(i));
        let classes: Vec<Class> =
            members.into_iter().enumerate().filter(|(class, _)| parts[*class].is_some()).collect();
        let (mut held_out, training): (Vec<Class>, Vec<Class>) =
            classes.into_iter().partition(|(class, _)| parts[*class] == Some(Part::Test));
        // A copy of an image that is trained on would be known already.
        let trained: HashSet<&[u8]> =
            training.iter().flat_map(|(_, images)| images).map(|&i| &*set.images[i].pixels).collect();
        held_out.iter_mut().for_each(|(_, images)| images.retain(|&i| !trained.contains(&*set.images[i].pixels)));
        held_out.retain(|(_, images)| images.len() >= 2);
        let (about, others): (Vec<_>, Vec<_>) = training.into_iter().partition(|(class, _)| *class < set.foreground);
        let times = if others.is_empty() { 1 } else { FOREGROUND };
        let training: Vec<Class> = std::iter::repeat_n(about, times).flatten().chain(others).collect();
        let seen: Vec<usize> = training.iter().flat_map(|(_, images)| images.iter().copied()).collect();
        let too_few = FamilyError::TooFewClasses { name: set.title(), classes: held_out.len() };
        if seen.is_empty() {
            return Err(too_few);
        }
        let (encoding, codes) = Encoding::of(&set, &seen);
        if encoding.components() == 0 {
            return Err(FamilyError::AllAlike { name: set.title() });
        }
        if held_out.is_empty() {
            return Err(too_few);
        }
        Ok(Self { set, encoding, codes, training, held_out })
    }

    /// For tasks of `ways` classes, or of as many as the set can give; with that number.
    ///
    /// # Errors
    /// As [`Self::new`]; or if it cannot give two.
    pub fn for_ways(set: Arc<ImageSet>, seed: u64, ways: usize) -> Result<(Arc<Self>, usize), FamilyError> {
        let classes = Self::new(set, seed)?;
        match classes.most_ways() {
            0 | 1 => Err(FamilyError::TooFewWays { name: classes.set.title() }),
            most => Ok((Arc::new(classes), ways.clamp(2, most))),
        }
    }

    /// How many classes can be told apart in one task: the fewer of training and test classes.
    fn most_ways(&self) -> usize {
        self.trained_on().min(self.held_out.len())
    }

    /// How many different classes there are to train on.
    pub(super) fn trained_on(&self) -> usize {
        let mut training: Vec<usize> = self.training.iter().map(|(class, _)| *class).collect();
        training.sort_unstable();
        training.dedup();
        training.len()
    }

    /// `ways` different classes, at most as many as [`Self::for_ways`] gave.
    pub(super) fn draw<'a>(from: &'a [Class], ways: usize, rng: &mut impl Rng) -> Vec<&'a Class> {
        let mut drawn: Vec<&Class> = Vec::with_capacity(ways);
        while drawn.len() < ways {
            let next = &from[rng.random_range(0..from.len())];
            if drawn.iter().all(|(class, _)| *class != next.0) {
                drawn.push(next);
            }
        }
        drawn
    }

    /// Codes of some images, one row each.
    pub(super) fn codes_of(&self, images: &[usize]) -> Array2<f32> {
        self.codes.select(Axis(0), images)
    }

    /// An image as it is.
    pub(super) fn original(&self, index: usize) -> Picture {
        let size = self.set.size;
        Picture { width: size, height: size, rgb: self.set.rgb(index).flatten().collect() }
    }

    /// Images as they are.
    pub(super) fn originals(&self, images: &[usize]) -> Vec<Picture> {
        images.iter().map(|&i| self.original(i)).collect()
    }
}

/// Where there is no image.
pub(super) fn blank(size: usize) -> Picture {
    Picture { width: size, height: size, rgb: vec![40; size * size * 3] }
}

/// Images side by side, `across` in a row, a grey line between them.
pub(super) fn sheet(images: &[Picture], across: usize, size: usize) -> Picture {
    let across = across.max(1);
    let (width, height) = (across * (size + 1) - 1, images.len().div_ceil(across).max(1) * (size + 1) - 1);
    let mut rgb = vec![96; width * height * 3];
    for (i, image) in images.iter().enumerate() {
        let corner = i / across * (size + 1) * width + i % across * (size + 1);
        for (y, row) in image.rgb.chunks_exact(size * 3).enumerate() {
            let start = (corner + y * width) * 3;
            rgb[start..start + size * 3].copy_from_slice(row);
        }
    }
    Picture { width, height, rgb }
}
