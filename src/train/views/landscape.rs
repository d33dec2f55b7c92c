//! The loss around φ, from coarse to fine: the query loss of a probe task, or the mean query loss after adaptation from
//! each place, which is what meta-training lowers. With the inner paths of the last probe.

use std::sync::Arc;

use web_time::{Duration, Instant};

use super::heights::Surface;
use crate::maths::network::Network;
use crate::text::{Text, Words, tell, text};
use crate::train::landscape::{Edges, Plane, along, frame, is_near, lowest};
use crate::train::shown::{Evaluation, Heights, Init, Landscape, LandscapePath, Map};
use crate::train::trainer::{Probed, Trainer};

/// Grid points a side, level by level; the points of one are among those of the next.
const LEVELS: [usize; 4] = [7, 13, 25, 49];
/// A map is shown from this many points a side on if they are soon done, else from the first level on.
const COARSE: usize = 13;
/// A map in place of an older one of the same kind is shown from this many points a side on, or fewer if they take long.
const USUAL: usize = 25;
/// Floating-point operations that are soon done, a few seconds beside training; that take long, half a minute; and that
/// a level finer than [`COARSE`] may need at all, a few seconds of one core.
const SOON: f64 = 2e9;
const LONG: f64 = 1.5e10;
const MOST_OPERATIONS: f64 = 4e10;
/// Points are computed together until they have taken so long.
const PIECE: Duration = Duration::from_millis(2);

/// The map that is shown and the one that is being made.
#[derive(Default)]
pub(super) struct Landscapes {
    view: Option<View>,
    begun: Option<(Map, Arc<Evaluation>)>,
    found: Option<Arc<Landscape>>,
    /// Why there is no map.
    reason: Option<Text>,
    frame: Option<([usize; 2], Edges)>,
}

impl Landscapes {
    /// Breaks off the map that is being made.
    pub fn break_off(&mut self) {
        (self.view, self.begun) = (None, None);
    }

    /// The newest map.
    pub fn found(&self) -> Option<&Arc<Landscape>> {
        self.found.as_ref()
    }

    /// Why there is none.
    pub fn reason(&self) -> Option<Text> {
        self.reason
    }

    /// Does a piece if somebody looks and there is something to do: says whether it did one, and whether there is
    /// something new to show.
    pub fn advance(&mut self, map: Option<Map>, trainer: &Trainer) -> [bool; 2] {
        let Some(map) = map else {
            let forgotten = self.found.is_some() || self.reason.is_some();
            *self = Self::default();
            return [false, forgotten];
        };
        let evaluation = trainer.evaluation();
        let asked = self.begun.as_ref().is_some_and(|(begun, _)| *begun == map);
        let current = asked && self.begun.as_ref().is_some_and(|(_, begun)| Arc::ptr_eq(begun, &evaluation));
        // What is on the screen is refined only while nothing moves, and another question is answered at once.
        let moved = trainer.meta_iteration() != evaluation.meta_iteration;
        let rests = self.view.as_ref().is_some_and(|view| view.shown && (moved || !current));
        if !asked || rests && !current {
            self.view = None;
        } else if rests {
            return [false, false];
        }
        if self.view.is_none() {
            if current {
                return [false, false];
            }
            let again = self.found.as_ref().is_some_and(|found| found.map == map);
            let before = self.frame.filter(|(through, _)| *through == map.through).map(|(_, edges)| edges);
            self.begun = Some((map, evaluation));
            match View::begin(trainer, map, before, again) {
                Ok(view) => {
                    self.frame = Some((map.through, [view.landscape.x, view.landscape.y]));
                    self.reason = None;
                    self.view = Some(view);
                }
                Err(reason) => {
                    self.reason = Some(reason);
                    self.found = None;
                    return [false, true];
                }
            }
        }
        let Some(view) = &mut self.view else { return [false, false] };
        let news = view.advance();
        if let Some(landscape) = news {
            self.found = Some(Arc::new(landscape));
        }
        if view.levels.is_empty() {
            self.view = None;
            return [true, true];
        }
        [true, view.grid.is_empty()]
    }
}

/// Without adaptation: b = 0 and A = 1, see [`lowest`].
const AS_IT_IS: [[f64; 2]; 3] = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]];

/// One map on its way.
struct View {
    surface: Surface,
    plane: Arc<Plane>,
    /// All of the map but its heights.
    landscape: Landscape,
    levels: Vec<usize>,
    /// The level under way, as far as it is done, and the one before.
    grid: Vec<f32>,
    coarser: Vec<f32>,
    /// Whether a level was shown.
    shown: bool,
}

