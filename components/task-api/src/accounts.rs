//! Registering, logging in, staying logged in, logging out.

use http::{HeaderValue, StatusCode, header};
use spindle_contract::{
    auth::{Credentials, Registration, session_json},
    body::parse_json,
    limits::ACCESS_TOKEN_SECONDS,
    problem::{FieldError, Problem},
};
use spindle_domain::profile::{Email, check_password, clean_name};
use spindle_store::{Profile, Refreshed, SESSION_SECONDS, Store};
use spindle_web_kit::{Call, Ctx, Failure, Reply, cookie, jwt};

use crate::{
    password,
    store::{call_failed, failed, store},
};

/// Wrong address and wrong password read the same.
const REFUSED: &str = "The address or the password is wrong.";
const NO_SESSION: &str = "The session has ended. Log in again.";

pub(crate) async fn register(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let Registration {
        email,
        password,
        name,
        time_zone,
    } = parse_json(&call.body)?;
    let mut violations = Vec::new();
    let email = Email::parse("email", &email)
        .map_err(|violation| violations.push(violation))
        .ok();
    if let Err(violation) = check_password("password", &password, email.as_ref().map_or("", Email::as_str)) {
        violations.push(violation);
    }
    let name = name
        .map_or(Ok(None), |name| clean_name("name", &name))
        .unwrap_or_else(|wrong| {
            violations.extend(wrong);
            None
        });
    let (Some(email), true) = (email, violations.is_empty()) else {
        return Err(Problem::invalid(violations).into());
    };

    let store = store(ctx);
    limit(&store, "register", &call.client_address, ctx.config.register_limit_per_minute).await?;
    let hash = password::hash(&password, &*ctx.random)?;
    let zone = time_zone.unwrap_or(chrono_tz::UTC);
    let profile = Profile::new(
        store.new_id(),
        email.as_str().to_owned(),
        name.unwrap_or_default(),
        zone,
        hash,
        ctx.clock.now(),
    );
    if !store.register(&profile).await.map_err(failed)? {
        let mut problem = Problem::conflict(
            "email_taken",
            "There is an account with this address. Log in, or use another address.",
        );
        let message = "has an account already: log in, or use another address".to_owned();
        problem.errors.push(FieldError {
            field: "email".to_owned(),
            code: "taken",
            message,
        });
        return Err(problem.into());
    }
    signed_in(ctx, call, &store, &profile, StatusCode::CREATED).await
}

pub(crate) async fn login(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let Credentials { email, password } = parse_json(&call.body)?;
    let store = store(ctx);
    let per_minute = ctx.config.login_limit_per_minute;
    limit(&store, "login-from", &call.client_address, per_minute.saturating_mul(3)).await?;
    limit(&store, "login-as", &email.trim().to_lowercase(), per_minute).await?;
    let profile = match Email::parse("email", &email) {
        Ok(email) => store.person_by_email(email.lookup()).await.map_err(failed)?,
        Err(_) => None,
    };
    let right = password::verify(&password, profile.as_ref().map(|profile| profile.password_hash.as_str()))?;
    match profile {
        Some(profile) if right => signed_in(ctx, call, &store, &profile, StatusCode::OK).await,
        _ => Err(Problem::unauthorized(REFUSED).into()),
    }
}

pub(crate) async fn refresh(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let store = store(ctx);
    let token = cookie::refresh_token(&call.headers).ok_or_else(|| Problem::unauthorized(NO_SESSION))?;
    let (user, next) = match store.refresh_session(token).await.map_err(failed)? {
        Refreshed::Rotated { user, token } => (user, Some(token)),
        Refreshed::Raced { user } => (user, None),
        Refreshed::Refused => return Err(ended(call)),
    };
    let Some((profile, _)) = store.person(user).await.map_err(failed)? else {
        return Err(ended(call));
    };
    let reply = Reply::json(
        StatusCode::OK,
        session_json(
            &access_token(ctx, &profile).await?,
            ACCESS_TOKEN_SECONDS,
            &profile_body(&profile),
        ),
    );
    Ok(match next {
        Some(token) => with_cookie(reply, cookie::set_refresh(&token, SESSION_SECONDS, call.is_https)),
        None => reply,
    })
}

pub(crate) async fn logout(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    if let Some(token) = cookie::refresh_token(&call.headers) {
        store(ctx).end_session(token).await.map_err(failed)?;
    }
    Ok(with_cookie(
        Reply::empty(StatusCode::NO_CONTENT),
        cookie::clear_refresh(call.is_https),
    ))
}

async fn signed_in(ctx: &Ctx, call: &Call, store: &Store, profile: &Profile, status: StatusCode) -> Result<Reply, Failure> {
    let token = access_token(ctx, profile).await?;
    let session = store.start_session(profile.id).await.map_err(failed)?;
    let reply = Reply::json(status, session_json(&token, ACCESS_TOKEN_SECONDS, &profile_body(profile)));
    Ok(with_cookie(
        reply,
        cookie::set_refresh(&session, SESSION_SECONDS, call.is_https),
    ))
}

/// The private key is read when a token is issued and at no other time.
async fn access_token(ctx: &Ctx, profile: &Profile) -> Result<String, Failure> {
    let secret = ctx.dapr.secret(&ctx.config.jwt_secret).await.map_err(call_failed)?;
    let key = jwt::SigningKey::from_secret(&secret).map_err(|error| Failure::caused(Problem::internal(), error))?;
    key.sign(profile.id, ctx.clock.now())
        .map_err(|error| Failure::caused(Problem::internal(), error))
}

pub(crate) async fn limit(store: &Store, kind: &str, subject: &str, per_minute: u32) -> Result<(), Failure> {
    if store.within_limit(kind, subject, per_minute).await.map_err(failed)? {
        return Ok(());
    }
    Err(Problem::too_many_requests(60, "Too many attempts. Wait a minute.").into())
}

fn ended(call: &Call) -> Failure {
    let problem = Problem::unauthorized(NO_SESSION);
    problem
        .header(header::SET_COOKIE, cookie::clear_refresh(call.is_https))
        .into()
}

fn with_cookie(reply: Reply, cookie: HeaderValue) -> Reply {
    reply.append_header(header::SET_COOKIE, cookie)
}

pub(crate) fn profile_body(profile: &Profile) -> spindle_contract::auth::ProfileBody {
    spindle_contract::auth::ProfileBody {
        id: profile.id,
        email: profile.email.clone(),
        name: profile.name.clone(),
        time_zone: profile.zone.name().to_owned(),
        all_day_reminder_at: profile.all_day_reminder_at.format("%H:%M").to_string(),
        week_start: profile.settings.week_start.into(),
        hour_cycle: profile.settings.hour_cycle.map(Into::into),
        theme: profile.settings.theme.into(),
        language: profile.settings.language.map(Into::into),
        created_at: profile.created_at,
    }
}
