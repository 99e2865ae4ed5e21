//! The wasmtime engine: how components are compiled, where their memory comes from, and how they are interrupted.

use std::time::Duration;

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::instance::State;

/// How often a running guest lets others run, and its time limit be checked.
const EPOCH: Duration = Duration::from_millis(10);
/// Bytes of a used memory that stay resident for the next request. 2 MiB here left 590 MB resident after 500 streams.
const KEEP_RESIDENT_BYTES: usize = 64 * 1024;
/// A component made from Rust holds its module and the small modules that connect it.
const CORE_INSTANCES_PER_COMPONENT: u32 = 8;

/// An engine with room for `instances` at once, each with at most `memory_bytes` of linear memory.
///
/// # Errors
/// The settings do not fit the machine, such as too little address space.
pub(crate) fn engine(instances: u32, memory_bytes: usize) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances * CORE_INSTANCES_PER_COMPONENT)
        .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT)
        .total_memories(instances)
        .total_tables(instances * CORE_INSTANCES_PER_COMPONENT)
        .total_stacks(instances)
        .max_memory_size(memory_bytes)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .memory_init_cow(true)
        .epoch_interruption(true)
        // Only WASI 0.3 needs it, which the components' SDK does not speak.
        .concurrency_support(false);
    let engine = Engine::new(&config)?;
    tick(&engine);
    Ok(engine)
}

/// Advances the epoch for as long as the engine lives.
fn tick(engine: &Engine) {
    let engine = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH);
        }
    });
}

/// Everything that a component may import: WASI 0.2, `wasi:http` and Spin's variables.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    crate::instance::variables::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}
