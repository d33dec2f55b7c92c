//! How runs begin: with which settings, and with which images, which may have to be made first.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Context;

use super::App;
use super::past::Moment;
use crate::images::{ImageSet, Making};
use crate::keep::run_file::RunFile;
use crate::settings::{Algorithm, ImageKey, ImageMaking, ImageReading, ImageSource, RunSettings, Settings, TaskFamily};
use crate::tasks;
use crate::text::{Words, say, tell};
use crate::train::link::Command;
use crate::train::session::MOST_LEFT;
use crate::train::snapshot::{KnobMark, Phase, Snapshot};
use crate::train::trainer::Checkpoint;
use crate::window::notices::Kind;
use crate::window::numbers;
use crate::window::pacing;
use crate::window::watching::Observer as _;

/// A run that begins as soon as its images are made.
pub(super) struct Waiting {
    making: Making,
    from: From,
}

/// What a run begins with.
#[derive(Clone, Default)]
pub(super) enum From {
    /// The settings alone.
    #[default]
    Settings,
    /// What a line of text says: these knobs will be turned.
    Text(Vec<KnobMark>),
    /// What another run has learned.
    Checkpoint(Arc<Checkpoint>),
    /// All that a file holds, and where it is.
    File(Arc<RunFile>, PathBuf),
    /// The φ that a file holds.
    Phi(Arc<RunFile>),
    /// The settings alone; it waits there.
    Lesson,
    /// What the present run has learned.
    Itself,
}

impl App {
    /// A preset keeps the seed. The user's own images go along where they suit it; of built-in ones a family has those
    /// that it had last, or keeps the present ones where they are of its kind, or brings its own.
    pub(super) fn choose_preset(&mut self, ctx: &Context, preset: Settings) {
        let old = std::mem::replace(&mut self.settings, preset);
        self.settings.run.seed = old.run.seed;
        self.settings.run.set_image_reading(old.run.image_reading());
        let (tasks, before) = (self.settings.run.tasks, old.run.tasks);
        let kept = (old.run.images, old.run.procedural);
        let present = self.image_set.as_ref().filter(|((source, _), _)| *source == kept.0).map(|(_, set)| set);
        let own = matches!(kept.0, ImageSource::Path(_));
        let leaves = own && tasks != before && tasks.needs_images();
        let unsuited = present.filter(|set| leaves && !tasks::suits(tasks, set, old.run.seed)).cloned();
        let own = own && unsuited.is_none() || !tasks.needs_images();
        let of_its_kind = before.needs_images() && tasks.needs_classes() == before.needs_classes();
        let last = self.sets.get(&tasks).cloned().filter(|(source, _)| unsuited.is_none() || *source != kept.0);
        let images = match last {
            _ if own || tasks == before => Some(kept),
            None if of_its_kind && unsuited.is_none() => Some(kept),
            last => last,
        };
        if let Some(set) = unsuited {
            let (set, tasks) = (set.title(), tasks.label());
            let text = tell(
                || format!("“{set}” has too few classes for {tasks}: it begins with other images"),
                || format!("“{set}”的类别太少，不能用于{tasks}：换用其他图像开始"),
            );
            self.notices.add(Kind::Done, text);
        }
        if let Some((images, procedural)) = images {
            (self.settings.run.images, self.settings.run.procedural) = (images, procedural);
        }
        self.watching.get_mut().obeyed(format_args!(
            "restart {} {}",
            self.settings.run.tasks.id(),
            self.settings.run.algorithm.id()
        ));
        self.restart(ctx);
    }

    pub(super) fn use_images(&mut self, ctx: &Context, path: PathBuf, reading: ImageReading, set: Arc<ImageSet>) {
        let (count, name) = (numbers::thousands(set.images.len()), &set.name);
        let text = tell(|| format!("{count} images of {name} in use"), || format!("正在使用 {name} 的 {count} 张图像"));
        self.notices.add(Kind::Done, text);
        self.watching.get_mut().obeyed(format_args!("images={} skipped={}", set.images.len(), set.skipped.len()));
        if !self.settings.run.tasks.needs_images() {
            let RunSettings { seed, algorithm, procedural, .. } = self.settings.run;
            self.settings = Settings::preset(TaskFamily::default(), algorithm);
            (self.settings.run.seed, self.settings.run.procedural) = (seed, procedural);
        }
        self.settings.run.set_image_reading(reading);
        self.settings.run.images = ImageSource::Path(path);
        // With a seed that was changed meanwhile they are read again.
        let source = self.settings.run.images.clone();
        // A run that waited for these images, and for no others.
        let waits = self.waits_for_files.take().filter(|(path, _)| ImageSource::Path(path.clone()) == source);
        self.image_set = Some(((source, ImageMaking::Read(reading)), set));
        self.begin(ctx, waits.map(|(_, from)| from).unwrap_or_default());
    }

