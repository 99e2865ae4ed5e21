//! Clock and randomness of WASI, and the sidecar at the address that the variable `dapr_url` gives.

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{FutureExt, future::LocalBoxFuture};
use http::{Request, Response};
use spindle_dapr::ports::{Clock, Random, SendError, Sidecar};

use crate::exchange::{Origin, exchange, sleep};

struct SpinSidecar {
    origin: Result<Origin, String>,
}

impl Sidecar for SpinSidecar {
    fn send(&self, request: Request<Bytes>, timeout: Duration) -> LocalBoxFuture<'_, Result<Response<Bytes>, SendError>> {
        async move {
            let origin = self
                .origin
                .as_ref()
                .map_err(|reason| SendError::Unreachable(reason.clone()))?;
            futures::select_biased! {
                answer = exchange(origin, request).fuse() => answer.map_err(SendError::Unreachable),
                () = sleep(timeout).fuse() => Err(SendError::Timeout(timeout)),
            }
        }
        .boxed_local()
    }
}

struct WasiClock;

impl Clock for WasiClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        sleep(duration).boxed_local()
    }
}

struct WasiRandom;

impl Random for WasiRandom {
    #[expect(
        clippy::expect_used,
        reason = "WASI's random source cannot fail; going on without randomness would forge tokens"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("wasi:random answers");
    }
}

pub(crate) fn sidecar() -> Rc<dyn Sidecar> {
    let origin = spin_sdk::variables::get("dapr_url")
        .map_err(|error| format!("the variable dapr_url cannot be read: {error}"))
        .and_then(|url| Origin::parse(&url));
    Rc::new(SpinSidecar { origin })
}

pub(crate) fn clock() -> Rc<dyn Clock> {
    Rc::new(WasiClock)
}

pub(crate) fn random() -> Rc<dyn Random> {
    Rc::new(WasiRandom)
}
