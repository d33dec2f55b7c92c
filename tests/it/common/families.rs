//! The families by name.

use metascope::settings::TaskFamily;

pub const PLANE: TaskFamily = TaskFamily::named("plane");
pub const SINE: TaskFamily = TaskFamily::named("sine");
pub const PICTURE: TaskFamily = TaskFamily::named("picture");
pub const COMPLETION: TaskFamily = TaskFamily::named("completion");
pub const UPSCALE: TaskFamily = TaskFamily::named("upscale");
pub const CLASS: TaskFamily = TaskFamily::named("class");
pub const CLASSIFY: TaskFamily = TaskFamily::named("classify");
pub const CLUSTER: TaskFamily = TaskFamily::named("cluster");
