//! What is shown of a run: finished numbers, so that a view needs no mathematics. No value here is NaN or infinite unless
//! its field says so.

mod curves;
mod events;
mod landscape;
mod lead;
mod probes;

pub use curves::{Curve, CurvePoint, Curves};
pub(in crate::train) use events::two_digits_below;
pub use events::{Astray, Deed, Divergence, KnobMark, Past, Phase, Turned, slightly_below};
pub use landscape::{Heights, Landscape, LandscapePath, Map};
pub use lead::{By, Lead, Rival};
pub use probes::{Enlarged, Evaluation, Init, LayerMovement, ProbeTask, Trace};
