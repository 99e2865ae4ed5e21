//! Application variables: where their values come from, and what each component sees of them.
//!
//! First found wins: `--variable name=value`, the environment's `SPIN_VARIABLE_<NAME>`, the same in a `.env` file beside the
//! manifest, what the host itself provides (tokens, keys, the sidecar's address), the manifest's default.

pub(crate) mod template;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::manifest::Manifest;

/// Prefix of the environment variables that set application variables, as in Spin.
const ENVIRONMENT_PREFIX: &str = "SPIN_VARIABLE_";

/// A value is missing or makes no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VariableError {
    #[error("--variable {0} is not of the form name=value; write it so")]
    Form(String),
    #[error("--variable {0} names a variable that the manifest does not declare; add it to [variables] or correct the name")]
    Unknown(String),
    #[error(
        "variable `{name}` is required and has no value; set SPIN_VARIABLE_{} or give --variable {name}=...",
        name.to_ascii_uppercase()
    )]
    Missing { name: String },
    #[error("{path} is malformed: {problem}; write lines of the form NAME=value")]
    DotEnv { path: String, problem: String },
}

/// The values given from outside, by name of the variable.
#[derive(Default)]
pub(crate) struct Given {
    values: HashMap<String, String>,
}

impl Given {
    /// Collects what the command line, the environment and `<root>/.env` give for the variables of `manifest`.
    pub(crate) fn collect(
        manifest: &Manifest,
        flags: &[String],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, VariableError> {
        let mut values = HashMap::new();
        for flag in flags {
            let (name, value) = flag.split_once('=').ok_or_else(|| VariableError::Form(flag.clone()))?;
            if !manifest.variables.contains_key(name) {
                return Err(VariableError::Unknown(name.to_owned()));
            }
            values.insert(name.to_owned(), value.to_owned());
        }
        let dot_env = read_dot_env(&manifest.root.join(".env"))?;
        for name in manifest.variables.keys() {
            let key = format!("{ENVIRONMENT_PREFIX}{}", name.to_ascii_uppercase());
            if let Some(value) = environment(&key).or_else(|| dot_env.get(&key).cloned()) {
                values.entry(name.clone()).or_insert(value);
            }
        }
        Ok(Self { values })
    }

    /// The value given for `name`, if any.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Provides a value for `name` that anything given goes before.
    pub(crate) fn provide(&mut self, name: &str, value: impl FnOnce() -> String) {
        self.values.entry(name.to_owned()).or_insert_with(value);
    }

    /// Every variable of `manifest` with its value.
    pub(crate) fn resolve(&self, manifest: &Manifest) -> Result<Values, VariableError> {
        let mut values = BTreeMap::new();
        for (name, spec) in &manifest.variables {
            let value = self
                .get(name)
                .or(spec.default.as_deref())
                .ok_or_else(|| VariableError::Missing { name: name.clone() })?;
            values.insert(name.clone(), value.to_owned());
        }
        Ok(Values(values))
    }
}

/// All application variables, each with a value. Has no `Debug`: some are secret.
pub(crate) struct Values(BTreeMap<String, String>);

impl Values {
    /// The value of a declared variable.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn read_dot_env(path: &Path) -> Result<HashMap<String, String>, VariableError> {
    let malformed = |error: dotenvy::Error| VariableError::DotEnv {
        path: path.display().to_string(),
        // A parse error quotes the line, which may be a secret; only say where.
        problem: match error {
            dotenvy::Error::LineParse(_, index) => format!("near character {index} of a line"),
            other => other.to_string(),
        },
    };
    match dotenvy::from_path_iter(path) {
        Ok(lines) => lines.map(|line| line.map_err(malformed)).collect(),
        Err(error) if error.not_found() => Ok(HashMap::new()),
        Err(error) => Err(malformed(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Given, VariableError};
    use crate::manifest::Manifest;

    fn manifest() -> Manifest {
        let text = r#"
            spin_manifest_version = 2
            [application]
            name = "t"
            [variables]
            a = { default = "from manifest" }
            token = { required = true, secret = true }
        "#;
        Manifest::parse(text, "spin.toml", Path::new("/nowhere")).unwrap()
    }

    #[test]
    fn the_command_line_goes_before_the_environment_before_the_host_before_the_manifest() {
        let manifest = manifest();
        let environment = |key: &str| (key == "SPIN_VARIABLE_A" || key == "SPIN_VARIABLE_TOKEN").then(|| "from env".to_owned());
        let mut given = Given::collect(&manifest, &["a=x=y".to_owned()], environment).unwrap();
        given.provide("token", || "from host".to_owned());
        let values = given.resolve(&manifest).unwrap();
        assert_eq!(values.get("a"), Some("x=y"));
        assert_eq!(values.get("token"), Some("from env"));

        let mut given = Given::collect(&manifest, &[], |_| None).unwrap();
        given.provide("token", || "from host".to_owned());
        let values = given.resolve(&manifest).unwrap();
        assert_eq!(values.get("a"), Some("from manifest"));
        assert_eq!(values.get("token"), Some("from host"));
    }

    #[test]
    fn a_required_variable_without_value_is_an_error() {
        let given = Given::collect(&manifest(), &[], |_| None).unwrap();
        let error = given.resolve(&manifest()).err().unwrap();
        assert!(error.to_string().contains("SPIN_VARIABLE_TOKEN"), "{error}");
    }

    #[test]
    fn flags_must_name_declared_variables() {
        let collect = |flag: &str| Given::collect(&manifest(), &[flag.to_owned()], |_| None).err();
        assert!(matches!(collect("nope=1"), Some(VariableError::Unknown(_))));
        assert!(matches!(collect("a"), Some(VariableError::Form(_))));
    }
}
