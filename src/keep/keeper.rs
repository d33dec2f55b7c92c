//! Files written beside the training: runs on one thread, one after the other, and what takes long on threads of its own.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use web_time::Instant;

use super::film_strip;
use super::kinds::{self, Kind};
use super::run_file::{ImageFacts, RunFileError};
use super::sessions::Session;
use super::subject::Subject;
use super::work::Work;
use crate::aside::{self, Aside, Queue};
use crate::files::{FileError, write_picture, write_whole};
use crate::images::ImageSet;
use crate::text::Language;
use crate::train::session::{KeepSink, keep_every};
use crate::train::shown::KnobMark;
use crate::train::trainer::Saved;

/// Writes runs in the order in which they come. When it is dropped, what it has begun or has still to begin is written,
/// but for what takes long.
pub struct Keeper {
    runs: Option<Queue<Box<Job>>>,
    news: Receiver<News>,
    thread: Option<Aside<()>>,
    kept_at: Instant,
    desk: Arc<Desk>,
}

/// What all of its threads share.
struct Desk {
    news: Sender<News>,
    told: Box<dyn Fn() + Send + Sync>,
    language: Mutex<Language>,
    /// What a path is to be written as, where its name alone does not say it.
    wanted: Mutex<HashMap<PathBuf, &'static Kind>>,
    /// What is known of the images of the last run: to find it takes long where they are many.
    known: Mutex<Option<(Arc<ImageSet>, ImageFacts)>>,
    /// What takes long, and its threads.
    works: Mutex<Vec<(Arc<Work>, Aside<()>)>>,
}

/// A run to be written.
struct Job {
    saved: Saved,
    coming: Vec<KnobMark>,
    path: PathBuf,
    kind: &'static Kind,
    /// Where a picture of it goes.
    picture: Option<PathBuf>,
    /// What a report speaks.
    language: Language,
}

/// What came of one.
#[derive(Debug)]
pub struct News {
    /// The file.
    pub path: PathBuf,
    /// Whether nobody asked for it.
    pub in_passing: bool,
    /// Meta-iterations that its run has done; `None` of what is no moment of a run.
    pub meta_iteration: Option<u64>,
    /// Whether it is there.
    pub written: Result<(), RunFileError>,
}

impl Keeper {
    /// With nothing to do yet; `told` is called whenever there is news.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub fn start(told: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        let (sender, news) = channel();
        let desk = Arc::new(Desk {
            news: sender,
            told: Box::new(told),
            language: Mutex::default(),
            wanted: Mutex::default(),
            known: Mutex::default(),
            works: Mutex::default(),
        });
        let own = Arc::clone(&desk);
        let (runs, thread) = aside::queue("keeper", move |job: Box<Job>| {
            let work = Work::new(job.path.clone());
            own.finish(*job, &work);
        })?;
        Ok(Self { runs: Some(runs), news, thread: Some(thread), kept_at: Instant::now(), desk })
    }

    /// What reports of a window's runs are to speak.
    pub fn speak(&self, language: Language) {
        *lock(&self.desk.language) = language;
    }

    /// The next run that is asked for at this path is to be written as such a file.
    pub fn expect(&self, path: PathBuf, kind: &'static Kind) {
        lock(&self.desk.wanted).insert(path, kind);
    }

    /// Whether it is time to keep a run that nobody asks to keep.
    pub fn is_due(&self) -> bool {
        self.kept_at.elapsed() >= keep_every()
    }

    /// Has a run written with the knob changes that are still to come.
    pub fn keep(&mut self, saved: Saved, coming: Vec<KnobMark>, path: PathBuf) {
        self.kept_at = Instant::now();
        let (kind, language) = (kinds::of(&path), Language::English);
        let job = Box::new(Job { saved, coming, path, kind, picture: None, language });
        if let Some(runs) = &self.runs {
            runs.send(job);
        }
    }

    /// Has something else written, on a thread of its own.
    pub fn write(
        &self,
        path: PathBuf,
        meta_iteration: Option<u64>,
        make: impl FnOnce(&Work) -> Result<Vec<u8>, RunFileError> + Send + 'static,
    ) {
        self.desk.begin(path, meta_iteration, make);
    }

    /// What takes long and is not done yet.
    pub fn works(&self) -> Vec<Arc<Work>> {
        let works = lock(&self.desk.works);
        works.iter().filter(|(_, thread)| !thread.is_finished()).map(|(work, _)| Arc::clone(work)).collect()
    }

    /// What hands it the runs of a window: those that nobody asked for are of its session, if it has one.
    pub fn sink(&self, session: Option<&Session>) -> KeepSink {
        let (runs, session) = (self.runs.clone(), session.map(|session| [session.run(), session.picture()]));
        let desk = Arc::clone(&self.desk);
        Box::new(move |saved, coming, path| {
            let language = *lock(&desk.language);
            let (path, picture) = match (path, &session) {
                (Some(path), _) => (path.to_owned(), None),
                (None, Some([run, picture])) => (run.clone(), Some(picture.clone())),
                (None, None) => return,
            };
            let wanted = lock(&desk.wanted).remove(&path);
            let kind = wanted.unwrap_or_else(|| kinds::of(&path));
            let job = Job { saved, coming: coming.to_vec(), path, kind, picture, language };
            if kind.long {
                let (path, at) = (job.path.clone(), Some(job.saved.meta_iteration()));
                let own = Arc::clone(&desk);
                return desk.begin(path, at, move |work| own.bytes(&job, work));
            }
            if let Some(runs) = &runs {
                runs.send(Box::new(job));
            }
        })
    }

    /// What came of the oldest file that nobody was told of.
    pub fn news(&self) -> Option<News> {
        self.news.try_recv().ok()
    }

    /// Waits until everything is written; all news since.
    pub fn finish(mut self) -> Vec<News> {
        self.join();
        self.news.try_iter().collect()
    }

    fn join(&mut self) {
        self.runs = None;
        let _ = self.thread.take().map(Aside::join);
        let works = std::mem::take(&mut *lock(&self.desk.works));
        works.iter().for_each(|(work, _)| work.cancel());
        works.into_iter().for_each(|(_, thread)| drop(thread.join()));
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.join();
    }
}

