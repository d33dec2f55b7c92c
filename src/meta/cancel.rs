//! Breaking off work whose result nobody wants any more.

/// Asked between pieces of work. Once it is wanted, what comes back is incomplete: discard it.
#[derive(Clone, Copy)]
pub struct Cancel<'a>(&'a (dyn Fn() -> bool + Sync));

impl<'a> Cancel<'a> {
    /// Work that is always done to its end.
    pub const NEVER: Self = Self(&|| false);

    /// Wanted as soon as this says so.
    pub fn when(wanted: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self(wanted)
    }

    /// Whether to break off.
    pub fn is_wanted(self) -> bool {
        (self.0)()
    }
}
