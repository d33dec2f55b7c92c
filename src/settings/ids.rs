//! Ids that stand for the entries of a table in another room.

use crate::text::{Text, tell};

/// There is nothing of this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", tell(
    || format!("{what} “{id}”: choose from {known}"),
    || format!("{what}“{id}”：请从 {known} 中选择"),
))]
pub struct NoSuch {
    /// Says that there is none.
    pub(crate) what: Text,
    /// What was asked for.
    pub(crate) id: String,
    /// What there is.
    pub(crate) known: String,
}

/// What a type of ids owes to the table that they are of; `none` says that an id stands for nothing.
macro_rules! ids_of {
    ($table:ident, $ids:ident, $none:expr) => {
        impl $ids {
            /// All of them, in the order of the table.
            pub const ALL: [Self; $table.len()] = {
                let mut all = [Self::of($table[0].id); $table.len()];
                let mut index = 0;
                while index < all.len() {
                    all[index] = Self::of($table[index].id);
                    index += 1;
                }
                all
            };

            /// The one of an id where code names one, as in `const MAML: Algorithm = Algorithm::named("maml")`.
            ///
            /// # Panics
            /// If there is none; in a constant, that does not compile.
            pub const fn named(id: &str) -> Self {
                let mut index = 0;
                while index < Self::ALL.len() {
                    if $crate::settings::table::is_same(Self::ALL[index].id().as_bytes(), id.as_bytes()) {
                        return Self::ALL[index];
                    }
                    index += 1;
                }
                panic!("there is nothing of this id")
            }
        }

        impl std::str::FromStr for $ids {
            type Err = $crate::settings::NoSuch;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let id = text.trim();
                let known = || Self::ALL.map(Self::id).join(", ");
                let none = || $crate::settings::NoSuch { what: $none, id: id.to_owned(), known: known() };
                Self::ALL.into_iter().find(|one| one.id() == id).ok_or_else(none)
            }
        }

        impl<'de> serde::Deserialize<'de> for $ids {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use ids_of;
