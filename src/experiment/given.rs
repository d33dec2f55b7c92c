//! What somebody asks for, setting by setting.

use toml::{Table, Value};

use crate::settings::Setting;
use crate::settings::table::setting;

/// Settings that a file or options give, as the tables of an experiment file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given(pub(super) Table);

impl Given {
    /// Those of tables `live` and `run`, whatever else there is.
    pub fn of_table(table: Table) -> Self {
        Self(table)
    }

    /// Whether a setting is among them.
    pub fn sets(&self, setting: &Setting) -> bool {
        let mut keys = setting.path.split('.');
        let table = keys.next().and_then(|key| self.0.get(key));
        table.and_then(|table| keys.try_fold(table, |table, key| table.get(key))).is_some()
    }

    /// The number that a setting is given, if it is one.
    pub fn number(&self, setting: &Setting) -> Option<f64> {
        let mut keys = setting.path.split('.');
        let table = keys.next().and_then(|key| self.0.get(key));
        let value = table.and_then(|table| keys.try_fold(table, |table, key| table.get(key)))?;
        value.as_float().or_else(|| value.as_integer().map(|value| value as f64))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives a setting.
    pub fn set(&mut self, setting: &Setting, value: Value) {
        let within = |value, name: &str| Value::Table(Table::from_iter([(name.to_owned(), value)]));
        if let Value::Table(given) = setting.path.rsplit('.').fold(value, within) {
            overlay(&mut self.0, given);
        }
    }

    /// These over others.
    pub fn over(mut self, below: Self) -> Self {
        let mut both = below.complete().0;
        self = self.complete();
        overlay(&mut both, self.0);
        Self(both)
    }

    /// Whoever gives an inner rate means it: it is not fitted, unless that is asked for too.
    fn complete(mut self) -> Self {
        const RATE: &Setting = setting("live.inner_rate");
        const FIT: &Setting = setting("run.fit_inner_rate");
        if self.sets(RATE) && !self.sets(FIT) {
            self.set(FIT, Value::Boolean(false));
        }
        self
    }
}

/// Puts `given` over `base`, table by table.
fn overlay(base: &mut Table, given: Table) {
    for (key, value) in given {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(given)) => overlay(base, given),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}
