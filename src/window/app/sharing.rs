//! Runs as lines of text: copied, pasted, opened.

use std::sync::Arc;

use egui::Context;

use super::App;
use super::begin::From;
use crate::keep::run_file::ImageFacts;
use crate::keep::share::{self, Share};
use crate::lessons;
use crate::settings::ImageSource;
use crate::text::{Words, tell};
use crate::window::notices;
use crate::window::watching::Observer as _;

impl App {
    pub(super) fn copy_text(&mut self, ctx: &Context) {
        let lesson = self.classroom.as_ref().map(|classroom| classroom.progress().lesson());
        let text = match lesson.filter(|lesson| lessons::named(&lesson.id).is_some()) {
            // A lesson begins anew, whatever was done to its run.
            Some(lesson) => {
                Share { lesson: Some(lesson.id.clone()), ..Share::of(lesson.settings().clone(), &[], None) }.to_text()
            }
            None => self.share().to_text(),
        };
        // On a page it is a link; the line stands behind its #.
        let text = match &self.address {
            Some(page) => share::address(page, self.language, &text),
            None => text,
        };
        let said = tell(|| format!("Copied: {text}"), || format!("已复制：{text}"));
        ctx.copy_text(text);
        self.notices.add(notices::Kind::Done, said);
    }

    pub(super) fn copy_command(&mut self, ctx: &Context) {
        let iterations = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.meta_iteration).max(1);
        let share = Share { beside: None, view: None, ..self.share() };
        let own = if share.own.is_some() { " --images PATH" } else { "" };
        let text = format!("metascope run \"{}\"{own} --iterations {iterations} --out results", share.to_text());
        let said = tell(|| format!("Copied: {text}"), || format!("已复制：{text}"));
        ctx.copy_text(text);
        self.notices.add(notices::Kind::Done, said);
    }

    /// What runs here, as a line of text says it.
    pub(super) fn share(&self) -> Share {
        let snapshot = self.snapshot.as_deref();
        let start = snapshot.and_then(|snapshot| snapshot.timeline.start.as_deref()).unwrap_or(&self.settings);
        let marks = snapshot.map(|snapshot| snapshot.marks.to_vec()).unwrap_or_default();
        let marks: Vec<_> = marks.into_iter().chain(self.coming.iter().copied()).collect();
        let own = matches!(start.run.images, ImageSource::Path(_));
        let key = start.run.image_key();
        let images = self.images_in_use.iter().find(|(known, _)| own && *known == key);
        let images = images.map(|(_, set)| ImageFacts::of(set));
        Share {
            beside: self.beside.map(|(algorithm, _)| algorithm),
            view: self.stage.view_id(self.settings.run.tasks),
            ..Share::of(start.clone(), &marks, images.as_ref())
        }
    }

    /// Begins what a line of text says.
    pub(super) fn open_text(&mut self, ctx: &Context, text: &str) {
        self.watching.get_mut().obeyed(format_args!("text"));
        let share = match Share::parse(text) {
            Ok(share) => share,
            Err(error) => return self.notices.add(notices::Kind::Error, Words::told(|| error.to_string())),
        };
        if let Some(id) = share.lesson {
            return match lessons::named(&id) {
                Some(lesson) => self.begin_lesson(ctx, Arc::clone(lesson)),
                None => {
                    let text = tell(|| format!("There is no lesson “{id}”"), || format!("没有名为“{id}”的课程"));
                    self.notices.add(notices::Kind::Error, text);
                }
            };
        }
        let mut settings = share.experiment.settings;
        if let Some(own) = share.own {
            let here = self.image_set.as_ref().filter(|((source, _), set)| {
                matches!(source, ImageSource::Path(_)) && format!("{:016x}", set.fingerprint()) == own.fingerprint
            });
            let Some(((source, _), _)) = here else {
                let name = own.name;
                let text = tell(
                    || format!("This run learns from images of its author: open “{name}” first, then the text again"),
                    || format!("这次运行用的是作者自己的图像：请先打开“{name}”，再打开这段文本"),
                );
                return self.notices.add(notices::Kind::Error, text);
            };
            settings.run.images = source.clone();
        }
        self.beside = share.beside.filter(|beside| *beside != settings.run.algorithm).map(|beside| (beside, false));
        self.settings = settings;
        self.begin(ctx, From::Text(share.experiment.changes));
        self.show_view(share.view.as_deref());
    }

    /// Shows the view of this id, or says that there is none.
    pub(super) fn show_view(&mut self, view: Option<&str>) {
        let Some(view) = view else { return };
        if !self.stage.show_id(self.settings.run.tasks, view) {
            let text = tell(
                || format!("There is no view “{view}” of such tasks"),
                || format!("这类任务没有名为“{view}”的视图"),
            );
            self.notices.add(notices::Kind::Error, text);
        }
    }
}
