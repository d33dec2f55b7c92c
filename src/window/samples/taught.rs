//! What new images are worth, in a sentence.

use egui::{RichText, Ui};

use crate::text::numbers::plural;
use crate::text::{Text, tell, text};
use crate::train::snapshot::{Evaluation, Init, Taught};
use crate::window::theme::Palette;
use crate::window::tooltip;

const ABOUT: Text = text(
    "A small classifier is trained on the images of each held-out class that adaptation sees, \
     another on new images from the learned initialisation alone, and a third on both, \
     all three with as many images in as many steps. They are asked which class other real images belong to",
    "用适应时看到的每个留出类别的图像训练一个小分类器，\
     另一个只用学到的初始化生成的新图像训练，第三个两者都用，\
     三者的图像数和步数都相同；然后问它们其他真实图像属于哪一类",
);

/// Says it below the heading, where tasks are classes and their samples have been judged.
pub fn ui(ui: &mut Ui, evaluation: &Evaluation) {
    if let Some(sentence) = sentence(evaluation) {
        let text = RichText::new(sentence).small().color(Palette::of(ui).weak);
        tooltip::line(ui, text, ABOUT.get());
    }
}

fn sentence(evaluation: &Evaluation) -> Option<String> {
    let learned = evaluation.tasks.iter().map(|task| task.traces[Init::Learned as usize].marks?.taught);
    let Taught { by_support, by_samples, by_both } = Taught::mean(&learned.collect::<Option<Vec<_>>>()?)?;
    let shots = evaluation.tasks.first()?.shots?;
    let [by_support, by_samples, by_both] = [by_support, by_samples, by_both].map(|share| 100.0 * share);
    let images = plural(shots, "real image", "real images");
    Some(tell(
        || {
            format!(
                "A classifier taught by {images} of each class gets {by_support:.0} %, \
                 with new ones beside them {by_both:.0} %, by new ones alone {by_samples:.0} %"
            )
        },
        || {
            format!(
                "用每类 {shots} 张真实图像训练的分类器答对 {by_support:.0} %，\
                 再加上新图像为 {by_both:.0} %，只用新图像为 {by_samples:.0} %"
            )
        },
    ))
}
