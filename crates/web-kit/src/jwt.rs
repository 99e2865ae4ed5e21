//! Access tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037), verified against a JWK set chosen by `kid`.
//!
//! The algorithm is pinned by type: what the token says of it is only compared.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jwt_compact::{AlgorithmExt as _, Claims, Header, TimeOptions, UntrustedToken, alg::Ed25519};
use serde::{Deserialize, Serialize};
use spindle_contract::limits::ACCESS_TOKEN_SECONDS;
use uuid::Uuid;

/// How far clocks may differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
const ISSUER: &str = "spindle";
const AUDIENCE: &str = "spindle-api";

#[derive(Debug, Serialize, Deserialize)]
struct Subject {
    iss: String,
    aud: String,
    sub: Uuid,
}

/// Why a token is not good.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT of ours.
    #[error("the token is malformed")]
    Malformed,
    /// No public key has its `kid`.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the token's signature is wrong")]
    Signature,
    /// Its time is over, or has not come.
    #[error("the token has expired")]
    Expired,
    /// For another audience, or by another issuer.
    #[error("the token is not for this API")]
    Foreign,
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The secret has no such entry.
    #[error("the signing secret has no {0}")]
    Missing(&'static str),
    /// Not base64url of 32 bytes.
    #[error("the private key is not 32 bytes in base64url")]
    PrivateKey,
}

#[derive(Deserialize)]
struct KeySet<'a> {
    #[serde(borrow)]
    keys: Vec<Key<'a>>,
}

#[derive(Deserialize)]
struct Key<'a> {
    kid: &'a str,
    x: &'a str,
}

/// Verifies a token against the JWK set `keys`; gives the person.
pub fn verify(token: &str, keys: &str, now: DateTime<Utc>) -> Result<Uuid, TokenError> {
    let token = UntrustedToken::new(token).map_err(|_| TokenError::Malformed)?;
    let kid = token.header().key_id.as_deref().ok_or(TokenError::Malformed)?;
    let keys: KeySet<'_> = serde_json::from_str(keys).map_err(|_| TokenError::UnknownKey)?;
    let key = keys.keys.iter().find(|key| key.kid == kid).ok_or(TokenError::UnknownKey)?;
    let key = bytes_of(key.x)
        .and_then(|bytes| ed25519_dalek::VerifyingKey::from_bytes(&bytes).ok())
        .ok_or(TokenError::UnknownKey)?;
    let token = Ed25519
        .validator::<Subject>(&key)
        .validate(&token)
        .map_err(|_| TokenError::Signature)?;
    let time = TimeOptions::new(LEEWAY, || now);
    let claims = token.claims();
    claims.validate_expiration(&time).map_err(|_| TokenError::Expired)?;
    if claims.not_before.is_some() {
        claims.validate_maturity(&time).map_err(|_| TokenError::Expired)?;
    }
    let Subject { iss, aud, sub } = &claims.custom;
    if iss == ISSUER && aud == AUDIENCE {
        Ok(*sub)
    } else {
        Err(TokenError::Foreign)
    }
}

/// The private key of the secret store, and its name.
pub struct SigningKey {
    kid: String,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// Reads the secret `{kid, private_key}`, the key being base64url of the 32-byte seed.
    pub fn from_secret(secret: &BTreeMap<String, String>) -> Result<Self, KeyError> {
        let kid = secret.get("kid").ok_or(KeyError::Missing("kid"))?.clone();
        let seed = secret.get("private_key").ok_or(KeyError::Missing("private_key"))?;
        let seed = bytes_of(seed).ok_or(KeyError::PrivateKey)?;
        Ok(Self {
            kid,
            key: ed25519_dalek::SigningKey::from_bytes(&seed),
        })
    }

    /// A token for this person, good for [`ACCESS_TOKEN_SECONDS`].
    pub fn sign(&self, person: Uuid, now: DateTime<Utc>) -> Result<String, KeyError> {
        let header = Header::empty().with_key_id(&self.kid).with_token_type("JWT");
        let claims = Claims::new(Subject {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: person,
        })
        .set_duration_and_issuance(
            &TimeOptions::new(LEEWAY, || now),
            TimeDelta::seconds(ACCESS_TOKEN_SECONDS.into()),
        );
        Ed25519.token(&header, &claims, &self.key).map_err(|_| KeyError::PrivateKey)
    }
}

fn bytes_of(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(kid: &str, seed: u8) -> BTreeMap<String, String> {
        [("kid", kid.to_owned()), ("private_key", URL_SAFE_NO_PAD.encode([seed; 32]))]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    fn key_set(keys: &[(&str, u8)]) -> String {
        let keys: Vec<_> = keys
            .iter()
            .map(|(kid, seed)| {
                let public = ed25519_dalek::SigningKey::from_bytes(&[*seed; 32]).verifying_key();
                serde_json::json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": URL_SAFE_NO_PAD.encode(public.as_bytes())})
            })
            .collect();
        serde_json::json!({ "keys": keys }).to_string()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_token_is_good_for_a_quarter_of_an_hour_under_any_key_of_the_set() {
        let person = Uuid::from_u128(7);
        let token = SigningKey::from_secret(&secret("b", 2)).unwrap().sign(person, now()).unwrap();
        let keys = key_set(&[("a", 1), ("b", 2)]);
        assert_eq!(verify(&token, &keys, now()).unwrap(), person);
        assert!(
            verify(&token, &keys, now() + TimeDelta::minutes(15)).is_ok(),
            "clocks may differ by a minute"
        );
        assert!(matches!(
            verify(&token, &keys, now() + TimeDelta::minutes(17)),
            Err(TokenError::Expired)
        ));
        assert!(matches!(
            verify(&token, &key_set(&[("a", 1)]), now()),
            Err(TokenError::UnknownKey)
        ));
    }

    #[test]
    fn a_token_of_another_key_or_changed_on_the_way_is_refused() {
        let token = SigningKey::from_secret(&secret("a", 2))
            .unwrap()
            .sign(Uuid::from_u128(7), now())
            .unwrap();
        assert!(matches!(
            verify(&token, &key_set(&[("a", 1)]), now()),
            Err(TokenError::Signature)
        ));
        let parts: Vec<&str> = token.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"a"}"#);
        for forged in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            "x.y".to_owned(),
            String::new(),
        ] {
            assert!(verify(&forged, &key_set(&[("a", 2)]), now()).is_err(), "{forged}");
        }
    }
}
