//! A run as one page that opens without a network.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;

use super::chart::{self, escaped};
use super::film_strip;
use super::run_file::RunFileError;
use super::subject::Subject;
use super::work::Work;
use crate::files;
use crate::meta::cancel::Cancel;
use crate::text::{Language, say, tell};
use crate::train::shown::{Evaluation, Init, KnobMark};

/// Moments of the run at which its first task is shown.
const MOMENTS: usize = 8;

/// The page.
///
/// # Errors
/// If the settings cannot be written down.
pub fn html(subject: &Subject<'_>, work: &Work) -> Result<String, RunFileError> {
    let experiment = subject.experiment();
    let run = &experiment.settings.run;
    let (tasks, algorithm, at) = (run.tasks.label(), run.algorithm.label(), subject.saved.meta_iteration());
    let title = tell(
        || format!("{tasks}, {algorithm}: {at} meta-iterations"),
        || format!("{tasks}，{algorithm}：{at} 次元迭代"),
    );
    let share = subject.share().to_text();
    let curves = subject.saved.curves();
    let mut page = String::new();
    let mut section = |heading: &str, content: &str| {
        let _ = writeln!(page, "<h2>{}</h2>\n{content}", escaped(heading));
    };
    section(say("What ran", "运行内容"), &facts(subject, &share));
    let words = escaped(&chart::in_words(&curves));
    let drawing = chart::losses(&curves, subject.saved.marks());
    section(say("Losses", "损失"), &format!("<figure role=\"img\" aria-label=\"{words}\">{drawing}</figure>"));
    let evaluation = subject.saved.evaluation();
    section(say("After each step of adaptation", "每一步适应之后"), &figures(evaluation));
    let rows = say(
        "For each held-out task a row from the learned start (green), the random one (purple) and the pretrained one (blue): what is known, then the output after step 0, 1, …",
        "每个留出任务三行，分别来自学到的起点（绿）、随机起点（紫）和预训练起点（蓝）：先是已知的内容，然后是第 0、1、… 步之后的输出",
    );
    let strip = encoded(&film_strip::draw(evaluation))?;
    section(
        say("What it makes", "生成的结果"),
        &format!("<p>{}</p><img alt=\"{}\" src=\"data:image/png;base64,{strip}\">", escaped(rows), escaped(rows)),
    );
    if let Some(story) = story(subject, work)? {
        section(say("How it came about", "训练过程"), &story);
    }
    if !experiment.changes.is_empty() {
        section(say("Knobs that were turned", "改动过的设置"), &marks(&experiment.changes));
    }
    let hint = escaped(say("Write here; saving the page keeps it.", "在此书写；保存网页即可保留。"));
    section(
        say("Notes", "笔记"),
        &format!("<div class=\"notes\" contenteditable=\"true\" data-hint=\"{hint}\"></div>"),
    );
    let settings = escaped(&experiment.to_text()?);
    section(
        say("All settings", "全部设置"),
        &format!("<details><summary>experiment.toml</summary><pre>{settings}</pre></details>"),
    );
    let language = if Language::spoken() == Language::Chinese { "zh" } else { "en" };
    let (title, program) = (escaped(&title), concat!("Metascope ", env!("CARGO_PKG_VERSION")));
    Ok(format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n{page}<footer>{program}</footer>\n</body>\n</html>\n"
    ))
}

const STYLE: &str = "body{font:15px/1.5 sans-serif;max-width:900px;margin:2em auto;padding:0 1em;color:#222}\
    h1{font-size:1.5em}h2{font-size:1.1em;margin-top:2em}figure{margin:0}img,svg{max-width:100%;height:auto}\
    table{border-collapse:collapse;display:block;overflow-x:auto}td,th{padding:.2em .8em;text-align:right;border-bottom:1px solid #ddd}\
    td:first-child,th:first-child{text-align:left}.story td:last-child,.story th:last-child{text-align:left}pre,code{background:#f4f4f4;padding:.2em .4em;overflow-x:auto}\
    .story th{white-space:nowrap}.notes{min-height:6em;border:1px solid #ccc;padding:.5em}.notes:empty:before{content:attr(data-hint);color:#767676}\
    footer{margin-top:3em;color:#767676}";

