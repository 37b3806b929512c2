//! One plugin, ready to be asked.

use super::description::Description;
use super::host::Options;
use super::limits::Limits;
use super::machine::{Machine, TICK};
use super::words::check;
use super::world::{Classify, Named, Version};
use crate::engine::{Answer, Patience, Plugin, Question};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};
use wasmtime::{ResourceLimiter, Store, WasmBacktrace};

/// Why a plugin cannot be used, in a sentence that begins after its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Lines that a call may log.
const LINES: usize = 16;

/// Instances that wait for the next reply, at most.
const WAITING: usize = 8;

/// A component with what it may use.
pub struct Sandbox {
    version: &'static dyn Version,
    machine: Machine,
    instances: InstancePre<State>,
    describe: ComponentExportIndex,
    classify: ComponentExportIndex,
    options: Options,
    /// Instances that wait for the next reply, where the operator lets them be used again.
    waiting: Option<Mutex<Vec<Live>>>,
}

/// An instance and its store.
struct Live {
    store: Store<State>,
    classify: Box<dyn Classify>,
}

/// What the host keeps for an instance.
pub(super) struct State {
    memory: usize,
    table: usize,
    lines: Vec<String>,
}

/// Instances, tables and memories of a component: what a guest and its adapters need, and some more.
const CORES: usize = 8;
pub(super) const TABLES: usize = 4;
const MEMORIES: usize = 1;

/// Handles of resources, of which the world has none.
const HANDLES: usize = 64;

/// What wants more than it may use ends at once.
impl ResourceLimiter for State {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        match desired > self.memory {
            true => Err(wasmtime::Error::msg("it used up its memory")),
            false => Ok(true),
        }
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        match desired > self.table {
            true => Err(wasmtime::Error::msg("it used up its tables")),
            false => Ok(true),
        }
    }

    fn instances(&self) -> usize {
        CORES
    }

    fn tables(&self) -> usize {
        TABLES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}

impl State {
    /// Keeps what the plugin logs as one line, if there is room for it.
    pub(super) fn log(&mut self, line: &str) {
        if self.lines.len() < LINES {
            self.lines.push(printable(line));
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Takes a component of one of these versions, asks it to describe itself, and holds its types to the world's.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(super) fn new(
        machine: &Machine,
        component: &Component,
        served: &[&'static dyn Version],
        options: Options,
    ) -> Result<(Sandbox, Description), Refused> {
        let refused = |what: &str, error: &wasmtime::Error| Refused(format!("{what}: {}", cause(error)));
        let exported = |version: &&'static dyn Version| {
            component.get_export_index(None, version.provider()).map(|index| (*version, index))
        };
        let Some((version, provider)) = served.iter().find_map(exported) else {
            let served: Vec<String> = served.iter().map(|version| format!("`{}`", version.provider())).collect();
            let message =
                format!("it exports no {}: it is made for another version, or is no plugin", served.join(" or "));
            return Err(Refused(message));
        };
        let mut linker: Linker<State> = Linker::new(machine.engine());
        version.link(&mut linker).map_err(|error| refused("it cannot be linked", &error))?;
        let instances =
            linker.instantiate_pre(component).map_err(|error| refused("it imports what no plugin may", &error))?;
        let export = |name: &str| {
            component
                .get_export_index(Some(&provider), name)
                .ok_or_else(|| Refused(format!("its `{}` has no `{name}`", version.provider())))
        };
        let (describe, classify) = (export("describe")?, export("classify")?);
        let waiting = options.reuse.then(Mutex::default);
        let sandbox = Sandbox { version, machine: machine.clone(), instances, describe, classify, options, waiting };
        let said = sandbox.described().map_err(|why| Refused(format!("it cannot be asked what it is: {why}")))?;
        Ok((sandbox, said))
    }

    /// The interface that it exports, with its version.
    pub fn interface(&self) -> &'static str {
        self.version.provider()
    }

    /// A store whose limits are armed: what runs in it from now on is bounded.
    fn store(&self) -> Result<Store<State>, String> {
        let Limits { memory, table, .. } = self.options.limits;
        let mut store = Store::new(self.machine.engine(), State { memory, table, lines: Vec::new() });
        store.limiter(|state| state);
        store.set_hostcall_fuel(self.options.limits.passed);
        store.set_max_component_handles(HANDLES);
        self.arm(&mut store)?;
        Ok(store)
    }

    fn arm(&self, store: &mut Store<State>) -> Result<(), String> {
        store.set_fuel(self.options.limits.fuel).map_err(|error| cause(&error))?;
        // The tick that is under way may end at once.
        store.set_epoch_deadline(self.options.limits.deadline.as_millis().div_ceil(TICK.as_millis()) as u64 + 1);
        Ok(())
    }

