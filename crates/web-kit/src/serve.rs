//! The way of a request: route, caller, media type and size, handler, answer, log line.

use std::rc::Rc;

use bytes::Bytes;
use futures::future::{FutureExt as _, LocalBoxFuture};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use spindle_contract::{
    limits::BODY_BYTES_MAX,
    problem::Problem,
    routes::{self, Accepts, Access, Matched, Params, Route},
};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    Call, Ctx, Failure, Measures, Reply, cors, jwt,
    log::{Line, level, timestamp},
    peer,
};

/// A component's handler.
pub type Handler = fn(Rc<Ctx>, Call) -> LocalBoxFuture<'static, Result<Reply, Failure>>;

/// A request served: the answer, its log line, and the work after it, which gives a log line when it fails.
pub struct Served {
    /// To be sent.
    pub response: Response<Bytes>,
    /// One line of JSON, to be written once the answer is sent.
    pub log: String,
    /// To be run once the answer is sent.
    pub after: Option<LocalBoxFuture<'static, Option<String>>>,
}

/// What is known of a request before its handler runs; the log line needs it whatever happens.
#[derive(Default)]
struct Known {
    route: &'static str,
    user: Option<Uuid>,
}

/// Serves one request of `component`.
pub async fn serve(ctx: Rc<Ctx>, component: &'static str, request: Request<Bytes>, handler: Handler) -> Served {
    let start = ctx.clock.now();
    let (parts, body) = request.into_parts();
    let request_id = request_id(&parts.headers, &ctx);
    let traceparent = parts.headers.get("traceparent").cloned();
    let trace_id = traceparent
        .as_ref()
        .and_then(|value| value.to_str().ok()?.split('-').nth(1).map(str::to_owned));
    let ctx = Rc::new(Ctx {
        dapr: ctx.dapr.clone().traced(traceparent),
        ..(*ctx).clone()
    });
    let is_head = parts.method == Method::HEAD;
    let method = parts.method.clone();
    let cross_origin = cors::headers(&parts.headers, &ctx.config.cors_origins);

    let mut known = Known::default();
    let outcome = match enter(&ctx, component, &parts, &mut known) {
        Ok(Entered::Preflight(methods)) => Ok(preflight(&methods)),
        Ok(Entered::Route(route, params)) => {
            let call = Call {
                operation: route.operation,
                params,
                query: parts.uri.query().map(str::to_owned),
                client_address: peer::client_address(&parts.headers, ctx.config.trusted_proxies),
                is_https: peer::is_https(&parts.headers, ctx.config.trusted_proxies),
                headers: parts.headers,
                body,
                caller: known.user,
                request_id: request_id.clone(),
            };
            match check_body(route, &call) {
                Ok(()) => handler(ctx.clone(), call).await,
                Err(problem) => Err(problem.into()),
            }
        }
        Err(problem) => Err(problem.into()),
    };
    let (mut reply, error) = match outcome {
        Ok(reply) => (reply, None),
        Err(Failure {
            problem,
            cause,
            measures,
        }) => {
            // What the client is told is the error of its own mistakes; for ours the cause says more.
            let error = cause.or_else(|| problem.status.is_server_error().then(|| problem.detail.clone()));
            (Reply::from(problem.into_response(&request_id)).measured(measures), error)
        }
    };
    let error = error.or(reply.note.take());
    finish(&mut reply.response, &request_id, cross_origin, is_head);

    let end = ctx.clock.now();
    let status = reply.response.status();
    let log = Line {
        timestamp: timestamp(end),
        level: level(status, error.is_some()),
        message: "request",
        component,
        request_id: &request_id,
        trace_id: trace_id.as_deref(),
        method: method.as_str(),
        route: known.route,
        status: Some(status.as_u16()),
        duration_ms: Some((end - start).num_milliseconds()),
        user_id: known.user,
        measures: reply.measures,
        error: error.as_deref(),
    }
    .text();
    let user = known.user;
    let after = reply.after.map(|work| {
        async move {
            let Failure { problem, cause, .. } = work.await.err()?;
            let line = Line {
                timestamp: timestamp(ctx.clock.now()),
                level: "warn",
                message: &problem.detail,
                component,
                request_id: &request_id,
                trace_id: trace_id.as_deref(),
                method: "",
                route: "",
                status: None,
                duration_ms: None,
                user_id: user,
                measures: Measures::default(),
                error: cause.as_deref(),
            };
            Some(line.text())
        }
        .boxed_local()
    });
    Served {
        response: reply.response,
        log,
        after,
    }
}

