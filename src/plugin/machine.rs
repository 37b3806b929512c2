//! The machine that runs components: what of WebAssembly it knows, and the clock that ends calls.

use super::limits::Limits;
use super::sandbox::TABLES;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// How often the clock ticks: a deadline is kept to within one tick.
pub(super) const TICK: Duration = Duration::from_millis(5);

/// A stack far below the smallest that threads have: the host runs beneath the plugin on the same one.
const STACK: usize = 256 << 10;

/// Instances that may live at a time: a thread has one, and each plugin that is used again keeps a few.
const INSTANCES: u32 = 1_024;

/// Runs components. One is enough for all plugins; its clock ends when it is dropped.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    engine: Engine,
    layout: Layout,
    pooled: bool,
    /// The clock stops when nobody holds this any more.
    _ticking: Arc<()>,
}

/// How a plugin's memory lies in the process, which its code is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// In 4 GiB of reserved addresses, so that most accesses need no check.
    Reserved,
    /// In no more than it uses: where addresses are bounded (`ulimit -v`), a quarter slower.
    Close,
}

impl Layout {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Layout::Reserved => "reserved",
            Layout::Close => "close",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Layout> {
        [Layout::Reserved, Layout::Close].into_iter().find(|layout| layout.as_str() == text)
    }

    /// All that compiled code depends on.
    pub(super) fn config(self) -> Config {
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
        if self == Layout::Close {
            config.memory_reservation(0).memory_guard_size(0).memory_reservation_for_growth(1 << 20);
        }
        config
    }
}

impl Machine {
    /// A machine whose instances may have so much memory and such tables.
    ///
    /// # Errors
    /// Why this machine cannot run components, in a sentence.
    pub(super) fn new(limits: &Limits) -> Result<Machine, String> {
        let pooled = Engine::new(&pooled(limits)).map(|engine| (engine, Layout::Reserved, true));
        let (engine, layout, pooled) = pooled
            // A pool reserves address space, which a limited process may not have.
            .or_else(|_| Engine::new(&Layout::Close.config()).map(|engine| (engine, Layout::Close, false)))
            .map_err(|error| format!("plugins cannot run here: {error}"))?;
        let ticking = Arc::new(());
        let (weak, clock) = (Arc::downgrade(&ticking), engine.weak());
        thread::Builder::new()
            .name("carom-clock".to_owned())
            .spawn(move || {
                let (start, mut ticks) = (Instant::now(), 0);
                while weak.strong_count() > 0 {
                    thread::sleep(TICK);
                    let Some(engine) = clock.upgrade() else { return };
                    // On a busy machine it sleeps longer than it wanted to.
                    let now = start.elapsed().as_millis() / TICK.as_millis();
                    (ticks..now).for_each(|_| engine.increment_epoch());
                    ticks = now;
                }
            })
            .map_err(|error| format!("the clock of plugins cannot be started: {error}"))?;
        Ok(Machine { engine, layout, pooled, _ticking: ticking })
    }

    pub(super) fn is_pooled(&self) -> bool {
        self.pooled
    }

    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }
}

fn pooled(limits: &Limits) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES)
        .total_core_instances(4 * INSTANCES)
        .total_memories(INSTANCES)
        .total_tables(TABLES as u32 * INSTANCES)
        .max_memory_size(limits.memory)
        .table_elements(limits.table)
        .max_tables_per_module(TABLES as u32)
        .max_unused_warm_slots(64)
        .linear_memory_keep_resident(128 << 10)
        .table_keep_resident(16 << 10)
        .pagemap_scan(wasmtime::Enabled::Auto);
    let mut config = Layout::Reserved.config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}
