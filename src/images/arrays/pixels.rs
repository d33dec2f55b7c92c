//! From the numbers of arrays to images of a set.

use rayon::prelude::*;

use super::super::collect::Collector;
use super::super::decode::Square;
use super::super::limits::CHUNK;
use super::super::numbers::{Label, Number, Span, Tones, Unsuited, brightness, read_exactly};
use super::super::shapes::Grid;
use super::super::source::{Store, broke_off};
use super::super::{ImageError, decode};
use super::array::{Candidate, Stop, chosen, open};
use super::labels::{self, Names};
use super::notes;
use super::series::{Classes, Series};
use crate::text::{Words, text};

/// Bytes that are read between two conversions.
const BATCH: usize = 64 << 20;

/// What is read of a series: `share` of its images, evenly spread.
struct Reading<'a> {
    files: &'a [Candidate],
    series: &'a Series<'a>,
    share: usize,
}

/// An image as its file holds it, perhaps behind a label.
struct Row {
    part: usize,
    /// Its place among those that are read.
    place: usize,
    /// Its place among all of its array.
    index: u64,
    bytes: Vec<u8>,
}

/// What classes are called.
#[derive(Default)]
struct ClassNames {
    /// By the place among the images that are read.
    labels: Vec<Label>,
    names: Names,
}

/// Arrays of one image that could not be read, and why.
type Failed = Vec<(usize, Words)>;

/// Reads `share` images of a series into the set. Gives the numbers that were black and white.
pub(super) fn read(
    collector: &mut Collector,
    store: &mut dyn Store,
    files: &[Candidate],
    series: &Series,
    share: usize,
) -> Result<Option<Tones>, ImageError> {
    let Some(&(first, _)) = series.parts.first().filter(|_| share > 0) else { return Ok(None) };
    let (kept, counted) = (collector.kept(), collector.counted());
    let reading = Reading { files, series, share };
    let path = &files[first.index].path;
    match reading.images(collector, store, files[first.index].tones()) {
        Ok((tones, failed)) => {
            for (part, reason) in failed {
                collector.count(true);
                collector.skip(files[series.parts[part].0.index].path.clone(), reason);
            }
            if (share as u64) < series.images() {
                let all = series.images();
                let reason = Words::both(
                    format!("gives {share} of its {all} images, evenly spread: a set holds no more of this size"),
                    format!("共 {all} 张图像，均匀取用 {share} 张：这种大小的图像一个集合最多容纳这么多"),
                );
                collector.skip(if series.parts.len() == 1 { path } else { collector.path }.to_owned(), reason);
            }
            Ok(Some(tones))
        }
        Err(Stop::Error(error)) => Err(error),
        Err(stop) => {
            collector.forget(kept);
            collector.count_to(counted + share);
            let changed = text("has values that changed while they were read: try again", "读取期间内容有变：请重试");
            let reason = if let Stop::Refused(reason) = stop { reason } else { changed.into() };
            collector.skip_uncounted(path.clone(), reason);
            Ok(None)
        }
    }
}