    pub(super) fn restart_with(&mut self, ctx: &Context, run: RunSettings) {
        self.watching.get_mut().obeyed(format_args!("restart seed={}", run.seed));
        self.settings.run = run;
        self.restart(ctx);
    }

    pub(super) fn continue_from(
        &mut self,
        ctx: &Context,
        settings: Settings,
        images: Option<Arc<ImageSet>>,
        checkpoint: Arc<Checkpoint>,
    ) {
        self.watching.get_mut().obeyed(format_args!(
            "continue inner_rate={} outer_rate={}",
            settings.live.inner_rate, settings.live.outer_rate
        ));
        self.settings = settings;
        if let Some(images) = images {
            self.image_set = Some((self.settings.run.image_key(), images));
        }
        self.notices.add(Kind::Done, say("Going on from the chosen run", "从选定的运行继续"));
        self.begin(ctx, From::Checkpoint(checkpoint));
    }

    /// Begins again with the settings as they are; makes built-in images if they are needed.
    pub(super) fn restart(&mut self, ctx: &Context) {
        self.begin(ctx, From::Settings);
    }

    pub(super) fn begin(&mut self, ctx: &Context, from: From) {
        (self.waiting, self.waits_for_files) = (None, None);
        if let Err(error) = self.settings.validate() {
            self.notices.add(Kind::Error, Words::told(|| error.to_string()));
            return;
        }
        self.awaited = false;
        let key = self.settings.run.image_key();
        let known = self.image_set.as_ref().filter(|(known, _)| *known == key).map(|(_, set)| Arc::clone(set));
        match (self.settings.run.tasks.needs_images(), known, &key.0) {
            (false, ..) => self.begin_with(None, from),
            (true, Some(set), _) => self.begin_with(Some(set), from),
            // The run begins when they have been read, or made; the old one goes on until then.
            (true, None, ImageSource::Path(path)) => {
                self.waits_for_files = Some((path.clone(), from));
                self.images.load_for_run(ctx, path.clone(), &self.settings.run);
            }
            (true, None, _) => {
                self.waiting = Some(Waiting { making: Making::start(&self.settings.run, pacing::waker(ctx)), from });
            }
        }
    }

    fn begin_with(&mut self, set: Option<Arc<ImageSet>>, from: From) {
        if let From::File(file, _) = &from
            && let Err(error) = file.check_images(set.as_deref())
        {
            self.keep_old_run();
            return self.notices.add(Kind::Error, Words::told(|| error.to_string()));
        }
        self.intent = None;
        self.moment = Moment::default();
        // A rate that was made to fit other tasks is chosen anew.
        let fitted = self.snapshot.as_ref().and_then(|snapshot| snapshot.fitted);
        if matches!(from, From::Settings) && fitted == Some(self.settings.live.inner_rate) {
            let Settings { live, run } = &mut self.settings;
            live.inner_rate = Settings::preset(run.tasks, run.algorithm).live.inner_rate;
        }
        if let Some(set) = &set {
            self.uses_images(self.settings.run.image_key(), Arc::clone(set));
        }
        self.awaited = false;
        self.coming.clear();
        self.remember_set();
        let own = self.settings.run.algorithm;
        let alone = matches!(from, From::Checkpoint(_) | From::File(..) | From::Phi(_) | From::Itself);
        self.beside = self.beside.filter(|(algorithm, _)| *algorithm != own && !alone);
        let settings = Arc::new(self.settings.clone());
        self.send(match (&from, self.beside) {
            (From::Checkpoint(from), _) => Command::Continue(settings, set, Arc::clone(from)),
            (From::File(file, _), _) => Command::Open(Arc::new(file.reopened()), set),
            (From::Phi(file), _) => Command::StartFrom(settings, set, Arc::new(file.reopened())),
            (From::Itself, _) => Command::Carry(settings, set),
            (_, Some((algorithm, keeps_rates))) => {
                let second = Arc::new(self.settings.by(algorithm, keeps_rates));
                Command::Pair([settings, second], set)
            }
            (_, None) => Command::Restart(settings, set),
        });
        self.keeping.is_another_run();
        match from {
            From::File(file, path) => {
                (self.awaited, self.intent) = (true, Some(Phase::Paused));
                self.keeping.is_of(path);
                self.schedule(file.coming.clone());
            }
            From::Text(coming) => self.schedule(coming),
            From::Lesson | From::Itself => self.ask(Command::Pause, Phase::Paused),
            From::Settings | From::Checkpoint(_) | From::Phi(_) => {}
        }
        if let Some(past) = self.watching.get_mut().first_command() {
            self.send(past);
        }
    }

