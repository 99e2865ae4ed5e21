//! What a component knows of its surroundings: the ports, and the variables of `spin.toml`.

use std::rc::Rc;

use spindle_dapr::{
    Dapr, Names,
    ports::{Clock, Random, Sidecar},
};

/// The variables of `spin.toml`; a component that is not given one has its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What Dapr shows on its calls. Empty refuses them all.
    pub app_api_token: String,
    /// The JWK set that access tokens are verified with.
    pub jwt_public_keys: String,
    /// The name of the secret that access tokens are signed with.
    pub jwt_secret: String,
    /// The Dapr app id of audit-handler.
    pub audit_app_id: String,
    /// Whether `GET /dapr/subscribe` names the subscriptions; not so where they are declarative.
    pub subscribes: bool,
    /// Whether the state store has just been restored, and audit-handler leaves out the changes that the restore has undone.
    pub after_restore: bool,
    /// Origins of other sites whose scripts may call the API.
    pub cors_origins: Vec<String>,
    /// How many proxies in front are trusted to add to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// Log-ins a minute for one account; three times that for one address.
    pub login_limit_per_minute: u32,
    /// Registrations a minute for one address.
    pub register_limit_per_minute: u32,
}

/// All that a handler may use.
#[derive(Clone)]
pub struct Ctx {
    /// Everything outside.
    pub dapr: Dapr,
    /// The time.
    pub clock: Rc<dyn Clock>,
    /// Randomness.
    pub random: Rc<dyn Random>,
    /// The variables.
    pub config: Rc<Config>,
}

/// A variable that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the variable {name} is {value:?}; it must be {expected}")]
pub struct ConfigError {
    name: &'static str,
    value: String,
    expected: &'static str,
}

impl Config {
    /// Reads the variables.
    pub fn from_variables(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &str, default: &str| get(name).unwrap_or_else(|| default.to_owned());
        let number = |name: &'static str, default: u32| match get(name) {
            None => Ok(default),
            Some(value) => value.trim().parse().map_err(|_| ConfigError {
                name,
                value,
                expected: "a whole number, 0 or more",
            }),
        };
        // Of two words, whether it is the first.
        let is = |name: &'static str, default: &str, expected: &'static str, [yes, no]: [&str; 2]| match text(name, default) {
            value if value == yes => Ok(true),
            value if value == no => Ok(false),
            value => Err(ConfigError { name, value, expected }),
        };
        Ok(Self {
            app_api_token: text("app_api_token", ""),
            jwt_public_keys: text("jwt_public_keys", ""),
            jwt_secret: text("jwt_secret", "jwt-signing-key"),
            audit_app_id: text("audit_app_id", "spindle"),
            subscribes: is(
                "subscriptions",
                "programmatic",
                "programmatic or declarative",
                ["programmatic", "declarative"],
            )?,
            after_restore: is("after_restore", "false", "true or false", ["true", "false"])?,
            cors_origins: text("cors_origins", "")
                .split([',', ' '])
                .filter(|origin| !origin.is_empty())
                .map(str::to_owned)
                .collect(),
            trusted_proxies: number("trusted_proxies", 0)? as usize,
            login_limit_per_minute: number("login_limit_per_minute", 10)?,
            register_limit_per_minute: number("register_limit_per_minute", 10)?,
        })
    }
}

impl Ctx {
    /// Puts the context of one request together.
    pub fn new(
        sidecar: Rc<dyn Sidecar>,
        clock: Rc<dyn Clock>,
        random: Rc<dyn Random>,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let name = |variable: &str, default: &str| get(variable).unwrap_or_else(|| default.to_owned());
        let names = Names {
            state: name("state_store", "statestore"),
            pubsub: name("pubsub", "pubsub"),
            secrets: name("secret_store", "secretstore"),
        };
        let dapr = Dapr::new(sidecar, names, &name("dapr_api_token", ""));
        Ok(Self {
            dapr,
            clock,
            random,
            config: Rc::new(Config::from_variables(get)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_cannot_be_used_is_named_with_what_it_must_be() {
        let config = |name: &'static str, value: &'static str| {
            Config::from_variables(move |asked| (asked == name).then(|| value.to_owned()))
        };
        let error = config("trusted_proxies", "two").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the variable trusted_proxies is \"two\"; it must be a whole number, 0 or more"
        );
        assert!(config("subscriptions", "both").is_err());
        assert!(!config("subscriptions", "declarative").unwrap().subscribes);
        assert!(config("after_restore", "yes").is_err());
        assert!(config("after_restore", "true").unwrap().after_restore);
        assert_eq!(
            config("cors_origins", "https://a.example, https://b.example")
                .unwrap()
                .cors_origins
                .len(),
            2
        );
    }
}