fn facts(subject: &Subject<'_>, share: &str) -> String {
    let run = &subject.saved.start().run;
    let mut rows = vec![
        (say("Tasks", "任务"), run.tasks.label().to_owned()),
        (say("Algorithm", "算法"), run.algorithm.label().to_owned()),
        (say("Seed", "随机种子"), run.seed.to_string()),
        (say("Meta-iterations", "元迭代"), subject.saved.meta_iteration().to_string()),
    ];
    if let Some(images) = &subject.images {
        rows.push((say("Images", "图像"), images.said()));
    }
    let live = subject.saved.live();
    rows.push(("α, β, K", format!("{}, {}, {}", live.inner_rate, live.outer_rate, live.inner_steps)));
    let rows: String = rows
        .iter()
        .map(|(name, value)| format!("<tr><td>{}</td><td>{}</td></tr>", escaped(name), escaped(value)))
        .collect();
    let begins = say("This line begins the same run:", "这一行会开始同样的运行：");
    format!("<table>{rows}</table>\n<p>{}<br><code>{}</code></p>", escaped(begins), escaped(share))
}

/// For each start the mean over the held-out tasks that are shown, step by step.
fn figures(evaluation: &Evaluation) -> String {
    let tasks = evaluation.tasks.len().max(1) as f32;
    let steps = evaluation.tasks.iter().map(|task| task.traces[0].query_loss.len()).min().unwrap_or(0);
    let psnr = evaluation.tasks.iter().all(|task| task.traces[0].psnr.is_some());
    let of = |init: Init, step: usize| {
        let one = |task: &crate::train::shown::ProbeTask| {
            let trace = &task.traces[init as usize];
            let psnr = trace.psnr.as_ref().and_then(|psnr| psnr.get(step));
            psnr.or(trace.query_loss.get(step)).copied().unwrap_or(f32::NAN)
        };
        evaluation.tasks.iter().map(one).sum::<f32>() / tasks
    };
    let digits = |value: f32| match value {
        _ if psnr => format!("{value:.1}"),
        _ if (1e-3..1e4).contains(&value) => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    };
    let head: String = (0..steps).map(|step| format!("<th>{step}</th>")).collect();
    let unit = if psnr { say("PSNR in dB", "PSNR（dB）") } else { say("query loss", "查询损失") };
    let rows: String = Init::ALL
        .into_iter()
        .map(|init| {
            let cells: String = (0..steps).map(|step| format!("<td>{}</td>", digits(of(init, step)))).collect();
            format!("<tr><td>{}</td>{cells}</tr>", escaped(init.name()))
        })
        .collect();
    format!("<table><tr><th>{}</th>{head}</tr>{rows}</table>", escaped(unit))
}

fn marks(changes: &[KnobMark]) -> String {
    let heads = [say("meta-iteration", "元迭代"), say("setting", "设置"), say("value", "取值")];
    let head: String = heads.iter().map(|head| format!("<th>{}</th>", escaped(head))).collect();
    let row = |change: &KnobMark| {
        format!("<tr><td>{}</td><td>{}</td><td>{}</td></tr>", change.at, escaped(change.knob.label.get()), change.value)
    };
    format!("<table><tr>{head}</tr>{}</table>", changes.iter().map(row).collect::<String>())
}

/// The first held-out task from the learned start at a few moments of the run; `None` where there is one alone.
fn story(subject: &Subject<'_>, work: &Work) -> Result<Option<String>, RunFileError> {
    let mut reel = subject.saved.reel(MOMENTS)?;
    let all = reel.len();
    if all < 2 {
        return Ok(None);
    }
    let wanted = || work.is_cancelled();
    let mut rows = String::new();
    for index in 1..=all {
        let Some(evaluation) = reel.next(Cancel::when(&wanted)) else { break };
        let (at, strip) = (evaluation.meta_iteration, encoded(&film_strip::first_row(&evaluation))?);
        let _ = writeln!(rows, "<tr><td>{at}</td><td><img alt=\"\" src=\"data:image/png;base64,{strip}\"></td></tr>");
        work.done(index, all)?;
    }
    let head =
        [say("meta-iteration", "元迭代"), say("first held-out task, learned start", "第一个留出任务，学到的起点")];
    let head: String = head.iter().map(|head| format!("<th>{}</th>", escaped(head))).collect();
    Ok(Some(format!("<table class=\"story\"><tr>{head}</tr>{rows}</table>")))
}

fn encoded(image: &RgbImage) -> Result<String, RunFileError> {
    Ok(STANDARD.encode(files::png(image).map_err(RunFileError::text)?))
}
