//! The two places for views: a large one with tabs, and a small one. One of them shows what the network makes and the
//! other a close-up view, so that both are always on the screen.

use std::sync::Arc;

use egui::{Align, Button, Key, Layout, RichText, ScrollArea, Ui, vec2};

use super::beside;
use super::commands::{Commands, UiCommand};
use super::samples::{Look, Samples};
use super::theme::{GRID, Palette};
use super::tooltip::{self, tooltip};
use super::views::{Entry, VIEWS, View};
use super::watching::spot;
use crate::images::ImageSet;
use crate::settings::TaskFamily;
use crate::text::{Text, say, text};
use crate::train::snapshot::Snapshot;
use crate::train::views::Focus;

/// Both places, and all views.
pub struct Stage {
    samples: Samples,
    look: Look,
    /// Each once for the run, and once for the one beside it.
    views: Vec<(&'static Entry, [Box<dyn View>; 2])>,
    /// Which close-up view is shown.
    view: usize,
    page: Page,
    /// What had the large place before sweeps and races.
    before: Page,
}

/// What has the large place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// What the network makes.
    #[default]
    Samples,
    /// The close-up view.
    View,
    /// Sweeps and races.
    Compare,
    /// The task losses, where there is no place beside.
    Losses,
    /// The settings, where there is no place beside.
    Settings,
}

impl Page {
    /// What stands beside the large place where there is room.
    pub const BESIDE: [Self; 2] = [Self::Losses, Self::Settings];
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            samples: Samples::default(),
            look: Look::default(),
            views: VIEWS.iter().map(|entry| (entry, [(entry.open)(), (entry.open)()])).collect(),
            view: 0,
            page: Page::default(),
            before: Page::default(),
        }
    }
}

impl Stage {
    /// Exchanges the large place and the small one.
    pub fn exchange(&mut self) {
        self.page = if self.page == Page::View { Page::Samples } else { Page::View };
    }

    /// What has the large place; it can be one of `homeless`, which have no place beside it, too.
    pub fn page(&self, homeless: &[Page]) -> Page {
        match self.page {
            page @ (Page::Losses | Page::Settings) if !homeless.contains(&page) => Page::Samples,
            page => page,
        }
    }

    /// Shows sweeps and races in the large place, or what it had.
    pub fn toggle_compare(&mut self) {
        if self.page == Page::Compare { self.page = self.before } else { self.choose(Tab::Own(Page::Compare)) }
    }

    /// Whether there is a canvas to draw on.
    pub fn has_canvas(&self) -> bool {
        self.samples.has_canvas()
    }

    /// What is looked at, added to what others look at.
    pub fn look(&self, focus: &mut Focus) {
        self.views[self.view].1[0].look(focus);
    }

    /// Escape gives the large place back, where nothing `covers` it that Escape would close first. True if there was
    /// nothing to give back.
    pub fn take_escape(&mut self, ui: &Ui, covered: bool) -> bool {
        let free = !covered && ui.memory(|memory| memory.focused().is_none());
        if !free || !ui.input(|input| input.key_pressed(Key::Escape)) {
            return false;
        }
        match self.page {
            Page::View if self.views[self.view].1[0].takes_escape() => return false,
            Page::View => self.page = Page::Samples,
            Page::Compare => self.page = self.before,
            Page::Samples | Page::Losses | Page::Settings => return true,
        }
        false
    }

