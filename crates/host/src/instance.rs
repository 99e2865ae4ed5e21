//! One instance of a component for one request: its store, its limits, and how it runs to its end.

pub(crate) mod variables;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Instant;
use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, Store};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::component::Component;
use crate::log;
use crate::outbound::Hooks;
use crate::problem::Problem;
use crate::stdio::GuestLines;

/// What the guest sends its answer through.
pub(crate) type Answer = Result<http::Response<HyperOutgoingBody>, ErrorCode>;

/// What one request may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Wall time from arrival to the end of the work after the answer.
    pub(crate) time: Duration,
    /// Linear memory.
    pub(crate) memory_bytes: usize,
}

/// What a store holds beside the guest.
pub(crate) struct State {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
    memory: MemoryLimit,
    component: Arc<Component>,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// The guest wanted more memory than it may have.
#[derive(Debug, thiserror::Error)]
#[error("memory limit of {0} bytes reached")]
struct MemoryLimitReached(usize);

struct MemoryLimit(usize);

impl ResourceLimiter for MemoryLimit {
    // An error traps. Letting `memory.grow` fail instead would end in the guest's allocator aborting, which tells nobody why.
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.0 {
            Err(MemoryLimitReached(self.0).into())
        } else {
            Ok(true)
        }
    }

    fn table_growing(&mut self, _current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }
}

/// Runs `component` on `request` until the guest's function returns, which may be long after its answer. The `permit` is given back
/// at the end.
///
/// # Errors
/// Why there is no answer, or why the work after it was cut off; logged here already.
pub(crate) async fn run<B>(
    component: Arc<Component>,
    limits: Limits,
    deadline: Instant,
    request: Request<B>,
    request_id: String,
    answer: oneshot::Sender<Answer>,
    permit: OwnedSemaphorePermit,
) -> Result<(), Problem>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<wasmtime_wasi_http::Error>,
{
    let id = Arc::clone(&component.id);
    let guest = call(component, limits, request, answer);
    let result = match tokio::time::timeout_at(deadline, guest).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            let problem = if error.is::<MemoryLimitReached>() {
                Problem::MemoryLimit
            } else {
                Problem::ComponentFailed
            };
            log::error(
                "the component failed",
                &[
                    ("component", &id),
                    ("request_id", &request_id),
                    ("code", problem.code()),
                    ("error", &error.root_cause().to_string()),
                ],
            );
            Err(problem)
        }
        Err(_elapsed) => {
            let problem = Problem::TimeLimit;
            log::error(
                "the component's time was up",
                &[("component", &id), ("request_id", &request_id), ("code", problem.code())],
            );
            Err(problem)
        }
    };
    // The store is gone by now, so whoever gets the permit finds a free slot in the pool.
    drop(permit);
    result
}

async fn call<B>(
    component: Arc<Component>,
    limits: Limits,
    request: Request<B>,
    answer: oneshot::Sender<Answer>,
) -> wasmtime::Result<()>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<wasmtime_wasi_http::Error>,
{
    let state = State {
        table: ResourceTable::new(),
        wasi: wasi(&component)?,
        http: WasiHttpCtx::new(),
        hooks: Hooks::new(Arc::clone(&component)),
        memory: MemoryLimit(limits.memory_bytes),
        component: Arc::clone(&component),
    };
    let mut store = Store::new(component.pre.engine(), state);
    store.limiter(|state| &mut state.memory);
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    let request = store.data_mut().http().new_incoming_request(Scheme::Http, request)?;
    let answer = store.data_mut().http().new_response_outparam(answer)?;
    let proxy = component.pre.instantiate_async(&mut store).await?;
    proxy
        .wasi_http_incoming_handler()
        .call_handle(&mut store, request, answer)
        .await
}

fn wasi(component: &Component) -> wasmtime::Result<WasiCtx> {
    let mut wasi = WasiCtx::builder();
    let lines = GuestLines::new(Arc::clone(&component.id));
    wasi.stdout(lines.clone()).stderr(lines).envs(&component.environment);
    for mount in &component.mounts {
        wasi.preopened_dir(&mount.source, &mount.destination, FsPerms::ReadOnly)?;
    }
    Ok(wasi.build())
}
