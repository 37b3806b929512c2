//! Takes in components: compiles each, or finds it compiled, and asks what it is.

use super::cache::Cache;
use super::code::{Code, compatibility};
use super::compile::Compiler;
use super::description::Description;
use super::limits::Limits;
use super::machine::Machine;
use super::sandbox::{Refused, Sandbox};
use super::world::{SERVED, Version};
use crate::engine::{Patience, Plugin};
use crate::resolve::Contributed;
use std::path::Path;
use std::sync::Arc;

/// Runs plugins: one is enough for all of a process.
#[derive(Debug)]
pub struct Host {
    machine: Machine,
    compiler: Compiler,
    cache: Option<Cache>,
    compatibility: [u8; 32],
}

/// What a plugin may use, and whether its instances are used again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Bounds on its calls.
    pub limits: Limits,
    /// Whether an instance that has answered may answer again. It is faster, and an answer may depend on what the
    /// plugin was asked before.
    pub reuse: bool,
    /// How often it may fail before it is set aside.
    pub patience: Patience,
}

/// A plugin that was taken in.
#[derive(Debug)]
pub struct Loaded {
    /// What it says of itself.
    pub description: Description,
    /// What is asked about replies.
    pub plugin: Arc<Sandbox>,
    /// The SHA-256 of the component, in hexadecimal.
    pub digest: String,
    /// Where its compiled code came from.
    pub code: Origin,
}

/// Where compiled code came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It was in the cache.
    Cached,
    /// It was compiled, and is in the cache now if there is one.
    Compiled,
    /// It was compiled, and could not be kept: why.
    Unkept(String),
}

impl Loaded {
    /// It as the rule set and the engine take it.
    pub fn seat(self, may_suppress: bool) -> (Contributed, Arc<dyn Plugin>) {
        (self.description.contributed(self.digest, may_suppress), self.plugin)
    }
}

impl Host {
    /// A host whose plugins may use so much at the most, which compiles by this program, and keeps what was compiled in
    /// this folder.
    ///
    /// # Errors
    /// Why plugins cannot run here, or the folder cannot be used.
    pub fn new(most: &Limits, compiler: Compiler, cache: Option<&Path>) -> Result<Host, String> {
        let machine = Machine::new(most)?;
        let cache = cache.map(Cache::new).transpose()?;
        let compatibility = compatibility(machine.engine());
        Ok(Host { machine, compiler, cache, compatibility })
    }

    /// Whether instances come from a pool; else they are made when they are needed, which takes longer.
    pub fn is_pooled(&self) -> bool {
        self.machine.is_pooled()
    }

    /// Takes in a component.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn load(&self, component: &[u8], options: Options) -> Result<Loaded, Refused> {
        self.load_versions(component, options, SERVED)
    }

    pub(super) fn load_versions(
        &self,
        component: &[u8],
        options: Options,
        served: &[&'static dyn Version],
    ) -> Result<Loaded, Refused> {
        self.is_component(component)?;
        let digest = hmac_sha256::Hash::hash(component);
        let key = hmac_sha256::Hash::hash([digest, self.compatibility].as_flattened());
        let found = self.cache.as_ref().and_then(|cache| cache.find(&key, self.compiler.limits.code));
        // Code of the cache that is this engine's by its name, and is not by itself, is compiled again.
        let found = found.and_then(|code| code.component(&self.machine).ok());
        let (compiled, code) = match found {
            Some(compiled) => (compiled, Origin::Cached),
            None => {
                let code = self.compiler.compile(component, self.machine.layout()).map_err(Refused)?;
                let unfit = |why: String| Refused(format!("its code cannot be used here: {why}"));
                let compiled = code.component(&self.machine).map_err(unfit)?;
                (compiled, self.keep(&key, &code))
            }
        };
        let (sandbox, description) = Sandbox::new(&self.machine, &compiled, served, options)?;
        Ok(Loaded { description, plugin: Arc::new(sandbox), digest: super::hexadecimal(&digest), code })
    }

    fn keep(&self, key: &[u8; 32], code: &Code) -> Origin {
        match self.cache.as_ref().map(|cache| cache.keep(key, code)) {
            Some(Err(error)) => Origin::Unkept(error.to_string()),
            _ => Origin::Compiled,
        }
    }

    /// Whether it begins as a component, so that what is none is told from a broken one.
    fn is_component(&self, bytes: &[u8]) -> Result<(), Refused> {
        let most = self.compiler.limits.component;
        let why = match bytes {
            _ if bytes.len() > most => format!("it has more than {} MiB", most >> 20),
            [b'\0', b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => return Ok(()),
            [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => {
                "it is a core module and no component: `carom plugin build` makes one of it".to_owned()
            }
            _ => "it is no WebAssembly component".to_owned(),
        };
        Err(Refused(why))
    }
}