impl Desk {
    fn tell(&self, news: News) {
        if self.news.send(news).is_ok() {
            (self.told)();
        }
    }

    fn finish(&self, job: Job, work: &Work) {
        let written = self.bytes(&job, work).and_then(|bytes| Ok(write_whole(&job.path, &bytes)?));
        let (meta_iteration, in_passing) = (Some(job.saved.meta_iteration()), job.picture.is_some());
        self.tell(News { path: job.path, in_passing, meta_iteration, written });
    }

    fn bytes(&self, job: &Job, work: &Work) -> Result<Vec<u8>, RunFileError> {
        let Job { saved, coming, kind, picture, language, .. } = job;
        language.speak();
        if let Some(picture) = picture {
            write_picture(picture, &film_strip::first_row(saved.evaluation()))?;
        }
        let images = saved.images().map(|set| self.facts(set));
        (kind.bytes)(&Subject { saved, images, coming }, work)
    }

    fn facts(&self, set: &Arc<ImageSet>) -> ImageFacts {
        let mut known = lock(&self.known);
        match &*known {
            Some((of, facts)) if Arc::ptr_eq(of, set) => facts.clone(),
            _ => known.insert((Arc::clone(set), ImageFacts::of(set))).1.clone(),
        }
    }

    fn begin(
        self: &Arc<Self>,
        path: PathBuf,
        meta_iteration: Option<u64>,
        make: impl FnOnce(&Work) -> Result<Vec<u8>, RunFileError> + Send + 'static,
    ) {
        let work = Arc::new(Work::new(path.clone()));
        let (own, ours, language) = (Arc::clone(self), Arc::clone(&work), *lock(&self.language));
        let thread = aside::begin("long-file", move || {
            language.speak();
            let bytes = make(&ours).and_then(|bytes| ours.done(1, 1).map(|()| bytes));
            let written = bytes.and_then(|bytes| Ok(write_whole(ours.path(), &bytes)?));
            own.tell(News { path: ours.path().to_owned(), in_passing: false, meta_iteration, written });
        });
        let mut works = lock(&self.works);
        works.retain(|(_, thread)| !thread.is_finished());
        match thread {
            Ok(thread) => works.push((work, thread)),
            Err(source) => {
                let written = Err(FileError::write(&path, &source).into());
                self.tell(News { path, in_passing: false, meta_iteration, written });
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