    /// Draws a sentence and the large view in all the space that is left.
    pub fn large(
        &mut self,
        ui: &mut Ui,
        family: TaskFamily,
        snapshot: Option<&Snapshot>,
        images: Option<&Arc<ImageSet>>,
        commands: &mut Commands,
    ) {
        if self.page == Page::View {
            let (entry, views) = &mut self.views[self.view];
            // As high as above the pictures, so that nothing moves from tab to tab.
            let usual = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 4.5 * GRID);
            ui.horizontal(|ui| {
                if !snapshot.is_some_and(|snapshot| beside::difference(ui, snapshot)) {
                    sentence(ui, &entry.about, &entry.about);
                }
            });
            ui.spacing_mut().interact_size.y = usual;
            match snapshot {
                Some(snapshot) => {
                    beside::halves(ui, snapshot, |ui, half, run| views[half].ui(ui, Some(run), true));
                }
                None => views[0].ui(ui, None, true),
            }
        } else {
            self.samples.ui(ui, self.look.among(&Look::of(family)), snapshot, images, commands);
        }
    }

    /// Draws a heading and the small view in all the space that is left.
    pub fn small(&mut self, ui: &mut Ui, family: TaskFamily, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        // There is no room to draw in.
        let looks = Look::of(family);
        let look = Some(self.look.among(&looks)).filter(|look| *look != Look::Draw).unwrap_or_default();
        let swapped = self.page == Page::View;
        let (name, about) = match swapped {
            true => (look.label(), look.about()),
            false => (self.views[self.view].0.name.get(), self.views[self.view].0.about.get()),
        };
        ui.horizontal(|ui| {
            ui.heading(name).on_hover_text(about);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = ui.add(Button::new("⊞")).accessible_name(say("Enlarge", "放大"));
                if tooltip(button, || UiCommand::Exchange.tooltip_with_key()).clicked() {
                    commands.push(UiCommand::Exchange);
                }
            });
        });
        if swapped {
            self.samples.small(ui, look, snapshot);
        } else {
            self.views[self.view].1[0].ui(ui, snapshot, false);
        }
    }

    /// Draws the tabs, with those that have no place beside (`homeless`). The digits choose them too.
    pub fn tabs(&mut self, ui: &mut Ui, family: TaskFamily, homeless: &[Page]) {
        let tabs = Tab::of(family, homeless);
        let now = match self.page(homeless) {
            Page::Samples => Tab::Look(self.look.among(&Look::of(family))),
            Page::View => Tab::View(self.view),
            page => Tab::Own(page),
        };
        let free = ui.memory(|memory| memory.top_modal_layer().is_none());
        let mut chosen = digit(ui).filter(|_| free).and_then(|digit| tabs.get(digit - 1).copied());
        ui.spacing_mut().item_spacing.x = GRID;
        for (index, &tab) in tabs.iter().enumerate() {
            if index > 0 && std::mem::discriminant(&tab) != std::mem::discriminant(&tabs[index - 1]) {
                ui.separator();
            }
            let [name, about] = tab.texts();
            let response = ui.selectable_label(tab == now, name.get());
            spot(ui.ctx(), name.en(), response.rect);
            let key = (index < DIGITS.len()).then(|| format!(" ({})", index + 1));
            if tooltip(response, || format!("{about}{}", key.unwrap_or_default())).clicked() {
                chosen = Some(tab);
            }
        }
        if let Some(tab) = chosen {
            self.choose(tab);
        }
    }

    /// Gives the large place to the tab of this English name, if tasks of the family have one.
    pub fn show(&mut self, family: TaskFamily, name: &str) {
        if let Some(tab) = Tab::named(family, name) {
            self.choose(tab);
        }
    }

    /// Gives the large place to the first tab.
    pub fn show_first(&mut self) {
        (self.look, self.page) = (Look::default(), Page::Samples);
    }

    /// What has the large place, for a line of text; `None` for the first tab.
    pub fn view_id(&self, family: TaskFamily) -> Option<String> {
        let now = match self.page {
            Page::Samples => Tab::Look(self.look.among(&Look::of(family))),
            Page::View => Tab::View(self.view),
            page => Tab::Own(page),
        };
        let first = Tab::of(family, &[]).first().copied();
        (first != Some(now)).then(|| id_of(now))
    }

    /// Gives the large place to the tab of this id; whether tasks of the family have one.
    pub fn show_id(&mut self, family: TaskFamily, id: &str) -> bool {
        let tab = Tab::of(family, &Page::BESIDE).into_iter().find(|tab| id_of(*tab) == id);
        tab.into_iter().for_each(|tab| self.choose(tab));
        tab.is_some()
    }

    fn choose(&mut self, tab: Tab) {
        match tab {
            Tab::Look(look) => (self.look, self.page) = (look, Page::Samples),
            Tab::View(view) => (self.view, self.page) = (view, Page::View),
            Tab::Own(page) if page == self.page => {}
            Tab::Own(page) => self.before = std::mem::replace(&mut self.page, page),
        }
    }
}

