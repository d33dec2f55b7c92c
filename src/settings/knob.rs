//! The settings that can change while a run goes on.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::LiveSettings;
use super::table::{Field, LIVE, Number, Range, Setting, setting};
use crate::text::tell;

/// A live setting.
#[derive(Clone, Copy)]
pub struct Knob {
    setting: &'static Setting,
    number: &'static Number<LiveSettings>,
}

impl Knob {
    /// Every knob, in the order of the panel.
    pub const ALL: [Self; LIVE.len()] = {
        let mut all = [Self::INNER_RATE; LIVE.len()];
        let mut index = 0;
        while index < all.len() {
            all[index] = Self::of(&LIVE[index]);
            index += 1;
        }
        all
    };

    /// α.
    pub const INNER_RATE: Self = Self::of(setting("live.inner_rate"));
    /// β.
    pub const OUTER_RATE: Self = Self::of(setting("live.outer_rate"));
    /// K.
    pub const INNER_STEPS: Self = Self::of(setting("live.inner_steps"));
    /// What an algorithm is turned by: α, β and K.
    pub const MAIN: [Self; 3] = [Self::INNER_RATE, Self::OUTER_RATE, Self::INNER_STEPS];
    /// Steps on held-out tasks.
    pub const TEST_STEPS: Self = Self::of(setting("live.test_steps"));
    /// Whose rate the baselines have.
    pub const BASELINES_AT_ALPHA: Self = Self::of(setting("live.baselines_at_alpha"));
    /// Tasks per meta-iteration.
    pub const META_BATCH: Self = Self::of(setting("live.meta_batch"));
    /// Support points per training task.
    pub const SHOTS: Self = Self::of(setting("live.shots"));
    /// Support points per held-out task.
    pub const TEST_SHOTS: Self = Self::of(setting("live.test_shots"));
    /// Gradient that ends the inner loop.
    pub const TOLERANCE: Self = Self::of(setting("live.tolerance"));
    /// Noise on support targets.
    pub const NOISE: Self = Self::of(setting("live.noise"));

    #[expect(clippy::panic, reason = "a constant that is no live number must not compile")]
    const fn of(setting: &'static Setting) -> Self {
        match &setting.field {
            Field::Live(number) => Self { setting, number },
            _ => panic!("this setting needs a restart"),
        }
    }

    /// The knob of this key; or else the keys that there are.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(key: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|knob| knob.key() == key);
        found.ok_or_else(|| Self::ALL.map(|knob| knob.key()).join(", "))
    }

    /// The name within a sentence.
    pub fn name(self) -> String {
        let english = || {
            let mut letters = self.label.en().chars();
            letters.next().map_or_else(String::new, |first| format!("the {}{}", first.to_lowercase(), letters.as_str()))
        };
        tell(english, || self.label.into())
    }

    /// The values that a user can set.
    pub fn range(self) -> Range {
        self.number.range
    }

    /// The value in these settings.
    pub fn get(self, live: &LiveSettings) -> f64 {
        self.number.get(live)
    }

    /// Sets the value; whole numbers are rounded.
    pub fn set(self, live: &mut LiveSettings, value: f64) {
        self.number.set(live, value);
    }
}

impl LiveSettings {
    /// The knobs that stand differently in the other ones.
    pub fn turned(&self, other: &Self) -> Vec<Knob> {
        Knob::ALL.into_iter().filter(|knob| knob.get(self) != knob.get(other)).collect()
    }
}

impl Deref for Knob {
    type Target = Setting;

    fn deref(&self) -> &Setting {
        self.setting
    }
}

impl PartialEq for Knob {
    fn eq(&self, other: &Self) -> bool {
        self.setting == other.setting
    }
}

impl Eq for Knob {}

impl fmt::Debug for Knob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.setting.fmt(f)
    }
}

impl Serialize for Knob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Knob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::named(&key).map_err(|keys| de::Error::custom(format!("unknown knob “{key}”: choose one of {keys}")))
    }
}
