//! What `spindle` makes up at its first start and keeps in `<data>/secrets.json`: the key pair that signs access tokens, and the
//! tokens by which application and sidecar know each other. Nothing of it is ever logged, so nothing here has `Debug`.

use std::io::ErrorKind;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::data;

const FILE: &str = "secrets.json";

/// The secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretsError {
    #[error("{path} cannot be read ({source}); correct its permissions")]
    Read { path: String, source: std::io::Error },
    #[error("{path} is damaged; restore it from a backup, or remove it to get new keys (everyone is then logged out)")]
    Damaged { path: String },
    #[error("{path} cannot be written ({source}); correct the folder's permissions")]
    Write { path: String, source: std::io::Error },
    #[error("the system has no random numbers ({0}); nothing can be done without")]
    Random(getrandom::Error),
}

/// Name in the secret store under which task-api finds the key.
pub(crate) const SIGNING_KEY: &str = "jwt-signing-key";

/// The secrets of one data folder, in a form that Dapr's `secretstores.local.file` reads too (with `multiValued`).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Secrets {
    jwt_signing_key: SigningSecret,
    /// What the sidecar shows to the application.
    pub(crate) app_api_token: String,
    /// What the application shows to the sidecar.
    pub(crate) dapr_api_token: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningSecret {
    /// Id of the key: its RFC 7638 thumbprint.
    kid: String,
    /// The 32-byte seed (RFC 8032), base64url.
    private_key: String,
}

/// Where the secrets came from.
pub(crate) enum Origin {
    File,
    /// Made up now, not on disk yet.
    New,
}

impl Secrets {
    /// Reads the file in `folder`, or makes new ones that [`Self::save`] keeps.
    pub(crate) fn load_or_make(folder: &Path) -> Result<(Self, Origin), SecretsError> {
        let path = folder.join(FILE);
        match std::fs::read(&path) {
            Ok(text) => {
                let secrets: Self = serde_json::from_slice(&text).map_err(|_quotes_secrets| SecretsError::Damaged {
                    path: path.display().to_string(),
                })?;
                if secrets.signing_key().is_none() {
                    return Err(SecretsError::Damaged {
                        path: path.display().to_string(),
                    });
                }
                Ok((secrets, Origin::File))
            }
            // Where the folder cannot exist either, opening it says so in better words.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Ok((Self::make()?, Origin::New))
            }
            Err(source) => Err(SecretsError::Read {
                path: path.display().to_string(),
                source,
            }),
        }
    }

    /// Keeps them in `folder`, readable by the owner alone.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), SecretsError> {
        let path = folder.join(FILE);
        let write = |source| SecretsError::Write {
            path: path.display().to_string(),
            source,
        };
        let text = serde_json::to_vec_pretty(self).map_err(|error| write(error.into()))?;
        data::write_private(&path, &text).map_err(write)
    }

    fn make() -> Result<Self, SecretsError> {
        let random = || {
            let mut bytes = [0_u8; 32];
            getrandom::fill(&mut bytes).map_err(SecretsError::Random).map(|()| bytes)
        };
        let seed = random()?;
        Ok(Self {
            jwt_signing_key: SigningSecret {
                kid: thumbprint(&SigningKey::from_bytes(&seed)),
                private_key: URL_SAFE_NO_PAD.encode(seed),
            },
            app_api_token: URL_SAFE_NO_PAD.encode(random()?),
            dapr_api_token: URL_SAFE_NO_PAD.encode(random()?),
        })
    }

    fn signing_key(&self) -> Option<SigningKey> {
        let seed: [u8; 32] = URL_SAFE_NO_PAD
            .decode(&self.jwt_signing_key.private_key)
            .ok()?
            .try_into()
            .ok()?;
        Some(SigningKey::from_bytes(&seed))
    }

    /// The secret that task-api reads when it issues a token: `{"kid", "private_key"}`.
    pub(crate) fn signing_secret(&self) -> serde_json::Value {
        serde_json::json!({ "kid": self.jwt_signing_key.kid, "private_key": self.jwt_signing_key.private_key })
    }

    /// The public half, as a JWK Set (RFC 7517, RFC 8037).
    pub(crate) fn public_keys(&self) -> String {
        let keys = self.signing_key().map(|key| {
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "kid": self.jwt_signing_key.kid, "x": public_x(&key), "alg": "EdDSA", "use": "sig",
            })
        });
        serde_json::json!({ "keys": keys.as_slice() }).to_string()
    }
}

fn public_x(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes())
}

/// RFC 7638 with RFC 8037 §2: the required members in this order, without white space.
fn thumbprint(key: &SigningKey) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, public_x(key));
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ed25519_dalek::SigningKey;

    use super::{Origin, Secrets, SecretsError, thumbprint};
    use crate::data::scratch::Scratch;

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        // RFC 8037, appendices A.1 and A.3.
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = SigningKey::from_bytes(&seed.try_into().unwrap());
        assert_eq!(thumbprint(&key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn secrets_are_made_once_and_kept() {
        let scratch = Scratch::new("secrets");
        let (made, origin) = Secrets::load_or_make(scratch.path()).unwrap();
        assert!(matches!(origin, Origin::New));
        assert!(
            std::fs::read_dir(scratch.path()).unwrap().next().is_none(),
            "nothing is on disk before save"
        );
        made.save(scratch.path()).unwrap();
        let (read, origin) = Secrets::load_or_make(scratch.path()).unwrap();
        assert!(matches!(origin, Origin::File));
        assert_eq!(read.public_keys(), made.public_keys());
        assert_eq!(read.dapr_api_token, made.dapr_api_token);
        assert_ne!(made.app_api_token, made.dapr_api_token);
        let keys: serde_json::Value = serde_json::from_str(&made.public_keys()).unwrap();
        assert_eq!(keys["keys"][0]["kid"], made.signing_secret()["kid"]);
    }

    #[test]
    fn a_damaged_file_is_not_replaced() {
        let scratch = Scratch::new("damaged-secrets");
        std::fs::write(scratch.path().join("secrets.json"), "{}").unwrap();
        let error = Secrets::load_or_make(scratch.path()).err().unwrap();
        assert!(matches!(error, SecretsError::Damaged { .. }), "{error}");
    }
}
