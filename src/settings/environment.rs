//! What variables of the environment set: `CAROM_SERVICE_LISTEN` is `service.listen`.

use super::place::Step;
use std::collections::BTreeMap;
use std::ffi::OsString;

/// What the names begin with.
const PREFIX: &str = "CAROM_";

/// The variables that may set something. Those that are empty set nothing.
#[derive(Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    /// Whose values are no text.
    broken: Vec<String>,
}

impl Environment {
    /// Of this process.
    pub fn of_process() -> Environment {
        Environment::of(std::env::vars_os())
    }

    /// Of these variables.
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Environment {
        let mut environment = Environment::default();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            match value.into_string() {
                Ok(value) if value.is_empty() => {}
                Ok(value) => drop(environment.variables.insert(name.to_owned(), value)),
                Err(_) => environment.broken.push(name.to_owned()),
            }
        }
        environment
    }

    pub(super) fn is_empty(&self) -> bool {
        self.variables.is_empty() && self.broken.is_empty()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Whether something below a section is set.
    pub(super) fn has_below(&self, path: &[Step]) -> bool {
        variable(path).is_some_and(|name| {
            let below = format!("{name}_");
            self.variables.keys().any(|name| name.starts_with(&below))
        })
    }

    /// Those that are no text.
    pub(super) fn broken(&self) -> impl Iterator<Item = &str> {
        self.broken.iter().map(String::as_str)
    }

    /// Those that look like settings of the service and are none. Kubernetes gives every container `CAROM_SERVICE_HOST`
    /// and `CAROM_SERVICE_PORT…` where a service is called `carom`: these mean nothing.
    pub(super) fn strangers<'a>(&'a self, known: &'a [String]) -> impl Iterator<Item = &'a str> {
        let names = self.variables.keys().map(String::as_str).filter(|name| name.starts_with("CAROM_SERVICE_"));
        let of_kubernetes = |name: &str| {
            name == "CAROM_SERVICE_HOST" || name == "CAROM_SERVICE_PORT" || name.starts_with("CAROM_SERVICE_PORT_")
        };
        names.filter(move |name| !of_kubernetes(name) && !known.iter().any(|one| one == name))
    }
}

/// The variable of a value; what stands in lists and under names of the operator's own has none.
pub(super) fn variable(path: &[Step]) -> Option<String> {
    let words: Option<Vec<String>> = path
        .iter()
        .map(|step| match step {
            Step::Key(name) => Some(name.to_ascii_uppercase()),
            Step::Item(_) => None,
        })
        .collect();
    words.map(|words| format!("{PREFIX}{}", words.join("_")))
}

#[cfg(test)]
mod tests {
    use super::{Environment, Step, variable};

    #[test]
    fn what_is_set_and_what_is_strange() {
        let of =
            |names: &[(&str, &str)]| Environment::of(names.iter().map(|(name, value)| (name.into(), value.into())));
        let path = [Step::Key("service".to_owned()), Step::Key("listen".to_owned())];
        assert_eq!(variable(&path).as_deref(), Some("CAROM_SERVICE_LISTEN"));
        let environment = of(&[
            ("CAROM_SERVICE_LISTEN", "[::1]:1"),
            ("CAROM_SERVICE_LISTN", "x"),
            ("CAROM_SERVICE_WATCH", ""),
            ("CAROM_SERVICE_HOST", "10.0.0.1"),
            ("CAROM_SERVICE_PORT_HTTP", "80"),
            ("CAROM_PAIRS", "7"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(environment.get("CAROM_SERVICE_LISTEN"), Some("[::1]:1"));
        assert_eq!(environment.get("CAROM_SERVICE_WATCH"), None, "what is empty sets nothing");
        assert!(environment.has_below(&path[..1]) && !environment.has_below(&path));
        let known = ["CAROM_SERVICE_LISTEN".to_owned()];
        assert_eq!(environment.strangers(&known).collect::<Vec<_>>(), ["CAROM_SERVICE_LISTN"]);
    }
}
