//! "Lesson from this…": where a teacher makes a lesson of what is on the screen.

mod conditions;
mod steps;

use std::io::Error;
use std::path::Path;
use std::sync::Arc;

use egui::{Align, Button, Context, DragValue, Label, Layout, RichText, ScrollArea, TextEdit, Ui, Window};

use crate::aside::{self, Coming};
use crate::lessons::check::{Checking, Flaw, SEEDS, check};
use crate::lessons::draft::{Draft, step};
use crate::lessons::lesson::{Kind, Lesson};
use crate::lessons::said::Said;
use crate::settings::Knob;
use crate::text::{Language, Text, Words, say, tell, text};
use crate::train::snapshot::Snapshot;
use crate::window::commands::{Ask, Commands};
use crate::window::fonts;
use crate::window::theme::{GRID, Palette};

/// Its width.
const WIDTH: f32 = 105.0 * GRID;

/// A lesson while it is written.
pub struct Desk {
    draft: Draft,
    is_open: bool,
    /// The step that is written, counted from 1; 0 is the lesson as a whole.
    page: usize,
    checking: Option<Coming<Vec<Flaw>>>,
    /// What the last check found.
    found: Option<Vec<Flaw>>,
    /// Why there is no lesson yet.
    problem: Option<String>,
    /// The draft of which that is said.
    judged: Option<Draft>,
}

/// What each kind of step adds.
const KINDS: [(Kind, Text); 4] = [
    (
        Kind::Predict,
        text("Adds a question that is answered before the run goes on", "添加一个在运行继续之前回答的问题"),
    ),
    (Kind::Do, text("Adds something to be brought about", "添加一件要做到的事")),
    (Kind::Observe, text("Adds a question about what is on the screen", "添加一个关于屏幕上所见的问题")),
    (Kind::Write, text("Adds a question that is answered in words", "添加一个用文字回答的问题")),
];

impl Desk {
    /// Open, with what is on the screen.
    pub fn new(draft: Draft) -> Self {
        Self { draft, is_open: true, page: 0, checking: None, found: None, problem: None, judged: None }
    }

    /// Shows the draft again, as it was.
    pub fn open(&mut self) {
        self.is_open = true;
    }

    /// The lesson as it is written, and its file's text.
    pub fn lesson(&mut self) -> Option<(Lesson, String)> {
        self.judged = Some(self.draft.clone());
        let path = format!("{}.toml", self.draft.id);
        let lesson = self.draft.flaw().map_or(Ok(()), Err).and_then(|()| {
            let text = self.draft.to_text().map_err(|error| error.to_string())?;
            Ok((self.draft.lesson(Path::new(&path)).map_err(|error| error.to_string())?, text))
        });
        match lesson {
            Ok(found) => {
                self.problem = None;
                Some(found)
            }
            Err(problem) => {
                self.problem = Some(problem);
                None
            }
        }
    }

    /// Its name in files.
    pub fn id(&self) -> &str {
        &self.draft.id
    }

    /// Has it checked beside the run.
    pub fn check(&mut self, ctx: &Context) {
        let Some((lesson, _)) = self.lesson().filter(|_| aside::THREADS) else { return };
        let (ctx, language) = (ctx.clone(), Language::spoken());
        let work = move || {
            language.speak();
            let how = Checking { seeds: &SEEDS, threads: 1, both: false, glyphs: &fonts::letters() };
            check(&Arc::new(lesson), &how)
        };
        let checking = Coming::begin("lesson-check", work, move || ctx.request_repaint());
        (self.found, self.checking) = (None, Some(checking));
    }

