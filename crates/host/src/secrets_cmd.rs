//! `spindle secrets`: keys and tokens for an application and a sidecar that both run elsewhere, such as `spin up` beside `dapr run`.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::{Map, Value};

use crate::secrets::{Origin, SIGNING_KEY, Secrets};
use crate::{cli, data, log};

/// The application's variables, as a shell and a dotenv file read them.
const SPIN_ENVIRONMENT: &str = "spin.env";
/// The sidecar's tokens, for the environment of daprd.
const DAPR_ENVIRONMENT: &str = "dapr.env";
/// What the component `secretstore` (`secretstores.local.file`) reads.
const SECRET_STORE: &str = "dapr-secrets.json";

/// Makes what is not there yet and writes the three files.
pub(crate) fn secrets(args: &cli::SecretsArgs) -> anyhow::Result<()> {
    let (secrets, origin) = Secrets::load_or_make(&args.data)?;
    data::open(&args.data)?;
    if matches!(origin, Origin::New) {
        secrets.save(&args.data)?;
    }
    write_spin_environment(&args.data, &args.sidecar, &secrets)?;
    write(&args.data, DAPR_ENVIRONMENT, &dapr_environment(&secrets))?;
    let store = secret_store(&args.data, &secrets)?;
    write(&args.data, SECRET_STORE, &store)?;
    log::info(&format!(
        "{SPIN_ENVIRONMENT}, {DAPR_ENVIRONMENT} and {SECRET_STORE} are in {}; connection strings of back ends belong into the last",
        args.data.display()
    ));
    Ok(())
}

/// Writes the variables that the application needs beside this sidecar; gives the file's name.
pub(crate) fn write_spin_environment(folder: &Path, dapr_url: &str, secrets: &Secrets) -> anyhow::Result<&'static str> {
    let keys = secrets.public_keys();
    let variables = [
        ("SPIN_VARIABLE_DAPR_URL", dapr_url),
        ("SPIN_VARIABLE_DAPR_API_TOKEN", &secrets.dapr_api_token),
        ("SPIN_VARIABLE_APP_API_TOKEN", &secrets.app_api_token),
        ("SPIN_VARIABLE_JWT_PUBLIC_KEYS", &keys),
    ];
    write(folder, SPIN_ENVIRONMENT, &environment(&variables))?;
    Ok(SPIN_ENVIRONMENT)
}

fn dapr_environment(secrets: &Secrets) -> String {
    environment(&[
        ("DAPR_API_TOKEN", &secrets.dapr_api_token),
        ("APP_API_TOKEN", &secrets.app_api_token),
    ])
}

fn environment(variables: &[(&str, &str)]) -> String {
    let mut text = "# Written by `spindle`. Holds secrets.\n".to_owned();
    for (name, value) in variables {
        // Single quotes keep JSON as it is; none of the values can hold one. Writing to a String cannot fail.
        let _ok = writeln!(text, "{name}='{value}'");
    }
    text
}

/// The secret store's file with our key in it; what else it holds is the operator's and stays.
fn secret_store(folder: &Path, secrets: &Secrets) -> anyhow::Result<String> {
    let path = folder.join(SECRET_STORE);
    let mut store: Map<String, Value> = match std::fs::read(&path) {
        Ok(text) => match serde_json::from_slice(&text) {
            Ok(store) => store,
            // The parser's message may quote a secret.
            Err(error) => bail!(
                "{} is no JSON object (line {}); mend it, or remove it to begin anew",
                path.display(),
                error.line()
            ),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Map::new(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    store.insert(SIGNING_KEY.to_owned(), secrets.signing_secret());
    Ok(serde_json::to_string_pretty(&store)?)
}

fn write(folder: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let path = folder.join(name);
    data::write_private(&path, text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{SECRET_STORE, secrets};
    use crate::cli::SecretsArgs;
    use crate::data::scratch::Scratch;

    #[test]
    fn what_the_operator_wrote_into_the_store_stays_and_keys_are_made_once() {
        let scratch = Scratch::new("secrets-command");
        let args = SecretsArgs {
            data: scratch.path().to_owned(),
            sidecar: "http://localhost:3500".to_owned(),
        };
        let path = scratch.path().join(SECRET_STORE);
        std::fs::write(&path, r#"{"postgres": {"connectionString": "host=db"}}"#).unwrap();
        secrets(&args).unwrap();
        let read = || serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()).unwrap();
        let first = read();
        assert_eq!(first["postgres"], json!({"connectionString": "host=db"}));
        assert!(first["jwt-signing-key"]["private_key"].is_string());
        secrets(&args).unwrap();
        assert_eq!(read(), first);
        let tokens = std::fs::read_to_string(scratch.path().join("dapr.env")).unwrap();
        assert!(
            tokens.contains("DAPR_API_TOKEN='") && tokens.contains("APP_API_TOKEN='"),
            "two tokens"
        );
    }

    #[test]
    fn a_store_that_is_no_json_is_left_alone_and_not_quoted() {
        let scratch = Scratch::new("secrets-command-damaged");
        let path = scratch.path().join(SECRET_STORE);
        std::fs::write(&path, "{\"a\": hidden}").unwrap();
        let args = SecretsArgs {
            data: scratch.path().to_owned(),
            sidecar: "http://localhost:3500".to_owned(),
        };
        let error = secrets(&args).unwrap_err().to_string();
        assert!(error.contains("dapr-secrets.json") && !error.contains("hidden"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\": hidden}");
    }
}
