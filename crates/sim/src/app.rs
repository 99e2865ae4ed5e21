//! The application: every component's handler behind the route table, as the host serves them.

use std::rc::Rc;

use bytes::Bytes;
use futures::future::LocalBoxFuture;
use http::{HeaderMap, Method, Request, Response};
use spindle_contract::{
    problem::Problem,
    routes::{Matched, find},
};
use spindle_web_kit::{Call, Ctx, Failure, Reply, Work};
use uuid::Uuid;

use crate::world::{Port, SimClock, SimRandom, World};

type Handler = fn(Rc<Ctx>, Call) -> LocalBoxFuture<'static, Result<Reply, Failure>>;

const COMPONENTS: [(&str, Handler); 4] = [
    (task_api::COMPONENT, task_api::handle),
    (audit_handler::COMPONENT, audit_handler::handle),
    (recurrence_handler::COMPONENT, recurrence_handler::handle),
    (reminder_handler::COMPONENT, reminder_handler::handle),
];

/// A context whose calls are those of `who`.
pub(crate) fn context(world: &Rc<World>, who: String) -> anyhow::Result<Rc<Ctx>> {
    let port = Port {
        world: Rc::clone(world),
        who,
    };
    let (clock, random) = (Rc::new(SimClock(Rc::clone(world))), Rc::new(SimRandom(Rc::clone(world))));
    Ok(Rc::new(Ctx::new(Rc::new(port), clock, random, |_| None)?))
}

/// A request of a person, or of the sidecar when there is none.
pub(crate) struct Asked {
    pub(crate) who: String,
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) caller: Option<Uuid>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    pub(crate) fn by_sidecar(who: String, request: Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            who,
            method: parts.method,
            target: parts.uri.to_string(),
            caller: None,
            headers: parts.headers,
            body,
        }
    }
}

/// Serves a request: the answer, and the work after it.
pub(crate) async fn serve(world: &Rc<World>, asked: Asked) -> anyhow::Result<(Response<Bytes>, Option<Work>)> {
    let (path, query) = match asked.target.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (asked.target.clone(), None),
    };
    for (component, handler) in COMPONENTS {
        let Matched::Route(route, params) = find(component, &asked.method, &path) else {
            continue;
        };
        let call = Call {
            operation: route.operation,
            params,
            query,
            headers: asked.headers,
            body: asked.body,
            caller: asked.caller,
            request_id: asked.who.clone(),
            client_address: "127.0.0.1".to_owned(),
            is_https: false,
        };
        let ctx = context(world, asked.who)?;
        return Ok(match handler(ctx, call).await {
            Ok(reply) => reply.into_parts(),
            Err(failure) => (failure.into_response(""), None),
        });
    }
    Ok((Problem::not_found("There is nothing at this path.").into_response(""), None))
}