impl Reading<'_> {
    /// Reads with these tones, and again with the right ones where values do not fit.
    fn images(&self, collector: &mut Collector, store: &mut dyn Store, tones: Tones) -> Result<(Tones, Failed), Stop> {
        let names = self.class_names(collector, store)?;
        let (kept, counted) = (collector.kept(), collector.counted());
        match self.pass(collector, store, tones, &names) {
            Err(Stop::Outside) => {
                collector.forget(kept);
                collector.count_to(counted);
                let tones = Tones::of(self.span(collector, store)?)?;
                Ok((tones, self.pass(collector, store, tones, &names)?))
            }
            result => Ok((tones, result?)),
        }
    }

    fn class_names(&self, collector: &mut Collector, store: &mut dyn Store) -> Result<ClassNames, Stop> {
        let (array, grid) = self.series.parts[0];
        let (mut found, mut labels) = (None, Vec::new());
        match self.series.classes {
            Classes::Labels(list) => {
                labels = labels::read(collector, store, self.files, list, (self.share, grid.images))?;
                let numbers = labels.iter().filter_map(|label| match label {
                    Label::Number(number) => Some(*number),
                    Label::Text(_) => None,
                });
                if let Some(range) = numbers.clone().min().zip(numbers.max()) {
                    found = Names::find(&self.series.names, range, grid.images);
                }
            }
            Classes::Own => {
                let classes = array.layout.label.and_then(|label| label.classes);
                found = classes
                    .and_then(|classes| Names::find(&self.series.names, (0, i128::from(classes) - 1), grid.images));
            }
            Classes::First { .. } => found = self.series.names.first().map(|names| (*names, 0)),
            Classes::File | Classes::Folder => {}
        }
        let own = &self.files[array.index].name;
        let names = match found {
            None => {
                if let Some(names) = self.series.names.first() {
                    notes::unnamed(collector, own, &self.files[names.index].name);
                }
                Names::default()
            }
            Some((list, first)) => match Names::read(store, self.files, list, first) {
                Ok(names) => {
                    notes::named(collector, own, &self.files[list.index].name);
                    names
                }
                Err(reason) => {
                    collector.skip_uncounted(self.files[list.index].path.clone(), reason);
                    Names::default()
                }
            },
        };
        Ok(ClassNames { labels, names })
    }

    /// Reads all images once.
    fn pass(
        &self,
        collector: &mut Collector,
        store: &mut dyn Store,
        tones: Tones,
        names: &ClassNames,
    ) -> Result<Failed, Stop> {
        let (mut batch, mut bytes, mut unsuited) = (Vec::new(), 0, Vec::new());
        let mut failed = self.rows(store, &mut |row| {
            collector.check_cancel()?;
            bytes += row.bytes.len();
            batch.push(row);
            if batch.len() < CHUNK && bytes < BATCH {
                return Ok(());
            }
            bytes = 0;
            self.keep(collector, std::mem::take(&mut batch), tones, names, &mut unsuited)
        })?;
        self.keep(collector, batch, tones, names, &mut unsuited)?;
        failed.extend(unsuited);
        Ok(failed)
    }

    /// Keeps the images of some rows.
    fn keep(
        &self,
        collector: &mut Collector,
        batch: Vec<Row>,
        tones: Tones,
        names: &ClassNames,
        failed: &mut Failed,
    ) -> Result<(), Stop> {
        let (shared, each) = (&*collector, matches!(self.series.classes, Classes::Folder));
        let convert = |row: &Row| {
            shared.check_cancel()?;
            let (array, grid) = self.series.parts[row.part];
            let label = row.bytes.len() - grid.bytes as usize;
            let image = image(&row.bytes[label..], array.layout.number, grid, tones, shared.square())?;
            shared.count(false);
            Ok(image)
        };
        // Which of several reasons is given must not depend on the threads.
        let images: Vec<Result<decode::Decoded, Stop>> = batch.par_iter().map(convert).collect();
        for (row, image) in batch.iter().zip(images) {
            match image {
                // As an image file, so that its name and folder tell its class as theirs do.
                Ok(image) if each => {
                    let file = &self.files[self.series.parts[row.part].0.index];
                    collector.keep_file(file.path.clone(), &file.name, Ok(vec![image]));
                }
                Ok(image) => {
                    let (name, class) = self.called(row, names);
                    collector.keep(name, &class, &image);
                }
                Err(Stop::Refused(reason)) if each => failed.push((row.part, reason)),
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    /// The name of an image, and of its class.
    fn called(&self, row: &Row, names: &ClassNames) -> (String, String) {
        let (array, grid) = self.series.parts[row.part];
        let file = &self.files[array.index];
        let whole = file.stem();
        let short = whole.rsplit('/').next().unwrap_or(whole);
        let label = |label: &Label| names.names.of(label);
        let class = match self.series.classes {
            Classes::File | Classes::Folder => whole.to_owned(),
            Classes::First { only } => {
                let class = label(&Label::Number((row.index / grid.shots.unwrap_or(1).max(1)).into()));
                if only { class } else { format!("{whole}/{class}") }
            }
            Classes::Labels(_) => names.labels.get(row.place).map_or_else(|| whole.to_owned(), label),
            Classes::Own => {
                let (own, rest) = (array.layout.label, row.bytes.len() - grid.bytes as usize);
                let own = own.and_then(|own| own.number.label(&row.bytes[rest - own.number.size..rest]));
                own.as_ref().map_or_else(|| whole.to_owned(), label)
            }
        };
        (format!("{short} {}", row.index), class)
    }

    /// The least and the greatest value.
    fn span(&self, collector: &Collector, store: &mut dyn Store) -> Result<Span, Stop> {
        let mut span = Span::NONE;
        let each = matches!(self.series.classes, Classes::Folder);
        self.rows(store, &mut |row| {
            collector.check_cancel()?;
            let (array, grid) = self.series.parts[row.part];
            let (number, before) = (array.layout.number, span);
            // A byte is either truth or brightness.
            if number == Number::BYTE && span.most > 1.0 {
                return Ok(());
            }
            let added = span.add(&row.bytes[row.bytes.len() - grid.bytes as usize..], number);
            if each && added.is_err() {
                span = before;
                return Ok(());
            }
            Ok(added?)
        })?;
        Ok(span)
    }

    /// Reads the chosen rows, one after the other. A damaged array of one image is passed over.
    fn rows(&self, store: &mut dyn Store, look: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<Failed, Stop> {
        if self.series.parts.len() == 1 {
            return self.rows_of(store, 0, self.share, look).map(|()| Vec::new());
        }
        let mut failed = Vec::new();
        for place in 0..self.share {
            let part = chosen(place, self.share, self.series.parts.len() as u64) as usize;
            match self.rows_of(store, part, 1, look) {
                Err(Stop::Refused(reason)) => failed.push((part, reason)),
                result => result?,
            }
        }
        Ok(failed)
    }

    fn rows_of(
        &self,
        store: &mut dyn Store,
        part: usize,
        share: usize,
        look: &mut dyn FnMut(Row) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let unread = |error: std::io::Error| broke_off(&error);
        let (array, grid) = self.series.parts[part];
        let bytes = grid.bytes + array.layout.label.map_or(0, |label| label.bytes);
        let mut stream = open(store, array, self.files[array.index].format)?;
        let (mut next, mut buffer) = (0, Vec::new());
        for place in 0..share {
            let index = chosen(place, share, grid.images);
            stream.pass((index - next) * bytes).map_err(unread)?;
            if !read_exactly(&mut *stream, bytes, &mut buffer).map_err(unread)? {
                return Err(ends_early(index, grid).into());
            }
            // The last byte of a packed file is followed by its checksum, which is looked at only here.
            if place + 1 == share && read_exactly(&mut *stream, 1, &mut Vec::new()).map_err(unread)? {
                let promised = grid.images;
                return Err(Words::both(
                    format!("goes on after the {promised} that it promises: save or download it again"),
                    format!("声称有 {promised} 张，之后还有内容：请重新保存或下载"),
                )
                .into());
            }
            look(Row { part, place, index, bytes: std::mem::take(&mut buffer) })?;
            next = index + 1;
        }
        Ok(())
    }
}

fn ends_early(index: u64, grid: Grid) -> Words {
    let (number, promised) = (index + 1, grid.images);
    Words::both(
        format!("ends before number {number} of the {promised} that it promises: copy or download it again"),
        format!("声称有 {promised} 张，不到第 {number} 张就结束了：请重新复制或下载"),
    )
}

/// An image from its numbers.
fn image(raw: &[u8], number: Number, grid: Grid, tones: Tones, square: Square) -> Result<decode::Decoded, Stop> {
    let mut values = brightness(raw, number, tones).map_err(|unsuited| match unsuited {
        Unsuited::Outside => Stop::Outside,
        Unsuited::Value(reason) => Stop::Refused(reason),
    })?;
    if grid.planar && grid.channels > 1 {
        let plane = values.len() / grid.channels;
        values = (0..plane)
            .flat_map(|pixel| (0..grid.channels).map(move |channel| (pixel, channel)))
            .map(|(pixel, channel)| values[channel * plane + pixel])
            .collect();
    }
    Ok(decode::values(grid.width, grid.height, grid.channels, values, square)?)
}