    /// Draws it, if it is open.
    pub fn ui(&mut self, ctx: &Context, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        if let Some(result) = self.checking.as_ref().and_then(Coming::poll) {
            self.checking = None;
            match result {
                Ok(found) => self.found = Some(found),
                Err(lost) => self.problem = Some(Words::of_error(&Error::from(lost)).to_string()),
            }
        }
        if !self.is_open {
            return;
        }
        let room = ctx.content_rect();
        let place = egui::pos2(room.right() - WIDTH - 6.0 * GRID, room.top() + 14.0 * GRID);
        let window = Window::new("desk").id(egui::Id::unique("lesson-desk")).title_bar(false);
        window.default_pos(place).default_width(WIDTH).show(ctx, |ui| {
            ui.horizontal(|ui| {
                ui.heading(say("Lesson from this", "由此制作课程"));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let about = say(
                        "Closes the desk; the draft stays until the program ends",
                        "关闭；草稿会保留到程序结束",
                    );
                    self.is_open = !ui.button(say("Close", "关闭")).on_hover_text(about).clicked();
                    let about = say(
                        "Begins another draft with the tasks, the knobs and the view that are on the screen now; what is not saved of this one is lost",
                        "用现在屏幕上的任务、旋钮和视图另写一份草稿；这一份没有保存的内容会丢失",
                    );
                    if ui.button(say("New", "新建")).on_hover_text(about).clicked() {
                        commands.push(Ask::NewDraft.into());
                    }
                });
            });
            self.pages(ui);
            ui.separator();
            let height = (room.height() - 70.0 * GRID).max(40.0 * GRID);
            ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
                ui.set_width(ui.available_width() - 3.0 * GRID);
                match self.page {
                    0 => self.whole(ui),
                    page => self.step(ui, page - 1, snapshot),
                }
            });
            ui.separator();
            // What is said of a draft is not said of what it has become.
            if self.judged.as_ref().is_some_and(|judged| *judged != self.draft) {
                (self.found, self.problem) = (None, None);
            }
            self.outcome(ui);
            self.ways(ui, commands);
        });
    }

    fn pages(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            let about = say("Title, goal, and which knobs are shown", "标题、目标，以及显示哪些旋钮");
            ui.selectable_value(&mut self.page, 0, say("Lesson", "课程")).on_hover_text(about);
            for (index, step) in self.draft.steps.iter().enumerate() {
                let name = step.kind.name();
                let label = format!("{}. {name}", index + 1);
                ui.selectable_value(&mut self.page, index + 1, label).on_hover_text(say("This step", "这一步"));
            }
            ui.separator();
            for (kind, about) in KINDS {
                let name = kind.name();
                if ui.add(Button::new(format!("+ {name}")).small()).on_hover_text(about.get()).clicked() {
                    self.draft.steps.push(step(kind));
                    self.page = self.draft.steps.len();
                }
            }
        });
    }

    fn whole(&mut self, ui: &mut Ui) {
        let draft = &mut self.draft;
        line(
            ui,
            say("Name of the file", "文件名"),
            say("Letters, digits and hyphens", "字母、数字和连字符"),
            &mut draft.id,
        );
        said(ui, say("Title", "标题"), say("What it is called", "课程名称"), &mut draft.title, 1);
        said(
            ui,
            say("Goal", "目标"),
            say("What one can do or say after it", "学完后能做什么或说什么"),
            &mut draft.goal,
            2,
        );
        ui.horizontal(|ui| {
            ui.label(say("Minutes", "分钟"));
            ui.add(DragValue::new(&mut draft.minutes).range(1..=90))
                .on_hover_text(say("About how long it takes", "大约多长"));
        });
        let about = say("Only these are shown; the pupil can always show all", "只显示这些；学生随时可以显示全部");
        ui.label(say("Knobs that are shown", "显示的旋钮")).on_hover_text(about);
        ui.horizontal_wrapped(|ui| {
            for knob in Knob::ALL.into_iter().filter(|knob| knob.why_dead(&draft.settings.run).is_none()) {
                let mut shown = draft.window.knobs.contains(&knob);
                if ui.checkbox(&mut shown, knob.label.get()).on_hover_text(knob.about.get()).changed() {
                    match shown {
                        true => draft.window.knobs.push(knob),
                        false => draft.window.knobs.retain(|other| *other != knob),
                    }
                }
            }
        });
    }

    fn outcome(&self, ui: &mut Ui) {
        let palette = Palette::of(ui);
        let mut bad = |text: &str| {
            ui.add(Label::new(RichText::new(text).color(palette.as_text(palette.danger))).wrap());
        };
        self.problem.iter().for_each(|problem| bad(problem));
        for flaw in self.found.iter().flatten() {
            bad(&flaw.to_string());
        }
        if self.found.as_ref().is_some_and(Vec::is_empty) {
            let text = say("The lesson holds, on seeds 0, 1 and 2.", "课程成立（种子 0、1、2）。");
            ui.label(RichText::new(text).color(palette.as_text(palette.adapted)));
        }
        if self.checking.is_some() {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(say("Going through it on three seeds…", "正在用三个种子走一遍……"));
            });
        }
    }

    fn ways(&mut self, ui: &mut Ui, commands: &mut Commands) {
        ui.horizontal(|ui| {
            let about = say(
                "Goes through the lesson without a window: not done at the start, nor by waiting, done by its solution, exactly one answer true",
                "不开窗口走一遍课程：开始时未完成、等待不会完成、按解答能完成、恰有一个答案为真",
            );
            let why = if aside::THREADS { say("It is being checked", "正在检查") } else { aside::REFUSAL.get() };
            let free = aside::THREADS && self.checking.is_none();
            let button = ui.add_enabled(free, Button::new(say("Check", "检查")));
            if button.on_hover_text(about).on_disabled_hover_text(why).clicked() {
                self.check(ui.ctx());
            }
            let about = say("Writes the lesson to a file, and checks it", "把课程写入文件，并检查");
            if ui.button(say("Save lesson…", "保存课程……")).on_hover_text(about).clicked() {
                commands.push(Ask::SaveDraft.into());
            }
            let about = say("Begins the lesson as it is now", "开始现在写成的课程");
            if ui.button(say("Try it", "试一试")).on_hover_text(about).clicked()
                && let Some((lesson, _)) = self.lesson()
            {
                commands.push(Ask::Begin(Arc::new(lesson)).into());
            }
        });
    }
}

/// A line of text with its label.
fn line(ui: &mut Ui, label: &str, about: &str, text: &mut String) {
    ui.label(label).on_hover_text(about);
    ui.add(TextEdit::singleline(text).desired_width(f32::INFINITY)).on_hover_text(about).accessible_name(label);
}

/// A text in the language that is spoken, with its label.
fn said(ui: &mut Ui, label: &str, about: &str, said: &mut Said, rows: usize) {
    let mut text = said.written();
    ui.label(label).on_hover_text(about);
    let field = TextEdit::multiline(&mut text).desired_rows(rows).desired_width(f32::INFINITY);
    if ui.add(field).on_hover_text(about).accessible_name(label).changed() {
        said.write(text);
    }
}

/// A number of meta-iterations with what is said before and behind it.
fn count(ui: &mut Ui, [before, behind]: [&str; 2], about: &str, value: &mut u64) {
    ui.horizontal(|ui| {
        ui.label(before).on_hover_text(about);
        let suffix = tell(|| " meta-iterations".to_owned(), || " 次元迭代".to_owned());
        ui.add(DragValue::new(value).range(0..=100_000).speed(10).suffix(suffix)).on_hover_text(about);
        if !behind.is_empty() {
            ui.label(behind).on_hover_text(about);
        }
    });
}
