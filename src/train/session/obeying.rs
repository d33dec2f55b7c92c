//! What commands do to a run.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Left, Session, Speed, TIMELINE_CAP};
use crate::images::ImageSet;
use crate::settings::Settings;
use crate::text::Words;
use crate::train::link::{Command, Event, Pace};
use crate::train::snapshot::Phase;
use crate::train::trainer::{Checkpoint, Trainer};

impl Session {
    pub(super) fn obey(&mut self, command: Command) {
        if matches!(command, Command::Play | Command::Pause | Command::Step | Command::SetPace(_)) {
            // A look that was asked for before must not come after it.
            self.take_look();
        }
        match command {
            Command::Play if self.phase == Phase::Paused => {
                self.return_to_head();
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
                self.views.break_off();
                self.continued_at = Some(at);
            }
            Command::Pretend(meta_iterations) => {
                if let Some(trainer) = &mut self.trainer {
                    trainer.pretend(meta_iterations);
                }
            }
            Command::BringBack => self.bring_back(),
            Command::Restart(settings, images) => self.restart(&settings, images, None),
            Command::Continue(settings, images, from) => self.restart(&settings, images, Some(&from)),
            Command::Play | Command::Pause | Command::Step | Command::GoBack | Command::Quit => {}
        }
        self.changed = true;
        self.show(true);
    }

    fn restart(&mut self, settings: &Settings, images: Option<Arc<ImageSet>>, from: Option<&Checkpoint>) {
        self.end.interrupt.store(false, Ordering::Release);
        self.forget_asked();
        let trainer = match from {
            Some(from) => Trainer::resume(settings.clone(), images, self.threads, from),
            None => Trainer::new(settings.clone(), images, self.threads),
        };
        match trainer {
            Err(error) => self.end.report(Event::Failed(Words::told(|| error.to_string()))),
            Ok(mut trainer) => {
                trainer.set_sketch(self.sketch.clone());
                trainer.set_timeline_cap(TIMELINE_CAP);
                if let Some(metrics) = &mut self.metrics {
                    metrics(&trainer.first_row());
                }
                self.take_up(Left { trainer, phase: Phase::Running, divergence: None });
            }
        }
    }

    /// Goes on with the run that the last restart ended; this one is kept in its place.
    fn bring_back(&mut self) {
        self.end.interrupt.store(false, Ordering::Release);
        self.forget_asked();
        if let Some(mut left) = self.left.take() {
            left.trainer.set_sketch(self.sketch.clone());
            self.take_up(left);
        }
    }

    /// Knobs turned and moments looked at before belong to the run before.
    fn forget_asked(&mut self) {
        let _ = self.end.take_live();
        let _ = self.end.take_look();
    }

    /// Another run takes the place of the present one, which is kept.
    fn take_up(&mut self, run: Left) {
        let Left { trainer, phase, divergence } = run;
        let now = (self.phase, self.divergence.take());
        self.left = self.trainer.replace(trainer).map(|trainer| Left { trainer, phase: now.0, divergence: now.1 });
        self.run += 1;
        self.phase = phase;
        self.divergence = divergence;
        self.enlarged = None;
        self.enlarged_stale = None;
        self.continued_at = None;
        self.views.forget();
        self.walk = None;
        self.enlarged_cost = Duration::ZERO;
        self.speed = Speed::new();
    }
}
