//! The Spin application manifest, version 2 (`spin.toml`).
//!
//! The same file must run on Spin 3.6 and 4, so nothing of our own is read from it and an unknown key is an error here as it is
//! there. What Spin accepts and this host cannot honour (key-value stores, inline components, …) is refused with its place in the
//! file, rather than ignored. Two things are stricter than Spin, because there they fail silently at run time: a route given twice,
//! and a template in `allowed_outbound_hosts` that names no variable.

pub(crate) mod ids;
mod schema;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::outbound::hosts::HostPattern;
use crate::routes::Pattern;
use crate::variables::template::Template;

/// Where in the manifest something is wrong, what, and what to do about it. Displayed as one line.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}; {remedy}")]
pub(crate) struct ManifestError {
    /// Name of the file as the user gave it.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Counted from 1, in characters.
    pub(crate) column: usize,
    pub(crate) problem: String,
    pub(crate) remedy: String,
}

/// The manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error("cannot read {path}: {source}; give the manifest with --from")]
    Read { path: String, source: std::io::Error },
    #[error(transparent)]
    Invalid(#[from] ManifestError),
}

/// A checked manifest: every name that is referred to exists, every pattern is parsed.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    /// Folder of the manifest; all its relative paths start there.
    pub(crate) root: PathBuf,
    pub(crate) name: String,
    pub(crate) version: String,
    /// Application variables by name.
    pub(crate) variables: BTreeMap<String, VariableSpec>,
    pub(crate) components: BTreeMap<String, ComponentSpec>,
    /// Public routes, in the order of the file.
    pub(crate) routes: Vec<RouteSpec>,
}

/// `[variables]`: a required one has no default.
#[derive(Debug, Clone)]
pub(crate) struct VariableSpec {
    pub(crate) default: Option<String>,
}

/// `[component.<id>]`.
#[derive(Debug, Clone)]
pub(crate) struct ComponentSpec {
    /// Path of the Wasm file, joined to the manifest's folder.
    pub(crate) source: PathBuf,
    pub(crate) variables: BTreeMap<String, Template>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) allowed_outbound_hosts: Vec<Template>,
    pub(crate) build: Option<BuildSpec>,
}

/// A folder of the host that the guest may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    pub(crate) source: PathBuf,
    /// Absolute path in the guest.
    pub(crate) destination: String,
}

/// `[component.<id>.build]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuildSpec {
    pub(crate) commands: Vec<String>,
    pub(crate) workdir: PathBuf,
}

/// `[[trigger.http]]` with a public route.
#[derive(Debug, Clone)]
pub(crate) struct RouteSpec {
    pub(crate) component: String,
    pub(crate) pattern: Pattern,
}

impl Manifest {
    /// Reads and checks the manifest at `path`.
    pub(crate) fn load(path: &Path) -> Result<Self, LoadError> {
        let text = std::fs::read_to_string(path).map_err(|source| LoadError::Read {
            path: path.display().to_string(),
            source,
        })?;
        let root = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        Ok(Self::parse(&text, &path.display().to_string(), root)?)
    }

    /// Checks the manifest `text`; `file` is what errors call it, `root` the folder its paths start from.
    pub(crate) fn parse(text: &str, file: &str, root: &Path) -> Result<Self, ManifestError> {
        let reader = Reader { text, file, root };
        let raw: schema::Manifest = toml::from_str(text).map_err(|error| {
            let message = error.message().replace('\n', ", ");
            let remedy = if message.starts_with("unknown field") {
                "correct the name or remove the key, Spin refuses it too"
            } else if message.starts_with("missing field") {
                "add the key"
            } else {
                "correct the line"
            };
            reader.error(&error.span().unwrap_or(0..0), message, remedy)
        })?;
        reader.check(raw)
    }
}

/// Turns what was parsed into what is valid, and byte offsets into lines.
struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    root: &'a Path,
}

