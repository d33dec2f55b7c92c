//! What commands do to a run.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::beside::Beside;
use super::{Left, MOST_LEFT, Session, Speed, TIMELINE_CAP};
use crate::images::ImageSet;
use crate::settings::Settings;
use crate::text::Words;
use crate::train::link::{Command, Event, Pace};
use crate::train::snapshot::Phase;
use crate::train::trainer::{Checkpoint, Reopened, RestoreError, Trainer};

/// The images that tasks are drawn from, where they are images.
type Images = Option<Arc<ImageSet>>;

/// What of another run a new one begins with.
enum From<'a> {
    Nothing,
    /// All that it has learned.
    Checkpoint(&'a Checkpoint),
    /// Its φ.
    Phi(&'a Reopened),
}

impl Left {
    /// What its kept states take.
    fn bytes(&self) -> usize {
        self.trainer.timeline_bytes() + self.beside.as_ref().map_or(0, Beside::timeline_bytes)
    }
}

impl Session {
    pub(super) fn obey(&mut self, command: Command) {
        if matches!(
            command,
            Command::Play | Command::PlayUntil(_) | Command::Pause | Command::Step | Command::SetPace(_)
        ) {
            // A look that was asked for before must not come after it.
            self.take_look();
        }
        match command {
            Command::Play | Command::PlayUntil(_) if self.phase == Phase::Paused => {
                self.return_to_head();
                self.stop_at = if let Command::PlayUntil(at) = command { Some(at) } else { None };
                self.phase = Phase::Running;
                self.speed = Speed::new();
            }
            Command::Pause if self.phase == Phase::Running => {
                self.phase = Phase::Paused;
                self.refresh();
            }
            Command::Step if self.phase != Phase::Diverged => {
                self.phase = Phase::Paused;
                self.take_live();
                self.return_to_head();
                self.go_on();
                self.refresh();
            }
            Command::GoBack if self.phase == Phase::Diverged => {
                self.phase = Phase::Paused;
                self.divergence = None;
                self.walk = None;
            }
            Command::BackToBest => {
                let _ = (self.end.take_look(), self.end.take_live());
                self.phase = Phase::Paused;
                self.divergence = None;
                self.walk = None;
                self.continued_at = None;
                if let Some(trainer) = &mut self.trainer {
                    trainer.back_to_best();
                    if let Some(beside) = &mut self.beside {
                        beside.go_back(trainer);
                    }
                }
                self.views.break_off();
                self.refresh();
            }
            Command::SetPace(pace) => {
                self.pace = pace;
                self.walk = None;
                if pace == Pace::Slow && self.phase != Phase::Diverged {
                    self.return_to_head();
                    self.walk_on();
                }
            }
            Command::ContinueHere(at) => {
                let _ = self.end.take_look();
                // A knob turned there just before comes along.
                if self.trainer.as_ref().and_then(Trainer::looking_at) == Some(at) {
                    self.take_live();
                }
                self.look_back(at);
                if let Some(trainer) = &mut self.trainer {
                    trainer.continue_here();
                }
                if let Some(beside) = &mut self.beside {
                    beside.continue_here(at);
                }
                self.views.break_off();
                self.continued_at = Some(at);
            }
            Command::Pretend(meta_iterations) => {
                if let Some(trainer) = &mut self.trainer {
                    trainer.pretend(meta_iterations);
                }
            }
            Command::BringBack => self.bring_back(),
            Command::Restart(settings, images) => self.restart(&settings, None, images, From::Nothing),
            Command::Pair([first, second], images) => self.restart(&first, Some(&second), images, From::Nothing),
            Command::Alone => self.beside = None,
            Command::Continue(settings, images, from) => {
                self.restart(&settings, None, images, From::Checkpoint(&from));
            }
            Command::Carry(settings, images) => match self.trainer.as_ref().map(Trainer::checkpoint) {
                Some(from) => self.restart(&settings, None, images, From::Checkpoint(&from)),
                None => self.restart(&settings, None, images, From::Nothing),
            },
            Command::StartFrom(settings, images, kept) => {
                self.restart(&settings, None, images, From::Phi(&kept));
            }
            Command::Open(kept, images) => self.open(&kept, images),
            Command::Keep(path) => self.keep_at(&path),
            Command::Schedule(coming) => self.coming = coming,
            Command::Play | Command::PlayUntil(_) => {}
            Command::Pause | Command::Step | Command::GoBack | Command::Quit => {}
        }
        self.changed = true;
        self.show(true);
    }

    fn restart(&mut self, settings: &Settings, beside: Option<&Settings>, images: Images, from: From<'_>) {
        self.end.broke_off();
        self.forget_asked();
        match self.prepared(settings, beside, images, from) {
            Err(error) => self.end.report(Event::Failed(Words::told(|| error.to_string()))),
            Ok(run) => {
                if let Some(metrics) = &mut self.metrics {
                    metrics(&run.trainer.first_row());
                }
                self.take_up(run);
            }
        }
    }

    fn prepared(
        &self,
        settings: &Settings,
        beside: Option<&Settings>,
        images: Images,
        from: From<'_>,
    ) -> Result<Left, RestoreError> {
        let mut trainer = match from {
            From::Nothing => Trainer::new(settings.clone(), images.clone(), self.threads)?,
            From::Checkpoint(from) => Trainer::resume(settings.clone(), images.clone(), self.threads, from)?,
            From::Phi(kept) => Trainer::from_phi(settings.clone(), images.clone(), self.threads, kept)?,
        };
        trainer.set_timeline_cap(TIMELINE_CAP);
        let beside = beside.map(|settings| Beside::new(settings.clone(), images, &trainer)).transpose()?;
        Ok(Left { trainer, beside, phase: Phase::Running, divergence: None })
    }

    fn open(&mut self, kept: &Reopened, images: Images) {
        self.end.broke_off();
        self.forget_asked();
        match Trainer::restored(kept, images, self.threads) {
            Err(error) => self.end.report(Event::Failed(Words::told(|| error.to_string()))),
            Ok(mut trainer) => {
                trainer.set_timeline_cap(TIMELINE_CAP);
                self.take_up(Left { trainer, beside: None, phase: Phase::Paused, divergence: None });
                self.refresh();
            }
        }
    }

    /// Goes on with the run that was left last; this one comes last in turn.
    fn bring_back(&mut self) {
        self.end.broke_off();
        self.forget_asked();
        if let Some(run) = self.left.pop_back()
            && let Some(left) = self.replace(run)
        {
            self.left.push_front(left);
        }
    }

    /// Knobs turned and moments looked at before belong to the run before.
    fn forget_asked(&mut self) {
        let _ = self.end.take_live();
        let _ = self.end.take_look();
    }

    /// Another run takes the place of the present one, which is kept.
    fn take_up(&mut self, run: Left) {
        let left = self.replace(run);
        self.left.extend(left);
        let bytes = |left: &VecDeque<Left>| left.iter().map(Left::bytes).sum::<usize>();
        while self.left.len() > MOST_LEFT || self.left.len() > 1 && bytes(&self.left) > TIMELINE_CAP {
            self.left.pop_front();
        }
    }

    /// Another run takes the place of the present one, which is given back.
    fn replace(&mut self, run: Left) -> Option<Left> {
        let Left { mut trainer, mut beside, phase, divergence } = run;
        trainer.set_sketch(self.sketch.clone());
        if let Some(beside) = &mut beside {
            beside.set_sketch(self.sketch.clone());
            beside.set_focus(self.views.focus());
            beside.forget();
        }
        let (before, divergence) = (self.phase, std::mem::replace(&mut self.divergence, divergence));
        let beside = std::mem::replace(&mut self.beside, beside);
        let left = self.trainer.replace(trainer);
        self.run += 1;
        self.stop_at = None;
        self.coming.clear();
        self.phase = phase;
        self.enlarged = None;
        self.enlarged_stale = None;
        self.continued_at = None;
        self.views.forget();
        self.walk = None;
        self.enlarged_cost = Duration::ZERO;
        self.speed = Speed::new();
        left.map(|trainer| Left { trainer, beside, phase: before, divergence })
    }
}
