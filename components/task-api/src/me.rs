//! The caller's own account.

use http::{StatusCode, header};
use spindle_contract::{
    auth::{Erasure, ProfilePatch},
    body::parse_json,
    problem::Problem,
};
use spindle_web_kit::{Call, Ctx, Failure, Reply, cookie};

use crate::{
    accounts::{limit, profile_body},
    outbox, password,
    store::{failed, store},
};

pub(crate) async fn get(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let (profile, _) = store(ctx).person(call.user()?).await.map_err(failed)?.ok_or_else(no_person)?;
    Ok(Reply::json(StatusCode::OK, profile_body(&profile).json()))
}

pub(crate) async fn patch(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let store = store(ctx);
    let user = call.user()?;
    let patch: ProfilePatch = parse_json(&call.body)?;
    let (time_zone, all_day_reminder_at) = (patch.time_zone, patch.all_day_reminder_at);
    let changed = store
        .change_person(user, |profile| {
            if let Some(name) = &patch.name {
                profile.name.clone_from(name);
            }
            profile.settings = patch.settings(profile.settings);
            profile.zone = time_zone.unwrap_or(profile.zone);
            profile.all_day_reminder_at = all_day_reminder_at.unwrap_or(profile.all_day_reminder_at);
        })
        .await;
    let profile = changed.map_err(failed)?.ok_or_else(no_person)?;
    let reply = Reply::json(StatusCode::OK, profile_body(&profile).json());
    Ok(if time_zone.is_some() || all_day_reminder_at.is_some() {
        // Reminders are planned anew.
        reply.then(outbox::carry_out(store, user))
    } else {
        reply
    })
}

/// Erases the person: the account at once, the rest after the answer or, should that fail, at a tick.
pub(crate) async fn erase(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let Erasure { password } = parse_json(&call.body)?;
    let user = call.user()?;
    let store = store(ctx);
    limit(&store, "login-as", &user.to_string(), ctx.config.login_limit_per_minute).await?;
    let (profile, _) = store.person(user).await.map_err(failed)?.ok_or_else(no_person)?;
    if !password::verify(&password, Some(&profile.password_hash))? {
        return Err(Problem::invalid_field("password", "wrong", "is not the password of this account").into());
    }
    if !store.erase_person(user).await.map_err(failed)? {
        return Err(no_person());
    }
    let reply = Reply::empty(StatusCode::NO_CONTENT).append_header(header::SET_COOKIE, cookie::clear_refresh(call.is_https));
    Ok(reply.then(outbox::carry_out(store, user)))
}

pub(crate) fn no_person() -> Failure {
    Problem::unauthorized("This account no longer exists.").into()
}
