//! The machine that runs components: what of WebAssembly it knows, and the clock that ends calls.

use super::limits::Limits;
use super::sandbox::TABLES;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// How often the clock ticks: a deadline is kept to within one tick.
pub(super) const TICK: Duration = Duration::from_millis(5);

/// A stack far below the smallest that threads have: the host runs beneath the plugin on the same one.
const STACK: usize = 256 << 10;

/// Instances that may live at a time. Half of them may wait to be used again; the others are for calls under way.
const INSTANCES: u32 = 1_024;

/// Runs components. One is enough for all plugins; its clock ends when it is dropped.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    engine: Engine,
    layout: Layout,
    pooled: bool,
    places: Arc<Places>,
    /// The clock stops when nobody holds this any more.
    _ticking: Arc<()>,
}

/// How many instances may wait to be used again, and how many do.
#[derive(Debug)]
struct Places {
    all: u32,
    taken: AtomicU32,
}

/// A place of an instance that is used again; dropped with it.
#[derive(Debug)]
pub(super) struct Place(Arc<Places>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Relaxed);
    }
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
        Machine::of(limits, INSTANCES)
    }

    /// The same, for so many instances at a time.
    pub(super) fn of(limits: &Limits, instances: u32) -> Result<Machine, String> {
        let pooled = Engine::new(&pooled(limits, instances)).map(|engine| (engine, Layout::Reserved, true));
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
        let places = Arc::new(Places { all: instances / 2, taken: AtomicU32::new(0) });
        Ok(Machine { engine, layout, pooled, places, _ticking: ticking })
    }

    /// A place for an instance that is used again, unless too many are.
    pub(super) fn place(&self) -> Option<Place> {
        let one_more = |taken| (taken < self.places.all).then_some(taken + 1);
        let taken = self.places.taken.fetch_update(Relaxed, Relaxed, one_more);
        taken.is_ok().then(|| Place(Arc::clone(&self.places)))
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

fn pooled(limits: &Limits, instances: u32) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(4 * instances)
        .total_memories(instances)
        .total_tables(TABLES as u32 * instances)
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
