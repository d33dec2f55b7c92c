//! What has been read becomes a set: its files are placed, copies are kept on one side, some images are held
//! out.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::collect::{Collector, Kept};
use super::layout::{self, Portion};
use super::{ImageError, ImageSet, Kind, LabelledImage, Origin, drawing, hold_out, label_table};
use crate::maths::stream::Purpose;
use crate::text::numbers::plural;
use crate::text::{Text, Words, text};

const OTHER_TABLE: Text =
    text("is a table, and does not name images here with their classes", "是表格，但没有写出这里的图像及其类别");
const ALL_COPIES: Text = text(
    "All images to test by are copies of others: some of all are held out instead",
    "用于测试的图像都与其他图像相同：改为从全部图像中留出一些",
);

impl Collector<'_> {
    /// The set. Held out is what the set itself keeps for it, or else a fifth of its images, by the seed.
    pub fn finish(mut self, kind: Kind) -> Result<ImageSet, ImageError> {
        self.check_cancel()?;
        let (mut divided, loose) = self.place();
        let path = self.path.to_owned();
        let (usable, least) = (self.kept.len(), if self.reading.alone { 1 } else { 2 });
        if usable < least && kind != Kind::Folder && kind != Kind::Archive {
            let alone = match kind {
                Kind::Array | Kind::Idx => {
                    text("holds a single image, and at least 2 are needed", "只含一张图像，至少需要 2 张")
                }
                _ => text(
                    "is a single image, and at least 2 are needed: choose the folder that holds it",
                    "只是一张图像，至少需要 2 张：请选择它所在的文件夹",
                ),
            };
            let own = self.skipped.iter().find(|skipped| skipped.path == path).or(self.skipped.first());
            let reason = own.map_or_else(|| alone.into(), |skipped| skipped.reason.clone());
            return Err(ImageError::OneFile { path, reason });
        }
        if self.files == 0 && self.skipped.is_empty() {
            return Err(ImageError::Empty { path });
        }
        self.draw_again();
        let pixels = self.size * self.size;
        let channels = if self.kept.iter().all(|image| image.pixels.len() == pixels) { 1 } else { 3 };
        for image in self.kept.iter_mut().filter(|image| image.pixels.len() != pixels * channels) {
            image.pixels = image.pixels.iter().flat_map(|&value| [value; 3]).collect();
        }
        if divided {
            divided = self.keep_copies_on_one_side();
        }
        let usable = self.kept.len();
        if usable < least {
            return Err(ImageError::TooFew { path, usable, least, files: self.files, skipped: self.skipped });
        }
        let first = first_alike(self.kept.iter().map(|image| &image.pixels));
        let copies = first.iter().enumerate().filter(|(i, first)| i != *first).count();
        if copies > 0 {
            let (have, size) = (plural(copies, "image has", "images have"), self.size);
            self.notes.push(Words::both(
                format!(
                    "{have} the same pixels as another at {size} x {size}: such copies are trained on together or held out together"
                ),
                format!("{copies} 张图像在 {size} × {size} 下与另一张像素相同：这样的副本一起训练或一起留出"),
            ));
        }
        if !divided {
            let held_out = hold_out(&first, self.reading.seed, Purpose::Split);
            let portions =
                held_out.into_iter().map(|held_out| if held_out { Portion::Test } else { Portion::Training });
            self.kept.iter_mut().zip(portions).for_each(|(image, portion)| image.portion = portion);
        }
        self.notes.extend(self.remarks.iter().map(|(remark, &images)| remark.of(images)));
        let rank = self.ranks();
        // Each class that a damaged array brought alone has gone with its images.
        let mut used = vec![false; rank.len()];
        self.kept.iter().for_each(|image| used[rank[image.class]] = true);
        let mut place = 0;
        let places: Vec<usize> = used.iter().map(|&used| (place, place += usize::from(used)).0).collect();
        let classes = self.classes.into_keys().zip(&used).filter(|(_, used)| **used).map(|(name, _)| name);
        let classes: Vec<String> = classes.collect();
        let images = self.kept.into_iter().map(|image| LabelledImage {
            name: image.name,
            class: places[rank[image.class]],
            held_out: image.portion == Portion::Test,
            validates: image.portion == Portion::Validation,
            pixels: image.pixels,
        });
        let (smallest, largest) = self.original.unwrap_or_default();
        Ok(ImageSet {
            images: images.collect(),
            name: name_of(&path),
            size: self.size,
            channels,
            foreground: classes.len(),
            classes,
            skipped: self.skipped,
            notes: self.notes,
            origin: Origin { kind, smallest, largest, divided, classes: loose.then_some(layout::LOOSE) },
        })
    }

    /// Draws the images anew if they are drawings.
    fn draw_again(&mut self) {
        let images = self.kept.iter_mut().map(|kept| (&mut kept.pixels, kept.drawing.take()));
        if let Some((size, notes)) = drawing::draw_again(images.collect(), self.reading) {
            self.size = size;
            self.notes.extend(notes);
        }
    }

    /// Puts image files into the order of a folder, before what came from arrays, and finds their classes;
    /// says whether the set itself divides them, and whether some lie in no sub-folder.
    fn place(&mut self) -> (bool, bool) {
        let (mut files, arrays): (Vec<Kept>, Vec<Kept>) =
            std::mem::take(&mut self.kept).into_iter().partition(|image| image.file.is_some());
        let parts = |image: &Kept| image.file.clone().unwrap_or_default();
        files.sort_by(|a, b| {
            let [a, b] = [a, b].map(|image| image.file.as_deref().unwrap_or_default());
            a.split('/').cmp(b.split('/'))
        });
        let names: Vec<String> = files.iter().map(parts).collect();
        let names_read: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut tables = Vec::new();
        for (name, content) in std::mem::take(&mut self.tables) {
            match label_table::read(&name, &content, &names_read) {
                Some(table) => tables.push(table),
                None => {
                    self.skip_uncounted(self.path.join(name), OTHER_TABLE);
                }
            }
        }
        let layout = layout::of(&names_read, &tables, arrays.is_empty());
        for ((mut image, name), place) in files.into_iter().zip(names).zip(layout.places) {
            match place {
                Ok(place) => {
                    (image.class, image.portion) = (self.class(&place.class), place.portion);
                    self.kept.push(image);
                }
                Err(reason) => self.skip(self.path.join(name), reason),
            }
        }
        self.kept.extend(arrays);
        layout.notes.into_iter().for_each(|note| self.note(note));
        let portions: BTreeSet<Portion> = self.kept.iter().map(|image| image.portion).collect();
        let both = portions.contains(&Portion::Training) && portions.contains(&Portion::Test);
        (layout.divided && both, layout.loose)
    }

    /// Copies of what is trained on are trained on too, unless their class is kept from training whole: then
    /// they are left out. The same with copies of what validates. False if nothing would be held out any more.
    fn keep_copies_on_one_side(&mut self) -> bool {
        let first = first_alike(self.kept.iter().map(|image| &image.pixels));
        let classes: BTreeSet<(usize, Portion)> = self.kept.iter().map(|image| (image.class, image.portion)).collect();
        // Of each group of copies the one that decides: what is trained on comes before what validates.
        let mut deciding: HashMap<usize, (Portion, usize)> = HashMap::new();
        for (i, image) in self.kept.iter().enumerate() {
            let one = deciding.entry(first[i]).or_insert((image.portion, i));
            *one = (*one).min((image.portion, i));
        }
        let decided = |i: usize| deciding.get(&first[i]).map_or((self.kept[i].portion, i), |one| *one);
        let sides: Vec<(Portion, usize)> = (0..self.kept.len()).map(decided).collect();
        if !sides.iter().any(|(portion, _)| *portion == Portion::Test) {
            self.notes.push(ALL_COPIES.into());
            return false;
        }
        let file = |image: &Kept| image.file.clone().unwrap_or_else(|| image.name.clone());
        let names: Vec<String> = sides.iter().map(|&(_, original)| file(&self.kept[original])).collect();
        let (mut moved, mut left_out) = (0, 0);
        for (mut image, ((portion, _), original)) in
            std::mem::take(&mut self.kept).into_iter().zip(sides.iter().zip(names))
        {
            if image.portion != *portion && !classes.contains(&(image.class, *portion)) {
                left_out += 1;
                let reason = Words::both(
                    format!("is kept from training, and a copy of “{original}”, which is not: left out"),
                    format!("不参与训练，却与参与训练的“{original}”相同：未使用"),
                );
                self.skip(self.path.join(file(&image)), reason);
                continue;
            }
            moved += usize::from(image.portion != *portion);
            image.portion = *portion;
            self.kept.push(image);
        }
        if moved > 0 {
            let copies =
                plural(moved, "image to test or validate by is a copy", "images to test or validate by are copies");
            self.notes.push(Words::both(
                format!("{copies} of what is trained on, and trained on too"),
                format!("{moved} 张用于测试或验证的图像与训练图像相同，因此也用于训练"),
            ));
        }
        if left_out > 0 {
            let copies =
                plural(left_out, "image to test or validate by is a copy", "images to test or validate by are copies");
            self.notes.push(Words::both(
                format!("{copies} of what another class is trained on, and left out"),
                format!("{left_out} 张用于测试或验证的图像与另一类别的训练图像相同，未使用"),
            ));
        }
        true
    }
}

/// For each image the first one with the same pixels.
pub(super) fn first_alike<'a>(images: impl Iterator<Item = &'a Arc<[u8]>>) -> Vec<usize> {
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    images.enumerate().map(|(i, pixels)| *seen.entry(pixels).or_insert(i)).collect()
}

/// The path's own name, also for `.` and `..`.
fn name_of(path: &Path) -> String {
    let own = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = own(path).or_else(|| own(&path.canonicalize().ok()?));
    name.unwrap_or_else(|| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_after_itself() {
        let here = std::env::current_dir().map(|path| name_of(&path)).unwrap_or_default();
        for (path, name) in [("a/b", "b"), ("a/b/", "b"), ("/", "/"), (".", here.as_str())] {
            assert_eq!(name_of(Path::new(path)), name);
        }
    }
}
