//! What is offered at the start: the run of the window that was closed last.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{ColorImage, Frame, Image, Margin, RichText, Stroke, TextureHandle, TextureOptions, Ui, vec2};
use web_time::SystemTime;

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::{GRID, Palette};
use crate::files;
use crate::keep::run_file::RunFile;
use crate::keep::sessions::Earlier;
use crate::lessons::lesson::Lesson;
use crate::lessons::progress::Progress;
use crate::text::{say, tell};

/// Height of the picture.
const PICTURE: f32 = 48.0;

/// What is offered.
pub enum Offered {
    /// The run of a window that was closed.
    Earlier(Earlier),
    /// One that was trained for whoever wants to see it at once.
    Ready(PathBuf),
}

/// A run that can be gone on with.
pub struct Offer {
    offered: Offered,
    /// What is known of it, without its tensors.
    meta_iteration: u64,
    tasks: crate::settings::TaskFamily,
    algorithm: crate::settings::Algorithm,
    /// The lesson that it was part of, and the step that was to be done, from 1.
    lesson: Option<(Arc<Lesson>, usize)>,
    pixels: Option<ColorImage>,
    picture: Option<TextureHandle>,
}

impl Offer {
    /// Of a run that was read.
    pub fn new(offered: Offered, file: &RunFile) -> Self {
        let run = &file.experiment.settings.run;
        let (pixels, lesson) = match &offered {
            Offered::Earlier(earlier) => (pixels(&earlier.picture()), Progress::kept_at(&earlier.lesson(), run)),
            Offered::Ready(_) => (None, None),
        };
        let lesson = lesson.map(|progress| {
            let lesson = Arc::clone(progress.lesson());
            let step = (progress.now() + 1).min(lesson.steps.len());
            (lesson, step)
        });
        Self {
            offered,
            meta_iteration: file.meta_iteration,
            tasks: run.tasks,
            algorithm: run.algorithm,
            lesson,
            pixels,
            picture: None,
        }
    }

    /// Draws it; whether it is still to be offered.
    pub fn ui(&mut self, ui: &mut Ui, commands: &mut Commands) -> bool {
        if let Some(pixels) = self.pixels.take() {
            self.picture = Some(ui.ctx().load_texture("offer", pixels, TextureOptions::LINEAR));
        }
        let palette = Palette::of(ui);
        let frame = Frame::new().fill(palette.panel).stroke(Stroke::new(1.0, palette.accent)).corner_radius(4);
        let mut stays = true;
        frame.inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            ui.horizontal(|ui| {
                if let Some(picture) = &self.picture {
                    let [width, height] = picture.size().map(|side| side as f32);
                    let size = vec2((PICTURE * width / height.max(1.0)).min(0.4 * ui.available_width()), PICTURE);
                    ui.add(Image::new(picture).fit_to_exact_size(size));
                    ui.add_space(2.0 * GRID);
                }
                ui.vertical(|ui| {
                    let heading = match &self.offered {
                        Offered::Earlier(_) => say("Go on where the last window was closed?", "从上次关闭窗口时继续？"),
                        Offered::Ready(_) => say("Trained for you: no need to wait", "已为你训练好，不必等待"),
                    };
                    ui.label(RichText::new(heading).strong());
                    let at = numbers::thousands(self.meta_iteration);
                    let (tasks, algorithm) = (self.tasks.label(), self.algorithm.label());
                    let kept = match &self.offered {
                        Offered::Earlier(earlier) => {
                            let ago = ago(earlier.kept_at);
                            tell(|| format!(", kept {ago}"), || format!("，保存于{ago}"))
                        }
                        Offered::Ready(_) => String::new(),
                    };
                    let text = tell(
                        || format!("{tasks}, {algorithm}, meta-iteration {at}{kept}"),
                        || format!("{tasks}，{algorithm}，第 {at} 次元迭代{kept}"),
                    );
                    let text = match &self.lesson {
                        Some((lesson, step)) => {
                            let (title, steps) = (lesson.title.get(), lesson.steps.len());
                            tell(
                                || format!("Lesson “{title}”, step {step} of {steps}: {text}"),
                                || format!("课程“{title}”，第 {step} 步，共 {steps} 步：{text}"),
                            )
                        }
                        None => text,
                    };
                    ui.label(RichText::new(text).color(palette.weak));
                    ui.horizontal(|ui| {
                        let (path, later) = match &self.offered {
                            Offered::Earlier(earlier) => (earlier.run(), say("It stays in the menu", "它仍在菜单中")),
                            Offered::Ready(path) => (path.clone(), say("The present run goes on", "现在的运行继续")),
                        };
                        let command = UiCommand::OpenRun(path);
                        let about = match self.lesson {
                            Some(_) => say(
                                "Takes up the lesson at that step, with its run; the present run can be brought back",
                                "从那一步继续课程和它的运行；现在这次之后可以找回",
                            ),
                            None => say(
                                "Opens that run, exactly as it was; the present one can be brought back",
                                "原样打开那次运行；现在这次之后可以找回",
                            ),
                        };
                        if ui.button(say("Go on", "继续")).on_hover_text(about).clicked() {
                            commands.push(command);
                            stays = false;
                        }
                        if ui.button(say("Not now", "暂不")).on_hover_text(later).clicked() {
                            stays = false;
                        }
                    });
                });
            });
        });
        stays
    }
}

fn pixels(path: &Path) -> Option<ColorImage> {
    let image = image::load_from_memory(&files::read(path).ok()?).ok()?.to_rgb8();
    let size = [image.width() as usize, image.height() as usize];
    (size[0] * size[1] > 0).then(|| ColorImage::from_rgb(size, image.as_raw()))
}

/// How long ago that was.
pub fn ago(then: SystemTime) -> String {
    let minutes = then.elapsed().unwrap_or_default().as_secs() / 60;
    let count = |number: u64, one: &str, many: &str, chinese: &str| {
        tell(
            || if number == 1 { format!("1 {one} ago") } else { format!("{number} {many} ago") },
            || format!("{number} {chinese}前"),
        )
    };
    match minutes {
        0 => say("just now", "刚才").to_owned(),
        1..60 => count(minutes, "minute", "minutes", "分钟"),
        60..1440 => count(minutes / 60, "hour", "hours", "小时"),
        _ => count(minutes / 1440, "day", "days", "天"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_in_words() {
        let of = |secs| ago(SystemTime::now() - Duration::from_secs(secs));
        assert_eq!([of(5), of(61), of(7200), of(90_000)], ["just now", "1 minute ago", "2 hours ago", "1 day ago"]);
    }
}
