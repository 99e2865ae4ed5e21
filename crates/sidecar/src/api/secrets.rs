//! Secrets.

use std::collections::BTreeMap;

use http::StatusCode;

use super::{Context, Plan, Refused, errors};
use crate::resources::Secrets;

impl Context {
    pub(super) fn secret(&self, store: &str, name: &str) -> Result<Plan, Refused> {
        let Some(values) = self.secret_store(store)?.get(name) else {
            let message = format!("failed getting secret with key {name} from secret store {store}: secret {name} not found");
            return Err(errors::refused(StatusCode::INTERNAL_SERVER_ERROR, "ERR_SECRET_GET", &message));
        };
        Ok(answer(&values))
    }

    pub(super) fn secrets_bulk(&self, store: &str) -> Result<Plan, Refused> {
        let all: BTreeMap<_, _> = self.secret_store(store)?.all().collect();
        Ok(answer(&all))
    }

    fn secret_store(&self, store: &str) -> Result<&Secrets, Refused> {
        self.resources.secret_stores.get(store).ok_or_else(|| {
            let message = format!("failed finding secret store with key {store}");
            errors::refused(StatusCode::UNAUTHORIZED, "ERR_SECRET_STORE_NOT_FOUND", &message)
        })
    }
}

fn answer(values: &impl serde::Serialize) -> Plan {
    Plan::Answer(match serde_json::to_vec(values) {
        Ok(body) => errors::json(StatusCode::OK, body.into()),
        Err(cause) => errors::error(StatusCode::INTERNAL_SERVER_ERROR, "ERR_SECRET_GET", &cause.to_string()),
    })
}
