//! The application: routes requests to components, with limits, whether they come over TCP or from the embedded sidecar.

mod body;
mod headers;

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::Instant;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::component::Component;
use crate::instance::{self, Limits};
use crate::log;
use crate::problem::{self, Problem};
use crate::routes::{Pattern, Router};
use headers::RouteHeaders;

/// The largest request body the host takes: the API's own limit is 1 MiB, events and state that Dapr delivers may reach its 4 MiB.
const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Spin's reserved paths, answered by the host.
const WELL_KNOWN: &str = "/.well-known/spin/";

/// How many instances may run at once. The two kinds are counted apart, because a request of the first kind may wait for one of the
/// second: a component that invokes another through the sidecar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Concurrency {
    /// For requests that come over TCP.
    pub(crate) requests: u16,
    /// For calls that the embedded sidecar makes.
    pub(crate) deliveries: u16,
}

/// Who sends a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum From {
    Network(SocketAddr),
    Sidecar,
}

/// A loaded application.
pub(crate) struct App {
    name: String,
    version: String,
    router: Router<Target>,
    limits: Limits,
    concurrency: Concurrency,
    requests: Arc<Semaphore>,
    deliveries: Arc<Semaphore>,
}

struct Target {
    component: Arc<Component>,
    headers: RouteHeaders,
}

impl App {
    /// Puts loaded components behind their routes.
    pub(crate) fn new(
        (name, version): (String, String),
        routes: impl IntoIterator<Item = (Pattern, Arc<Component>)>,
        limits: Limits,
        concurrency: Concurrency,
    ) -> Self {
        let targets = routes.into_iter().map(|(pattern, component)| {
            let headers = RouteHeaders::new(&pattern);
            (pattern, Target { component, headers })
        });
        Self {
            name,
            version,
            router: Router::new(targets),
            limits,
            concurrency,
            requests: Arc::new(Semaphore::new(concurrency.requests.into())),
            deliveries: Arc::new(Semaphore::new(concurrency.deliveries.into())),
        }
    }

    /// Answers a request. The guest may go on working after that.
    pub(crate) async fn dispatch<B>(&self, mut request: Request<B>, from: From) -> Response<WasiBody>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Error>,
    {
        let deadline = Instant::now() + self.limits.time;
        if let Some(name) = request.uri().path().strip_prefix(WELL_KNOWN) {
            return self.well_known(name).unwrap_or_else(|| refuse(Problem::NoRoute, &request));
        }
        let (component, added) = match self.router.find(request.uri().path()) {
            None => return refuse(Problem::NoRoute, &request),
            Some(found) => (
                Arc::clone(&found.target.component),
                found.target.headers.for_request(&request, &found, from),
            ),
        };
        let Some(added) = added else {
            return refuse(Problem::BadRequest, &request);
        };
        if request.body().size_hint().lower() > BODY_BYTES_MAX {
            return refuse(Problem::BodyTooLarge, &request);
        }
        headers::add(request.headers_mut(), added);
        let request_id = problem::request_id(request.headers());
        let Some(permit) = self.permit(from, deadline).await else {
            return Problem::Overloaded.response(&request_id);
        };
        let (request, too_large) = body::cap(request, BODY_BYTES_MAX);
        let id = Arc::clone(&component.id);
        let (sender, receiver) = oneshot::channel();
        // A task of its own, because the guest outlives the answer.
        let guest = tokio::spawn(instance::run(
            component,
            self.limits,
            deadline,
            request,
            request_id.clone(),
            sender,
            permit,
        ));
        let answer = receiver.await;
        if too_large.reached() {
            return Problem::BodyTooLarge.response(&request_id);
        }
        let problem = match answer {
            Ok(Ok(response)) => return response,
            Ok(Err(code)) => no_response(&id, &request_id, &format!("it answered {code:?}")),
            Err(_) => match guest.await {
                Ok(Err(problem)) => problem,
                Ok(Ok(())) => no_response(&id, &request_id, "it ended without one"),
                Err(error) => no_response(&id, &request_id, &error.to_string()),
            },
        };
        problem.response(&request_id)
    }

    /// Waits until every request from the network and the work after it is done.
    pub(crate) async fn finished(&self) {
        // An error means that the semaphore is closed, which nobody does.
        let _all = self.requests.acquire_many(self.concurrency.requests.into()).await;
    }

    async fn permit(&self, from: From, deadline: Instant) -> Option<OwnedSemaphorePermit> {
        let semaphore = match from {
            From::Network(_) => &self.requests,
            From::Sidecar => &self.deliveries,
        };
        match Arc::clone(semaphore).try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => tokio::time::timeout_at(deadline, Arc::clone(semaphore).acquire_owned())
                .await
                .ok()?
                .ok(),
        }
    }

    fn well_known(&self, name: &str) -> Option<Response<WasiBody>> {
        let (content_type, body) = match name {
            "health" => ("text/plain", "OK".to_owned()),
            "info" => {
                let info = serde_json::json!({ "name": self.name, "version": self.version });
                ("application/json", info.to_string())
            }
            _ => return None,
        };
        let mut response = Response::new(problem::full(Bytes::from(body)));
        *response.status_mut() = StatusCode::OK;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Some(response)
    }
}

/// The guest ended well, but gave no response.
fn no_response(component: &str, request_id: &str, why: &str) -> Problem {
    let fields = [("component", component), ("request_id", request_id), ("error", why)];
    log::error("the component gave no response", &fields);
    Problem::ComponentFailed
}

fn refuse<B>(problem: Problem, request: &Request<B>) -> Response<WasiBody> {
    problem.response(&problem::request_id(request.headers()))
}

/// Answers a call of the embedded sidecar, whole.
///
/// # Errors
/// The guest broke off within its answer.
pub(crate) async fn deliver(app: &App, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
    let request = request.map(http_body_util::Full::new);
    let (parts, body) = app.dispatch(request, From::Sidecar).await.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::Request;
    use http_body_util::{BodyExt as _, Full};

    use super::{App, Concurrency, From};
    use crate::instance::Limits;

    fn app() -> App {
        let limits = Limits {
            time: Duration::from_secs(1),
            memory_bytes: 1 << 20,
        };
        let concurrency = Concurrency {
            requests: 1,
            deliveries: 1,
        };
        App::new(("app".to_owned(), "1.2.3".to_owned()), [], limits, concurrency)
    }

    async fn get(path: &str) -> (u16, String) {
        let request = Request::get(path).body(Full::new(Bytes::new())).unwrap();
        let response = app().dispatch(request, From::Sidecar).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn spins_reserved_paths_are_answered_without_a_component() {
        assert_eq!(get("/.well-known/spin/health").await, (200, "OK".to_owned()));
        let (status, info) = get("/.well-known/spin/info").await;
        assert_eq!((status, info.contains("1.2.3")), (200, true));
        assert_eq!(get("/.well-known/spin/other").await.0, 404);
    }

    #[tokio::test]
    async fn a_path_without_route_is_a_problem() {
        let (status, body) = get("/nowhere").await;
        assert_eq!((status, body.contains("\"code\":\"not_found\"")), (404, true));
    }

    #[tokio::test]
    async fn an_idle_application_is_finished_at_once() {
        app().finished().await;
    }
}
