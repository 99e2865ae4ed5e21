//! Reads an environment from a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

/// What daprd cannot do without in a cluster. The first two are tokens.
pub(crate) const REQUIRED: [&str; 7] = [
    DAPR_API_TOKEN,
    APP_API_TOKEN,
    "DAPR_TRUST_ANCHORS",
    "DAPR_CONTROLPLANE_NAMESPACE",
    "DAPR_CONTROLPLANE_TRUST_DOMAIN",
    "NAMESPACE",
    "POD_NAME",
];
/// What the application must show to the sidecar; without it the sidecar answers everybody.
const DAPR_API_TOKEN: &str = "DAPR_API_TOKEN";
/// What the sidecar shows to the application.
const APP_API_TOKEN: &str = "APP_API_TOKEN";

/// Bytes of one value at most; Linux takes 128 KiB for one string of an environment.
const VALUE_BYTES_MAX: u64 = 96 * 1024;
/// Variables at most.
const VARIABLES_MAX: usize = 256;

/// The folder cannot be used; daprd must not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvironmentError {
    #[error("{folder} is not there; mount the projected volume there (annotation dapr.io/volume-mounts)")]
    NoFolder { folder: String },
    #[error("{path} cannot be read: {source}")]
    Read { path: String, source: std::io::Error },
    #[error("{path} is no name of a variable; letters, digits and _ only, no digit first")]
    Name { path: String },
    #[error("{path} is longer than {VALUE_BYTES_MAX} bytes")]
    TooLong { path: String },
    #[error("{folder} holds more than {VARIABLES_MAX} files")]
    TooMany { folder: String },
    #[error("{path} is no text: it must be UTF-8 without NUL")]
    NoText { path: String },
    #[error("{path} is missing; add it to the sources of the projected volume")]
    Missing { path: String },
    #[error("{path} is empty; put a value into the Secret or ConfigMap it comes from")]
    Empty { path: String },
    #[error("{path} holds white space or other characters that no header can carry; make the token anew, without a line end")]
    Token { path: String },
}

/// The variables in `folder`, by name; all of [`REQUIRED`] are among them and not empty.
pub(crate) fn read(folder: &Path) -> Result<BTreeMap<String, String>, EnvironmentError> {
    let shown = || folder.display().to_string();
    let unreadable = |source| EnvironmentError::Read { path: shown(), source };
    let entries = fs::read_dir(folder).map_err(|source| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => EnvironmentError::NoFolder { folder: shown() },
        _ => unreadable(source),
    })?;
    let mut variables = BTreeMap::new();
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // The kubelet's own: `..data` and the folder it points to.
        if name.starts_with("..") {
            continue;
        }
        if variables.len() == VARIABLES_MAX {
            return Err(EnvironmentError::TooMany { folder: shown() });
        }
        let value = value(&entry.path(), &name)?;
        variables.insert(name, value);
    }
    for name in REQUIRED {
        let path = || folder.join(name).display().to_string();
        match variables.get(name).map(String::as_str) {
            None => return Err(EnvironmentError::Missing { path: path() }),
            Some("") => return Err(EnvironmentError::Empty { path: path() }),
            Some(value) if [DAPR_API_TOKEN, APP_API_TOKEN].contains(&name) && !is_token(value) => {
                return Err(EnvironmentError::Token { path: path() });
            }
            Some(_) => {}
        }
    }
    Ok(variables)
}

fn value(path: &Path, name: &str) -> Result<String, EnvironmentError> {
    let shown = || path.display().to_string();
    let unreadable = |source| EnvironmentError::Read { path: shown(), source };
    if !is_name(name) {
        return Err(EnvironmentError::Name { path: shown() });
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(VALUE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > VALUE_BYTES_MAX {
        return Err(EnvironmentError::TooLong { path: shown() });
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(EnvironmentError::NoText { path: shown() }),
    }
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The application sends it as a header and compares it byte by byte, so a line end at its end would be part of it.
fn is_token(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_graphic())
}
