//! `/health/ready`: what a request needs, by role.

use crate::{problem::Problem, query::Params};

/// The parameters of GET `/health/ready`.
pub const READY_PARAMETERS: &[&str] = &["only"];

/// Something outside that requests need; named by its role, whatever the Dapr component is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Keeps everything: without it nothing can be answered.
    StateStore,
    /// Carries events: without it they wait, and changes are answered all the same.
    PubSub,
    /// Holds the key that signs access tokens: without it nobody can sign in.
    SecretStore,
}

/// Every role and its name.
pub const ROLES: &[(&str, Role)] = &[
    ("statestore", Role::StateStore),
    ("pubsub", Role::PubSub),
    ("secretstore", Role::SecretStore),
];

/// Reads the query string of GET `/health/ready`: the roles to look at, all without the parameter.
///
/// # Errors
/// 400 when there is no such role, or none is named: a probe that asks for nothing would be ready whatever is missing.
pub fn parse_ready(query: Option<&str>) -> Result<Vec<Role>, Problem> {
    let mut params = Params::parse(query, READY_PARAMETERS)?;
    let Some(only) = params.take("only") else {
        return params.finish(ROLES.iter().map(|(_, role)| *role).collect());
    };
    let named = only
        .split(',')
        .filter_map(|name| params.choose("only", name, ROLES))
        .collect();
    params.finish(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_named_or_all() {
        assert_eq!(parse_ready(None).unwrap().len(), 3);
        assert_eq!(parse_ready(Some("only=statestore")).unwrap(), [Role::StateStore]);
        assert_eq!(
            parse_ready(Some("only=secretstore,pubsub")).unwrap(),
            [Role::SecretStore, Role::PubSub]
        );
        for query in ["only=kafka", "only=", "only=pubsub,", "only"] {
            let problem = parse_ready(Some(query)).unwrap_err();
            assert_eq!(
                (problem.status.as_u16(), problem.errors[0].field.as_str()),
                (400, "only"),
                "{query}"
            );
        }
    }
}