/// The name of the tab that has this English one, if tasks of the family have such a tab.
pub fn tab_name(family: TaskFamily, name: &str) -> Option<Text> {
    Tab::named(family, name).map(|tab| tab.texts()[0])
}

/// Its English name in small letters, with hyphens between the words.
fn id_of(tab: Tab) -> String {
    tab.texts()[0].en().to_lowercase().replace(' ', "-")
}

/// One of the tabs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tab {
    Look(Look),
    View(usize),
    Own(Page),
}

/// What has tabs of its own; all but the first where there is no place beside.
const OWN: [(Page, Text, Text); 3] = [
    (
        Page::Compare,
        text("Sweep and race", "批量实验"),
        text(
            "Sweeps two settings or races algorithms, beside the run",
            "在运行的同时对两个设置做参数扫描，或让算法比赛",
        ),
    ),
    (
        Page::Losses,
        text("Losses", "损失"),
        text("The losses of tasks over meta-iterations, and the timeline", "任务的损失随元迭代的变化，以及时间线"),
    ),
    (Page::Settings, text("Settings", "设置"), text("Everything that can be turned", "所有能调的设置")),
];

impl Tab {
    /// All that there are for tasks of a family, those that can stand beside only where they do not (`homeless`).
    fn of(family: TaskFamily, homeless: &[Page]) -> Vec<Self> {
        let own = OWN.iter().filter(|(page, ..)| !Page::BESIDE.contains(page) || homeless.contains(page));
        let looks = Look::of(family).into_iter().map(Self::Look);
        looks.chain((0..VIEWS.len()).map(Self::View)).chain(own.map(|(page, ..)| Self::Own(*page))).collect()
    }

    fn named(family: TaskFamily, name: &str) -> Option<Self> {
        Self::of(family, &Page::BESIDE).into_iter().find(|tab| tab.texts()[0].en() == name)
    }

    /// Its name, and one sentence about it.
    fn texts(self) -> [Text; 2] {
        match self {
            Self::Look(look) => [look.name(), look.says()],
            Self::View(view) => [VIEWS[view].name, VIEWS[view].about],
            Self::Own(page) => {
                let (_, name, about) = OWN.into_iter().find(|(own, ..)| *own == page).unwrap_or(OWN[0]);
                [name, about]
            }
        }
    }
}

/// The digits, from 1 on.
const DIGITS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// The digit that is pressed, from 1 on, where no control has the keyboard.
fn digit(ui: &Ui) -> Option<usize> {
    let free = ui.memory(|memory| memory.focused().is_none());
    let pressed = |key: &Key| ui.input(|input| input.key_pressed(*key) && input.modifiers.is_none());
    DIGITS.iter().position(pressed).filter(|_| free).map(|index| index + 1)
}

/// The line below the tabs: what is compared with what.
pub fn sentence(ui: &mut Ui, text: &str, about: &str) {
    let text = RichText::new(text).color(Palette::of(ui).weak);
    tooltip::line(ui, text, about);
}

/// Lays something out in the room that is left, or, where that is less than this height, in so much that is scrolled.
pub fn at_least(ui: &mut Ui, height: f32, add: impl FnOnce(&mut Ui)) {
    if ui.available_height() >= height {
        return add(ui);
    }
    ScrollArea::vertical().show(ui, |ui| {
        let size = vec2(ui.available_width(), height);
        ui.allocate_ui(size, add);
    });
}