impl View {
    fn begin(trainer: &Trainer, map: Map, before: Option<Edges>, again: bool) -> Result<Self, Text> {
        let probed = trainer.probed();
        let network = &trainer.learner().network;
        let exact = network.parameters() == 2;
        let (plane, axes) = plane(&probed, network, map)?;
        let mut surface = Surface::new(trainer, map.heights)
            .ok_or(text("There is no held-out task to draw the loss of", "没有可以画出损失的留出任务"))?;
        let optimum = if exact { surface.lowest() } else { None };
        let optima: Vec<[f64; 2]> = match exact {
            true => probed.tasks.iter().filter_map(|task| lowest(&[(&task.episode.query, AS_IT_IS)])).collect(),
            false => Vec::new(),
        };
        let paths = paths(&probed, &plane, map, &surface, exact);
        let second = probed.task(map.through[1]).map(|task| &task.name);
        let shown = paths.iter().filter(|path| exact || path.own || Some(&path.task) == second);
        let [x, y] =
            frame(before, shown.flat_map(|path| calm(&path.points)).chain(optimum).chain(optima.iter().copied()));
        let operations = |level: usize| (level * level) as f64 * surface.operations();
        let first = if again {
            let usual = |level: &usize| *level <= USUAL && operations(*level) <= LONG;
            LEVELS.into_iter().rev().find(usual).unwrap_or(LEVELS[0])
        } else if operations(COARSE) <= SOON {
            COARSE
        } else {
            LEVELS[0]
        };
        let affordable = |level: usize| level <= COARSE || operations(level) <= MOST_OPERATIONS;
        let levels = LEVELS.into_iter().filter(|&level| level >= first && affordable(level)).collect();
        let plane = Arc::new(plane);
        let landscape = Landscape {
            meta_iteration: probed.evaluation.meta_iteration,
            map,
            exact,
            title: surface.title(),
            axes,
            x,
            y,
            columns: 0,
            loss: Vec::new(),
            paths,
            optimum,
            optima,
            plane: Arc::clone(&plane),
        };
        Ok(Self { surface, plane, landscape, levels, grid: Vec::new(), coarser: Vec::new(), shown: false })
    }

    /// Does the next points; a map when a level is done.
    fn advance(&mut self) -> Option<Landscape> {
        let begun = Instant::now();
        let columns = *self.levels.first()?;
        while self.grid.len() < columns * columns {
            if begun.elapsed() > PIECE {
                return None;
            }
            let (row, column) = (self.grid.len() / columns, self.grid.len() % columns);
            let height = match self.known(row, column, columns) {
                Some(height) => Some(height),
                None => {
                    let at = [along(self.landscape.x, column, columns), along(self.landscape.y, row, columns)];
                    self.surface.height(|| self.plane.point(at))
                }
            };
            self.grid.extend(height);
        }
        self.levels.remove(0);
        self.shown = true;
        self.coarser = std::mem::take(&mut self.grid);
        Some(Landscape { columns, loss: self.coarser.clone(), ..self.landscape.clone() })
    }

    /// The height if the level before had this point.
    fn known(&self, row: usize, column: usize, columns: usize) -> Option<f32> {
        let before = LEVELS.into_iter().find(|level| level * level == self.coarser.len())?;
        let stride = (columns - 1) / (before - 1);
        let fits = row.is_multiple_of(stride) && column.is_multiple_of(stride);
        fits.then(|| self.coarser[row / stride * before + column / stride])
    }
}

/// The plane of a map, and its axes' names.
fn plane(probed: &Probed<'_>, network: &Network, map: Map) -> Result<(Plane, [Words; 2]), Text> {
    if network.parameters() == 2 {
        return Ok((Plane::whole(), ["w₁", "w₂"].map(Words::from)));
    }
    let phi = probed.meta.phi();
    let [first, second] = map.through.map(|task| task.min(probed.tasks.len().saturating_sub(1)));
    // Where adaptation ends, or the last place before it overflows.
    let end = |task: usize| {
        let thetas = &probed.measured.get(task)?[Init::Learned as usize].thetas;
        thetas.iter().skip(1).rev().find(|theta| is_near(phi, theta)).map(Vec::as_slice)
    };
    let start = end(first)
        .ok_or(text("Adaptation overflows at once: there is no plane to draw", "适应过程一开始就溢出：没有平面可画"))?;
    let other = end(second).filter(|_| first != second);
    let (plane, towards) = Plane::through(phi, start, other).ok_or(text(
        "Adaptation does not move φ here: there is no plane to draw",
        "适应过程在这里没有移动 φ：没有平面可画",
    ))?;
    let name = |task: usize| {
        let name = || shortened(&probed.tasks[task].name);
        Words::told(|| tell(|| format!("towards {}", name()), || format!("朝向 {}", name())))
    };
    let across = || text("across, in a fixed direction", "横向，沿固定方向").into();
    Ok((plane, [name(first), if towards { name(second) } else { across() }]))
}

fn paths(probed: &Probed<'_>, plane: &Plane, map: Map, surface: &Surface, exact: bool) -> Vec<LandscapePath> {
    let mut paths = Vec::new();
    for (index, (task, traces)) in probed.tasks.iter().zip(probed.measured).enumerate() {
        let own = surface.covers(index);
        for (init, trace) in Init::ALL.into_iter().zip(traces) {
            // Off a slice the other initialisations have no honest place.
            let drawn = init == Init::Learned || exact && own && map.heights != Heights::Adapted;
            if drawn {
                paths.push(LandscapePath { init, task: task.name.clone(), own, points: plane.path(&trace.thetas) });
            }
        }
    }
    paths
}

/// A path's places before it runs away: a frame around all of it would hide where it began.
fn calm(points: &[[f64; 2]]) -> impl Iterator<Item = [f64; 2]> {
    const AWAY: f64 = 10.0;
    let from = points.first().copied().unwrap_or_default();
    let distance = move |to: &[f64; 2]| (to[0] - from[0]).hypot(to[1] - from[1]);
    let step = points.get(1).map_or(0.0, distance);
    points.iter().copied().take_while(move |point| distance(point) <= AWAY * step)
}

/// A name that fits an axis.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 18;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", start.trim_end())
}
