//! Passwords: Argon2id with the parameters of OWASP's password storage cheat sheet (19 MiB, two passes, one lane).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use spindle_contract::problem::Problem;
use spindle_dapr::ports::Random;
use spindle_web_kit::Failure;

/// Verified against when there is no such account, so that both refusals take the same time. It is the hash of no known password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c3BpbmRsZS1uby1zdWNoLWFjY291bnQ$qIBZ0mBE3tfXqEwOsT5aqYEMnRmbSAcYjnHkJ3E0bmM";

fn argon2() -> Result<Argon2<'static>, Failure> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| Failure::caused(Problem::internal(), error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a new password.
pub(crate) fn hash(password: &str, random: &dyn Random) -> Result<String, Failure> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let internal = |error: argon2::password_hash::Error| Failure::caused(Problem::internal(), error.to_string());
    let salt = SaltString::encode_b64(&bytes).map_err(internal)?;
    Ok(argon2()?
        .hash_password(password.as_bytes(), &salt)
        .map_err(internal)?
        .to_string())
}

/// Whether `password` is the one behind `stored`; without an account it is not, after the same work.
pub(crate) fn verify(password: &str, stored: Option<&str>) -> Result<bool, Failure> {
    let parsed =
        PasswordHash::new(stored.unwrap_or(NOBODY)).map_err(|error| Failure::caused(Problem::internal(), error.to_string()))?;
    Ok(argon2()?.verify_password(password.as_bytes(), &parsed).is_ok() && stored.is_some())
}
