//! The machine that runs components: what of WebAssembly it knows, and the clock that ends calls.

use std::sync::Arc;
use std::thread;
use std::time::Duration;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// How often the clock ticks: a deadline is kept to within one tick.
pub(super) const TICK: Duration = Duration::from_millis(5);

/// A stack far below the smallest that threads have: the host runs beneath the plugin on the same one.
const STACK: usize = 256 << 10;

/// Runs components. One is enough for all plugins; it ends its clock when it is dropped.
#[derive(Debug, Clone)]
pub struct Machine {
    engine: Engine,
    /// Whether instances come from a pool, or are made when they are needed.
    pooled: bool,
    /// The clock stops when nobody holds this any more.
    _ticking: Arc<()>,
}

impl Machine {
    /// A machine whose instances may have so much memory and such tables.
    ///
    /// # Errors
    /// Why this machine cannot run components, in a sentence.
    pub fn new(memory: usize, table: usize) -> Result<Machine, String> {
        // A pool reserves address space, which a limited process may not have.
        let pooled = Engine::new(&config(Some((memory, table))));
        let (engine, pooled) = match pooled {
            Ok(engine) => (engine, true),
            Err(_) => (Engine::new(&config(None)).map_err(|error| format!("plugins cannot run here: {error}"))?, false),
        };
        let ticking = Arc::new(());
        let (weak, clock) = (Arc::downgrade(&ticking), engine.weak());
        thread::Builder::new()
            .name("carom-clock".to_owned())
            .spawn(move || {
                while weak.strong_count() > 0 {
                    thread::sleep(TICK);
                    match clock.upgrade() {
                        Some(engine) => engine.increment_epoch(),
                        None => return,
                    }
                }
            })
            .map_err(|error| format!("the clock of plugins cannot be started: {error}"))?;
        Ok(Machine { engine, pooled, _ticking: ticking })
    }

    /// Whether instances come from a pool.
    pub fn is_pooled(&self) -> bool {
        self.pooled
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }
}

fn config(pool: Option<(usize, usize)>) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_relaxed_simd(false)
        // One answer on every machine, also where a payload of a NaN could show.
        .cranelift_nan_canonicalization(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(STACK);
    if let Some((memory, table)) = pool {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(256)
            .total_core_instances(1_024)
            .total_memories(256)
            .total_tables(512)
            .max_memory_size(memory)
            .table_elements(table)
            .max_unused_warm_slots(64)
            .linear_memory_keep_resident(128 << 10)
            .table_keep_resident(16 << 10)
            .pagemap_scan(wasmtime::Enabled::Auto);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}
