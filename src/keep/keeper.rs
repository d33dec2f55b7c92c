//! Runs written beside the training, on a thread of their own.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use super::film_strip;
use super::kinds::{self, Subject};
use super::run_file::{ImageFacts, RunFileError};
use super::sessions::Session;
use crate::files::{write_picture, write_whole};
use crate::images::ImageSet;
use crate::text::Language;
use crate::train::session::{KeepSink, keep_every};
use crate::train::shown::KnobMark;
use crate::train::trainer::Saved;

/// Writes runs in the order in which they come. When it is dropped, what it has begun or has still to begin is written.
pub struct Keeper {
    runs: Option<Sender<Box<Job>>>,
    news: Receiver<News>,
    thread: Option<JoinHandle<()>>,
    kept_at: Instant,
    language: Arc<Mutex<Language>>,
}

/// A run to be written.
struct Job {
    saved: Saved,
    coming: Vec<KnobMark>,
    path: PathBuf,
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
    /// Meta-iterations that its run has done.
    pub meta_iteration: u64,
    /// Whether it is there.
    pub written: Result<(), RunFileError>,
}

impl Keeper {
    /// With nothing to do yet; `told` is called whenever there is news.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub fn start(told: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (runs, jobs) = channel::<Box<Job>>();
        let (sender, news) = channel();
        let work = move || {
            let mut known = None;
            for job in jobs {
                let written = write(&job, &mut known);
                let Job { saved, path, picture, .. } = *job;
                let (meta_iteration, in_passing) = (saved.meta_iteration(), picture.is_some());
                if sender.send(News { path, in_passing, meta_iteration, written }).is_ok() {
                    told();
                }
            }
        };
        let thread = std::thread::Builder::new().name("keeper".to_owned()).spawn(work)?;
        let language = Arc::default();
        Ok(Self { runs: Some(runs), news, thread: Some(thread), kept_at: Instant::now(), language })
    }

    /// What reports of a window's runs are to speak.
    pub fn speak(&self, language: Language) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// Whether it is time to keep a run that nobody asks to keep.
    pub fn is_due(&self) -> bool {
        self.kept_at.elapsed() >= keep_every()
    }

    /// Has a run written with the knob changes that are still to come.
    pub fn keep(&mut self, saved: Saved, coming: Vec<KnobMark>, path: PathBuf) {
        self.kept_at = Instant::now();
        // Without its thread there would be no keeper.
        let _ = self
            .runs
            .as_ref()
            .map(|runs| runs.send(Box::new(Job { saved, coming, path, picture: None, language: Language::English })));
    }

    /// What hands it the runs of a window: those that nobody asked for are of its session, if it has one.
    pub fn sink(&self, session: Option<&Session>) -> KeepSink {
        let (runs, session) = (self.runs.clone(), session.map(|session| [session.run(), session.picture()]));
        let language = Arc::clone(&self.language);
        Box::new(move |saved, path| {
            let [path, picture] = match (path, &session) {
                (Some(path), _) => [Some(path.to_owned()), None],
                (None, Some(session)) => session.clone().map(Some),
                (None, None) => return,
            };
            let Some(path) = path else { return };
            let language = *language.lock().unwrap_or_else(PoisonError::into_inner);
            let job = Box::new(Job { saved, coming: Vec::new(), path, picture, language });
            let _ = runs.as_ref().map(|runs| runs.send(job));
        })
    }

    /// What came of the oldest run that nobody was told of.
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
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.join();
    }
}

/// What is known of the images of the last run: to find it takes long where they are many.
type Known = Option<(Arc<ImageSet>, ImageFacts)>;

fn write(job: &Job, known: &mut Known) -> Result<(), RunFileError> {
    let Job { saved, coming, path, picture, language } = job;
    language.speak();
    if let Some(picture) = picture {
        write_picture(picture, &film_strip::first_row(saved.evaluation()))?;
    }
    let images = saved.images().map(|set| facts(set, known));
    let bytes = kinds::of(path).bytes(&Subject { saved, images, coming })?;
    Ok(write_whole(path, &bytes)?)
}

fn facts(set: &Arc<ImageSet>, known: &mut Known) -> ImageFacts {
    match known {
        Some((of, facts)) if Arc::ptr_eq(of, set) => facts.clone(),
        _ => known.insert((Arc::clone(set), ImageFacts::of(set))).1.clone(),
    }
}
