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
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spindle_web_kit::{Ctx, Handler, serve};

/// Runs one request: reads it, lets the component handle it, answers, and only then does what the answer need not wait for.
pub async fn run(component: &'static str, handler: Handler, request: IncomingRequest, out: ResponseOutparam) {
    let ctx = Ctx::from_variables(ports::sidecar(), ports::clock(), ports::random(), |name| spin_sdk::variables::get(name).ok());
    let request = match respond::read(request).await {
        Ok(request) => request,
        Err(status) => {
            let mut response = http::Response::new(Bytes::new());
            *response.status_mut() = status;
            return respond::answer(response, out).await;
        }
    };
    let reply = serve(Rc::new(ctx), component, request, handler).await;
    respond::answer(reply.response, out).await;
    if let Some(after) = reply.after {
        after.await;
    }
}