enum Entered {
    Route(&'static Route, Params),
    Preflight(String),
}

/// Finds the route and checks who calls.
fn enter(ctx: &Ctx, component: &str, parts: &http::request::Parts, known: &mut Known) -> Result<Entered, Problem> {
    let (route, params) = match routes::find(component, &parts.method, parts.uri.path()) {
        Matched::NotFound => return Err(Problem::not_found("There is nothing at this path.")),
        Matched::MethodNotAllowed(allowed) => {
            known.route = allowed.path;
            if parts.method == Method::OPTIONS && allowed.access != Access::Dapr {
                return Ok(Entered::Preflight(allowed.methods));
            }
            if allowed.access == Access::Dapr {
                check_dapr(ctx, &parts.headers)?;
            }
            return Err(Problem::method_not_allowed(&allowed.methods));
        }
        Matched::Route(route, params) => (route, params),
    };
    known.route = route.path;
    match route.access {
        Access::Public => {}
        Access::Dapr => check_dapr(ctx, &parts.headers)?,
        Access::User => known.user = Some(check_user(ctx, &parts.headers)?),
    }
    Ok(Entered::Route(route, params))
}

fn check_dapr(ctx: &Ctx, headers: &HeaderMap) -> Result<(), Problem> {
    let expected = ctx.config.app_api_token.as_bytes();
    let shown = headers.get("dapr-api-token").map_or(&[][..], HeaderValue::as_bytes);
    // An empty token would let everybody in.
    if !expected.is_empty() && bool::from(expected.ct_eq(shown)) {
        Ok(())
    } else {
        Err(Problem::forbidden(
            "Only the Dapr sidecar may call this, with the app's API token.",
        ))
    }
}

fn check_user(ctx: &Ctx, headers: &HeaderMap) -> Result<Uuid, Problem> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
    let token = token.ok_or_else(|| Problem::unauthorized("Send an access token: Authorization: Bearer <token>."))?;
    jwt::verify(token, &ctx.config.jwt_public_keys, ctx.clock.now())
        .map_err(|error| Problem::unauthorized(format!("The access token is not accepted: {error}. Log in or refresh.")))
}

fn check_body(route: &Route, call: &Call) -> Result<(), Problem> {
    if route.accepts != Accepts::Dapr && call.body.len() > BODY_BYTES_MAX {
        return Err(Problem::body_too_large());
    }
    if !matches!(route.accepts, Accepts::Json | Accepts::MergePatch) {
        return Ok(());
    }
    let content_type = call
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let accepted = route.accepts.media_types();
    if accepted.split(", ").any(|accepted| accepted.eq_ignore_ascii_case(media_type)) {
        Ok(())
    } else {
        Err(Problem::unsupported_media_type(accepted))
    }
}

fn preflight(methods: &str) -> Reply {
    cors::preflight(methods)
        .into_iter()
        .fold(Reply::empty(StatusCode::NO_CONTENT), |reply, (name, value)| {
            reply.append_header(name, value)
        })
}

/// What every answer carries.
fn finish(response: &mut Response<Bytes>, request_id: &str, cross_origin: Vec<(header::HeaderName, HeaderValue)>, is_head: bool) {
    if is_head {
        // What GET would send (RFC 9110 §9.3.2).
        let length = response.body().len();
        if response.status() != StatusCode::NOT_MODIFIED && response.status() != StatusCode::NO_CONTENT {
            response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        }
        *response.body_mut() = Bytes::new();
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        // Personal data: kept by nobody but the client, and there only under its tag.
        let policy = if headers.contains_key(header::ETAG) {
            "private, no-cache"
        } else {
            "no-store"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    }
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", request_id);
    }
    for (name, value) in cross_origin {
        headers.append(name, value);
    }
}

/// The client's or proxy's id when it is a sane one, else a new one.
fn request_id(headers: &HeaderMap, ctx: &Ctx) -> String {
    let sane = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
    };
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok()).filter(sane);
    given.map_or_else(
        || {
            let mut bytes = [0; 16];
            ctx.random.fill(&mut bytes);
            Uuid::from_bytes(bytes).simple().to_string()
        },
        str::to_owned,
    )
}
