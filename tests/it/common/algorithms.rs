//! The algorithms by name.

use metascope::settings::Algorithm;

pub const MAML: Algorithm = Algorithm::named("maml");
pub const FOMAML: Algorithm = Algorithm::named("fomaml");
pub const REPTILE: Algorithm = Algorithm::named("reptile");
pub const META_SGD: Algorithm = Algorithm::named("meta-sgd");
pub const MAML_PLUS_PLUS: Algorithm = Algorithm::named("maml-plus-plus");
pub const ANIL: Algorithm = Algorithm::named("anil");
pub const CAVIA: Algorithm = Algorithm::named("cavia");
pub const IMAML: Algorithm = Algorithm::named("imaml");
pub const META_MODEL: Algorithm = Algorithm::named("meta-model");
