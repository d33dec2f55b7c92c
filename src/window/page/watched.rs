//! What a script sees of the page: with `?watch` in the address, `metascope.facts` and `metascope.controls` tell it in
//! JSON how the run stands and where each control is, as an accessible window would tell a screen reader. With
//! `?watch=facts` it is told how the run stands alone, and seldom, which takes hardly any time from it.

use std::cell::Cell;
use std::fmt::Arguments;
use std::time::Duration;

use egui::{Context, FullOutput, Plugin, accesskit};
use js_sys::{Object, Reflect};
use serde_json::{Map, Value, json};
use wasm_bindgen::prelude::JsValue;
use web_time::Instant;

use crate::lessons::measures::Asked;
use crate::settings::LiveSettings;
use crate::text::Words;
use crate::train::link::Event;
use crate::train::snapshot::Snapshot;
use crate::window::watching::Observer;

/// What a script is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// How the run stands, seldom.
    Facts,
    /// That with every frame, and where each control is.
    Everything,
}

/// How the run stands.
pub struct Facts {
    begun: Instant,
    every: Duration,
    /// When it was told last.
    last: Cell<Option<Instant>>,
    frames: Cell<u64>,
    knobs: Option<LiveSettings>,
    obeyed: Vec<String>,
    failed: Vec<String>,
}

/// Where each control is.
pub struct Controls;

/// What is measured of it.
const MEASURED: [&str; 3] = ["loss", "psnr step=1", "psnr step=3"];
/// So many points of its curves are told.
const FIRST: usize = 100;
/// How often seldom is.
const SELDOM: Duration = Duration::from_secs(1);
/// Bytes of a page of WebAssembly's memory.
const PAGE: usize = 1 << 16;

impl Facts {
    /// As often as this asks for.
    pub fn new(told: Told) -> Self {
        let every = if told == Told::Facts { SELDOM } else { Duration::ZERO };
        let (last, frames) = Default::default();
        Self { begun: Instant::now(), every, last, frames, knobs: None, obeyed: Vec::new(), failed: Vec::new() }
    }
}

impl Observer for Facts {
    fn knobs_sent(&mut self, live: &LiveSettings) {
        self.knobs = Some(live.clone());
    }

    fn obeyed(&mut self, what: Arguments<'_>) {
        self.obeyed.push(what.to_string());
    }

    fn event_came(&mut self, event: &Event) {
        self.failed.push(match event {
            Event::Diverged(divergence) => format!("diverged at {}", divergence.meta_iteration),
            Event::Failed(text) => Words::en(text).to_owned(),
        });
    }

    fn frame_shown(&mut self, whole: Duration, snapshot: Option<&Snapshot>) {
        self.frames.set(self.frames.get() + 1);
        if self.last.get().is_some_and(|last| last.elapsed() < self.every) {
            return;
        }
        self.last.set(Some(Instant::now()));
        let run = snapshot.map(|snapshot| {
            let measured = |text: &&str| {
                let reading = text.parse::<Asked>().ok()?.read(snapshot)?;
                Some(((*text).to_owned(), json!(reading.value)))
            };
            let measures: Map<String, Value> = MEASURED.iter().filter_map(measured).collect();
            let [training, held_out] =
                [&snapshot.curves.training_after, &snapshot.curves.held_out_after].map(|curve| {
                    curve.points.iter().take(FIRST).map(|point| json!([point.at, point.mean])).collect::<Value>()
                });
            json!({
                "run": snapshot.run,
                "meta_iteration": snapshot.meta_iteration,
                "phase": format!("{:?}", snapshot.phase),
                "per_second": snapshot.per_second,
                "settings": snapshot.settings,
                "measures": measures,
                "training": training,
                "held_out": held_out,
            })
        });
        let facts = json!({
            "seconds": self.begun.elapsed().as_secs_f64(),
            "frames": self.frames.get(),
            "whole_ms": whole.as_secs_f64() * 1e3,
            "run": run,
            "knobs": self.knobs,
            "obeyed": self.obeyed,
            "failed": self.failed,
            "memory": core::arch::wasm32::memory_size::<0>() * PAGE,
        });
        tell("facts", &facts);
    }
}

impl Plugin for Controls {
    fn debug_name(&self) -> &'static str {
        "controls"
    }

    fn setup(&mut self, ctx: &Context) {
        ctx.enable_accesskit();
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let Some(update) = &output.platform_output.accesskit_update else { return };
        let controls = update.nodes.iter().filter_map(|(_, node)| {
            let (bounds, label) = (node.bounds()?, node.label().or(node.value())?);
            Some(json!({
                "role": format!("{:?}", node.role()),
                "label": label,
                "value": node.value(),
                "disabled": node.is_disabled(),
                "toggled": node.toggled().map(|toggled| toggled == accesskit::Toggled::True),
                "rect": [bounds.x0, bounds.y0, bounds.x1, bounds.y1],
            }))
        });
        tell("controls", &Value::Array(controls.collect()));
    }
}

/// Tells a script this.
pub fn tell(what: &str, value: &Value) {
    let (global, name) = (js_sys::global(), JsValue::from_str("metascope"));
    let known = Reflect::get(&global, &name).ok().filter(JsValue::is_object);
    let known = known.unwrap_or_else(|| {
        let new = JsValue::from(Object::new());
        let _ = Reflect::set(&global, &name, &new);
        new
    });
    let _ = Reflect::set(&known, &JsValue::from_str(what), &JsValue::from_str(&value.to_string()));
}