    fn described(&self) -> Result<Description, String> {
        let mut store = self.store()?;
        let instance = self.instances.instantiate(&mut store).map_err(|error| told(&error, &store))?;
        // Held to its type now, so that a component whose records differ is refused when it is loaded.
        self.version.classify(&instance, &mut store, &self.classify).map_err(|error| differs("classify", &error))?;
        let said = self.version.describe(&instance, &mut store, &self.describe);
        Description::new(said.map_err(|error| told(&error, &store))?)
    }

    fn live(&self) -> Result<Live, String> {
        if let Some(waiting) = &self.waiting
            && let Some(mut live) = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop()
        {
            self.arm(&mut live.store)?;
            return Ok(live);
        }
        let mut store = self.store()?;
        let instance = self.instances.instantiate(&mut store).map_err(|error| told(&error, &store))?;
        let classify = self.version.classify(&instance, &mut store, &self.classify).map_err(|error| cause(&error))?;
        Ok(Live { store, classify })
    }

    fn classified(&self, question: &Question<'_>, log: Option<&mut Vec<String>>) -> Result<Answer, String> {
        let Live { mut store, mut classify } = self.live()?;
        let said = classify.call(&mut store, question);
        let why = said.as_ref().err().map(|error| told(error, &store));
        let lines = &mut store.data_mut().lines;
        match log {
            Some(log) => log.append(lines),
            None => lines.clear(),
        }
        if let Some(why) = why {
            return Err(why);
        }
        let answer = said.ok().flatten().map_or(Ok(Answer::Abstains), named)?;
        if let Some(waiting) = &self.waiting {
            // After an error it is dropped instead: who knows what it left behind.
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.len() < WAITING {
                waiting.push(Live { store, classify });
            }
        }
        Ok(answer)
    }
}

impl Plugin for Sandbox {
    fn ask(&self, question: &Question<'_>) -> Answer {
        self.classified(question, None).unwrap_or_else(Answer::Fails)
    }

    fn patience(&self) -> Patience {
        self.options.patience
    }

    fn ask_aloud(&self, question: &Question<'_>, log: &mut Vec<String>) -> Answer {
        self.classified(question, Some(log)).unwrap_or_else(Answer::Fails)
    }
}

/// The most fields of an answer.
const FIELDS: usize = 32;

fn named(Named { rule, fields }: Named) -> Result<Answer, String> {
    check("rule's name", &rule, 64, false)?;
    if fields.len() > FIELDS {
        return Err(format!("it gave {} fields; at most {FIELDS} are taken", fields.len()));
    }
    for (name, value) in &fields {
        check("field's name", name, 40, false)?;
        check("field", value, 1_000, false)?;
    }
    Ok(Answer::Names { rule, fields })
}

/// Why a call ended, and the last line that the plugin logged: what a panic says.
fn told(error: &wasmtime::Error, store: &Store<State>) -> String {
    match store.data().lines.last() {
        Some(line) => format!("{} (`{line}`)", cause(error)),
        None => cause(error),
    }
}

/// Why a function is not the world's.
fn differs(function: &str, error: &wasmtime::Error) -> String {
    format!("its `{function}` takes or gives something else than the world's: {}", cause(error))
}

/// Why a call ended, in plain words where it is one of the limits.
pub(super) fn cause(error: &wasmtime::Error) -> String {
    use wasmtime::Trap;
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => "it used up its steps".to_owned(),
        Some(Trap::Interrupt) => "it ran past its deadline".to_owned(),
        Some(Trap::StackOverflow) => "it used up its stack".to_owned(),
        Some(Trap::UnreachableCodeReached) => "it panicked or gave up".to_owned(),
        Some(trap) => format!("it trapped: {trap}"),
        // It has no type that could be asked for.
        None if error.root_cause().to_string().contains("fuel allocated for hostcalls") => {
            "it passed more than it may".to_owned()
        }
        // The plugin's own frames say nothing to an operator.
        None if error.downcast_ref::<WasmBacktrace>().is_some() => printable(&error.root_cause().to_string()),
        None => printable(&format!("{error:#}")),
    }
}

/// What is said of a component may quote it: names of its imports, for instance.
pub(super) fn printable(text: &str) -> String {
    const LONGEST: usize = 400;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut printable: String =
        line.chars().map(|c| if super::words::is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if printable.len() > LONGEST {
        printable.truncate(printable.floor_char_boundary(LONGEST));
        printable.push('…');
    }
    printable
}
