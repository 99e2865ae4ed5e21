//! The Wasm entry that the components share: a request in, an answer out, work after the answer, and the three ports over spin-sdk.
//!
//! Only this crate and the components' one-line entries name spin-sdk. Everything else is plain async Rust that also runs natively.
#![forbid(unsafe_code)]
#![cfg(target_family = "wasm")]

mod exchange;
mod ports;
mod respond;

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spindle_contract::problem::Problem;
use spindle_dapr::ports::uuid_v7;
use spindle_web_kit::{Ctx, Handler, serve};

/// Runs one request: reads it, lets the component handle it, answers, and only then does what the answer need not wait for.
pub async fn run(component: &'static str, handler: Handler, request: IncomingRequest, out: ResponseOutparam) {
    let ctx = Ctx::new(ports::sidecar(), ports::clock(), ports::random(), |name| {
        spin_sdk::variables::get(name).ok()
    });
    let (ctx, request) = match (ctx, respond::read(request).await) {
        (Ok(ctx), Ok(request)) => (ctx, request),
        (Err(error), _) => {
            log(&format!(
                "{{\"level\":\"error\",\"component\":\"{component}\",\"message\":{:?}}}",
                error.to_string()
            ));
            return respond::answer(Problem::internal().into_response(""), out).await;
        }
        (_, Err(status)) => return respond::answer(unreadable(status), out).await,
    };
    let served = serve(Rc::new(ctx), component, request, handler).await;
    respond::answer(served.response, out).await;
    log(&served.log);
    if let Some(after) = served.after
        && let Some(line) = after.await
    {
        log(&line);
    }
}

/// Runs one request of a component that needs nothing of the world. A request without an id gets one, as problems name it.
pub async fn run_plain(handle: fn(&Request<Bytes>) -> Response<Bytes>, request: IncomingRequest, out: ResponseOutparam) {
    let response = match respond::read(request).await {
        Ok(mut request) => {
            let id = uuid_v7(&*ports::clock(), &*ports::random()).simple().to_string();
            if let Ok(id) = HeaderValue::try_from(id) {
                request.headers_mut().entry("x-request-id").or_insert(id);
            }
            handle(&request)
        }
        Err(status) => unreadable(status),
    };
    respond::answer(response, out).await;
}

fn unreadable(status: StatusCode) -> Response<Bytes> {
    let problem = if status == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::body_too_large()
    } else {
        Problem::bad_request("The body broke off.")
    };
    problem.into_response("")
}

#[expect(clippy::print_stderr, reason = "standard error is where Spin takes a component's log from")]
fn log(line: &str) {
    eprintln!("{line}");
}
