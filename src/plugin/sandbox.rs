//! One plugin, ready to be asked.

use super::description::Description;
use super::limits::Limits;
use super::machine::{Machine, TICK};
use super::words::check;
use super::world::{self, HOST, PROVIDER};
use crate::engine::{Answer, Plugin, Question};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker, TypedFunc};
use wasmtime::{Store, StoreLimits, StoreLimitsBuilder};

/// Why a plugin cannot be used, in a sentence that begins after its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Lines that a call may log, and how long each may be.
const LINES: usize = 16;
const LINE: usize = 512;

/// A component with what it may use.
pub struct Sandbox {
    machine: Machine,
    instances: InstancePre<State>,
    describe: ComponentExportIndex,
    classify: ComponentExportIndex,
    limits: Limits,
    /// Instances that wait for the next reply, where the operator lets them be used again.
    waiting: Option<Mutex<Vec<Live>>>,
}

/// An instance and its store.
struct Live {
    store: Store<State>,
    classify: Classify,
}

type Classify = TypedFunc<(world::Reply,), (Option<world::Verdict>,)>;

struct State {
    limits: StoreLimits,
    lines: Vec<String>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Takes a component, asks it to describe itself, and holds its types to the world's.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(super) fn new(
        machine: &Machine,
        component: &Component,
        limits: Limits,
        reuse: bool,
    ) -> Result<(Sandbox, Description), Refused> {
        let refused = |what: &str, error: wasmtime::Error| Refused(format!("{what}: {}", cause(&error)));
        let mut linker: Linker<State> = Linker::new(machine.engine());
        let mut host = linker.instance(HOST).map_err(|error| refused("it cannot be linked", error))?;
        host.func_wrap("log", |mut store: wasmtime::StoreContextMut<'_, State>, (line,): (String,)| {
            let lines = &mut store.data_mut().lines;
            if lines.len() < LINES && check("line", &line, LINE, false).is_ok() {
                lines.push(line);
            }
            Ok(())
        })
        .map_err(|error| refused("it cannot be linked", error))?;
        let instances =
            linker.instantiate_pre(component).map_err(|error| refused("it imports what no plugin may", error))?;
        let provider = component.get_export_index(None, PROVIDER).ok_or_else(|| {
            Refused(format!("it exports no `{PROVIDER}`: it is made for another version, or is no plugin"))
        })?;
        let export = |name: &str| {
            component
                .get_export_index(Some(&provider), name)
                .ok_or_else(|| Refused(format!("its `{PROVIDER}` has no `{name}`")))
        };
        let (describe, classify) = (export("describe")?, export("classify")?);
        let waiting = reuse.then(Mutex::default);
        let sandbox = Sandbox { machine: machine.clone(), instances, describe, classify, limits, waiting };
        let said = sandbox.described().map_err(|error| refused("it cannot be asked what it is", error))?;
        let description = Description::new(said).map_err(Refused)?;
        Ok((sandbox, description))
    }

    /// A store whose limits are armed: what runs in it from now on is bounded.
    fn store(&self) -> wasmtime::Result<Store<State>> {
        let limits = StoreLimitsBuilder::new()
            .memory_size(self.limits.memory)
            .table_elements(self.limits.table)
            .instances(8)
            .memories(1)
            .tables(4)
            .trap_on_grow_failure(true)
            .build();
        let mut store = Store::new(self.machine.engine(), State { limits, lines: Vec::new() });
        store.limiter(|state| &mut state.limits);
        store.set_hostcall_fuel(self.limits.passed);
        self.arm(&mut store)?;
        Ok(store)
    }

    fn arm(&self, store: &mut Store<State>) -> wasmtime::Result<()> {
        store.set_fuel(self.limits.fuel)?;
        // The tick that is under way may end at once.
        store.set_epoch_deadline(self.limits.deadline.as_millis().div_ceil(TICK.as_millis()) as u64 + 1);
        Ok(())
    }

    fn described(&self) -> wasmtime::Result<world::Said> {
        let mut store = self.store()?;
        let instance = self.instances.instantiate(&mut store)?;
        // Held to its type now, so that a component whose records differ is refused when it is loaded.
        instance.get_typed_func::<(world::Reply,), (Option<world::Verdict>,)>(&mut store, &self.classify)?;
        let describe = instance.get_typed_func::<(), (world::Said,)>(&mut store, &self.describe)?;
        Ok(describe.call(&mut store, ())?.0)
    }

    fn live(&self) -> wasmtime::Result<Live> {
        if let Some(waiting) = &self.waiting
            && let Some(mut live) = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop()
        {
            self.arm(&mut live.store)?;
            return Ok(live);
        }
        let mut store = self.store()?;
        let instance = self.instances.instantiate(&mut store)?;
        let classify = instance.get_typed_func(&mut store, &self.classify)?;
        Ok(Live { store, classify })
    }

    fn classified(&self, question: &Question<'_>) -> Result<Answer, String> {
        let mut live = self.live().map_err(|error| cause(&error))?;
        let reply = world::Reply::new(question);
        let (said,) = live.classify.call(&mut live.store, (reply,)).map_err(|error| cause(&error))?;
        let answer = said.map_or(Ok(Answer::Abstains), named)?;
        if let Some(waiting) = &self.waiting {
            live.store.data_mut().lines.clear();
            // After an error it is dropped instead: who knows what it left behind.
            waiting.lock().unwrap_or_else(PoisonError::into_inner).push(live);
        }
        Ok(answer)
    }
}

impl Plugin for Sandbox {
    fn ask(&self, question: &Question<'_>) -> Answer {
        self.classified(question).unwrap_or_else(Answer::Fails)
    }
}

/// The most fields of an answer.
const FIELDS: usize = 32;

fn named(verdict: world::Verdict) -> Result<Answer, String> {
    check("rule's name", &verdict.rule, 64, false)?;
    if verdict.fields.len() > FIELDS {
        return Err(format!("it gave {} fields; at most {FIELDS} are taken", verdict.fields.len()));
    }
    let mut fields = Vec::with_capacity(verdict.fields.len());
    for field in verdict.fields {
        check("field's name", &field.name, 40, false)?;
        check("field", &field.value, 1_000, false)?;
        fields.push((field.name, field.value));
    }
    Ok(Answer::Names { rule: verdict.rule, fields })
}

/// Why a call ended, in plain words where it is one of the limits.
fn cause(error: &wasmtime::Error) -> String {
    use wasmtime::Trap;
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => "it used up its steps".to_owned(),
        Some(Trap::Interrupt) => "it ran past its deadline".to_owned(),
        Some(Trap::StackOverflow) => "it used up its stack".to_owned(),
        Some(Trap::UnreachableCodeReached) => "it panicked or gave up".to_owned(),
        Some(trap) => format!("it trapped: {trap}"),
        None => error.root_cause().to_string(),
    }
}