impl Reader<'_> {
    fn error(&self, at: &Range<usize>, problem: impl Into<String>, remedy: impl Into<String>) -> ManifestError {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ManifestError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    fn check(&self, raw: schema::Manifest) -> Result<Manifest, ManifestError> {
        if *raw.spin_manifest_version.get_ref() != 2 {
            return Err(self.error(
                &raw.spin_manifest_version.span(),
                format!("spin_manifest_version is {}", raw.spin_manifest_version.get_ref()),
                "only version 2 is read",
            ));
        }
        let mut variables = BTreeMap::new();
        for (name, variable) in raw.variables {
            variables.insert(self.variable_name(&name)?, self.variable(&name, variable)?);
        }
        let mut components = BTreeMap::new();
        for (id, component) in raw.component {
            let checked = self.component(&id, component, &variables)?;
            components.insert(id.into_inner(), checked);
        }
        let routes = self.routes(raw.trigger.http, &components)?;
        Ok(Manifest {
            root: self.root.to_owned(),
            name: raw.application.name,
            version: raw.application.version,
            variables,
            components,
            routes,
        })
    }

    fn variable_name(&self, name: &toml::Spanned<String>) -> Result<String, ManifestError> {
        ids::check_variable_name(name.get_ref()).map_err(|reason| {
            self.error(
                &name.span(),
                format!("variable name `{}` {reason}", name.get_ref()),
                "write it in lower_snake_case, beginning with a letter",
            )
        })?;
        Ok(name.get_ref().clone())
    }

    fn variable(&self, name: &toml::Spanned<String>, variable: schema::Variable) -> Result<VariableSpec, ManifestError> {
        match (variable.required, variable.default) {
            (true, Some(_)) => Err(self.error(
                &name.span(),
                format!("variable `{}` is required and has a default", name.get_ref()),
                "keep one of the two",
            )),
            (false, None) => Err(self.error(
                &name.span(),
                format!("variable `{}` has neither a default nor required = true", name.get_ref()),
                "give it one of the two",
            )),
            (_, default) => Ok(VariableSpec { default }),
        }
    }

    fn template(
        &self,
        at: &Range<usize>,
        text: &str,
        variables: &BTreeMap<String, VariableSpec>,
    ) -> Result<Template, ManifestError> {
        let template =
            Template::parse(text).map_err(|error| self.error(at, error.to_string(), "write it as {{ variable_name }}"))?;
        if let Some(unknown) = template.names().find(|name| !variables.contains_key(*name)) {
            return Err(self.error(
                at,
                format!("the template names `{unknown}`, which [variables] does not declare"),
                "declare it or correct the name",
            ));
        }
        Ok(template)
    }

    fn component(
        &self,
        id: &toml::Spanned<String>,
        raw: schema::Component,
        variables: &BTreeMap<String, VariableSpec>,
    ) -> Result<ComponentSpec, ManifestError> {
        let name = id.get_ref();
        ids::check_component_id(name).map_err(|reason| {
            self.error(
                &id.span(),
                format!("component id `{name}` {reason}"),
                "write it in kebab-case",
            )
        })?;
        if let Some(feature) = raw.beyond_this_host() {
            return Err(self.error(
                &id.span(),
                format!("component `{name}` uses `{feature}`, which this host does not offer"),
                "remove it, or run the application with Spin",
            ));
        }
        let schema::Source::Local(source) = raw.source.get_ref() else {
            return Err(self.error(
                &raw.source.span(),
                format!("the source of component `{name}` is not a local file"),
                "give the path of a .wasm file, or run the application with Spin",
            ));
        };
        let mut own_variables = BTreeMap::new();
        for (key, value) in raw.variables {
            let key_name = self.variable_name(&key)?;
            own_variables.insert(key_name, self.template(&value.span(), value.get_ref(), variables)?);
        }
        let mut hosts = Vec::new();
        for host in raw.allowed_outbound_hosts {
            let template = self.template(&host.span(), host.get_ref(), variables)?;
            if let Some(literal) = template.literal() {
                HostPattern::parse(literal)
                    .map_err(|error| self.error(&host.span(), error.to_string(), "write it as scheme://host:port"))?;
            }
            hosts.push(template);
        }
        let mut mounts = Vec::new();
        for mount in raw.files {
            mounts.push(self.mount(&mount)?);
        }
        Ok(ComponentSpec {
            source: self.root.join(source),
            variables: own_variables,
            environment: raw.environment.into_iter().collect(),
            mounts,
            allowed_outbound_hosts: hosts,
            build: raw.build.map(|build| BuildSpec {
                commands: match build.command {
                    schema::Commands::One(command) => vec![command],
                    schema::Commands::Many(commands) => commands,
                },
                workdir: build
                    .workdir
                    .map_or_else(|| self.root.to_owned(), |workdir| self.root.join(workdir)),
            }),
        })
    }

    fn mount(&self, mount: &toml::Spanned<schema::Files>) -> Result<Mount, ManifestError> {
        match mount.get_ref() {
            schema::Files::Mount { source, destination } if destination.starts_with('/') => Ok(Mount {
                source: self.root.join(source),
                destination: destination.clone(),
            }),
            schema::Files::Mount { destination, .. } => Err(self.error(
                &mount.span(),
                format!("the destination `{destination}` is not absolute"),
                "begin it with /",
            )),
            schema::Files::Glob(pattern) => Err(self.error(
                &mount.span(),
                format!("`{pattern}` is a file pattern, which this host does not offer"),
                "write { source = \"folder\", destination = \"/\" }",
            )),
        }
    }

    fn routes(
        &self,
        triggers: Vec<schema::HttpTrigger>,
        components: &BTreeMap<String, ComponentSpec>,
    ) -> Result<Vec<RouteSpec>, ManifestError> {
        let mut routes: Vec<RouteSpec> = Vec::new();
        for trigger in triggers {
            let component = trigger.component.get_ref();
            if !components.contains_key(component) {
                return Err(self.error(
                    &trigger.component.span(),
                    format!("the trigger names component `{component}`, which is not declared"),
                    format!("add [component.{component}] or correct the name"),
                ));
            }
            let at = trigger.route.span();
            let path = match trigger.route.into_inner() {
                schema::Route::Path(path) => path,
                schema::Route::Private { private: true } => continue,
                schema::Route::Private { private: false } => {
                    return Err(self.error(&at, "route has private = false", "write a path or { private = true }"));
                }
            };
            let pattern = Pattern::parse(&path)
                .map_err(|error| self.error(&at, error.to_string(), "write it as /path, /path/:name or /path/..."))?;
            if path.starts_with("/.well-known/spin") {
                return Err(self.error(&at, format!("`{path}` is reserved for the host"), "choose another route"));
            }
            if let Some(first) = routes.iter().find(|route| route.pattern.same_paths(&pattern)) {
                return Err(self.error(
                    &at,
                    format!("`{path}` is already routed to component `{}`", first.component),
                    "remove one of the two, Spin would silently serve the last",
                ));
            }
            routes.push(RouteSpec {
                component: component.clone(),
                pattern,
            });
        }
        Ok(routes)
    }
}

#[cfg(test)]
mod tests;