    pub(super) fn schedule(&mut self, coming: Vec<KnobMark>) {
        if !coming.is_empty() {
            self.send(Command::Schedule(coming.clone()));
            self.coming = coming;
        }
    }

    /// Takes up the run again that was left last.
    pub(super) fn bring_back(&mut self) {
        if !self.snapshot.as_ref().is_some_and(|snapshot| snapshot.can_bring_back) {
            let text = say("No run was ended yet", "还没有结束过任何运行");
            return self.notices.add(Kind::Error, text);
        }
        self.watching.get_mut().obeyed(format_args!("bring_back"));
        (self.waiting, self.intent) = (None, None);
        self.awaited = true;
        self.keeping.is_another_run();
        self.coming.clear();
        self.send(Command::BringBack);
    }

    /// The run that was asked for has come: all is as it was in it.
    pub(super) fn returns(&mut self, new: &Snapshot) {
        if self.awaited && self.link.is_answered_by(new) {
            (self.awaited, self.moment) = (false, Moment::default());
            self.take_over(new);
            self.remember_set();
        }
    }

    /// Settings and images are a run's from now on.
    fn take_over(&mut self, of: &Snapshot) {
        self.settings = Settings::clone(&of.settings);
        self.beside = beside_of(of);
        let key = self.settings.run.image_key();
        if let Some((_, set)) = self.images_in_use.iter().find(|(known, _)| *known == key).cloned() {
            self.uses_images(key.clone(), Arc::clone(&set));
            self.image_set = Some((key, set));
        }
    }

    /// Notes the images of the present run.
    fn uses_images(&mut self, key: ImageKey, set: Arc<ImageSet>) {
        self.images_in_use.retain(|(known, _)| *known != key);
        self.images_in_use.insert(0, (key, set));
        // One more, as a run that asks for some may not begin.
        self.images_in_use.truncate(2 + MOST_LEFT);
    }

    /// Notes which images this family had last.
    fn remember_set(&mut self) {
        let RunSettings { tasks, images, procedural, .. } = &self.settings.run;
        self.sets.insert(*tasks, (images.clone(), *procedural));
    }

    /// Begins the run that waited for its images, if they are there now.
    pub(super) fn take_made(&mut self) {
        let Some(result) = self.waiting.as_ref().and_then(|waiting| waiting.making.poll()) else { return };
        let Some(Waiting { making, from }) = self.waiting.take() else { return };
        match result {
            Ok(set) => {
                self.image_set = Some((making.key().clone(), Arc::clone(&set)));
                self.begin_with(Some(set), from);
            }
            Err(error) => {
                self.keep_old_run();
                self.notices.add(Kind::Error, Words::told(|| error.to_string()));
            }
        }
    }

    /// A run that could not begin leaves the old one in force; which that is, the next snapshot may say.
    pub(super) fn keep_old_run(&mut self) {
        self.waits_for_files = None;
        self.awaited = self.snapshot.as_ref().is_none_or(|snapshot| !self.link.is_answered_by(snapshot));
        if let Some(snapshot) = self.snapshot.clone() {
            self.take_over(&snapshot);
        }
    }
}

/// The algorithm of the run beside.
fn beside_of(snapshot: &Snapshot) -> Option<(Algorithm, bool)> {
    snapshot.beside.as_ref().map(|beside| (beside.settings.run.algorithm, false))
}
