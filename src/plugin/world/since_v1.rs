//! `carom:plugin@1.0.0`.

use super::{Classify, Named, Said, Version};
use crate::engine::Question;
use crate::plugin::sandbox::State;
use std::sync::Arc;
use wasmtime::component::{ComponentExportIndex, ComponentType, Instance, Lift, Linker, Lower, TypedFunc};
use wasmtime::{Store, StoreContextMut};

pub(super) struct V1;

impl Version for V1 {
    fn provider(&self) -> &'static str {
        "carom:plugin/provider@1.0.0"
    }

    fn link(&self, linker: &mut Linker<State>) -> wasmtime::Result<()> {
        linker.instance("carom:plugin/host@1.0.0")?.func_wrap(
            "log",
            |mut store: StoreContextMut<'_, State>, (line,): (String,)| {
                store.data_mut().log(&line);
                Ok(())
            },
        )
    }

    fn describe(
        &self,
        instance: &Instance,
        store: &mut Store<State>,
        function: &ComponentExportIndex,
    ) -> wasmtime::Result<Said> {
        let describe = instance.get_typed_func::<(), (Description,)>(&mut *store, function)?;
        let (Description { name, version, hosts, domains, rules },) = describe.call(store, ())?;
        Ok(Said { name, version, hosts, domains, rules })
    }

    fn classify(
        &self,
        instance: &Instance,
        store: &mut Store<State>,
        function: &ComponentExportIndex,
    ) -> wasmtime::Result<Box<dyn Classify>> {
        let function = instance.get_typed_func(store, function)?;
        Ok(Box::new(Function { function, reply: Arc::default() }))
    }
}

struct Function {
    function: TypedFunc<(Arc<Reply>,), (Option<Verdict>,)>,
    /// Its strings are used again by the next call.
    reply: Arc<Reply>,
}

impl Classify for Function {
    fn call(&mut self, store: &mut Store<State>, question: &Question<'_>) -> wasmtime::Result<Option<Named>> {
        // Nobody else holds it between calls.
        Arc::make_mut(&mut self.reply).set(question);
        let (said,) = self.function.call(store, (Arc::clone(&self.reply),))?;
        Ok(said.map(|Verdict { rule, fields }| Named {
            rule,
            fields: fields.into_iter().map(|field| (field.name, field.value)).collect(),
        }))
    }
}

/// What a reply is to a plugin.
#[derive(Debug, Clone, Default, ComponentType, Lower)]
#[component(record)]
struct Reply {
    text: String,
    folded: String,
    code: Option<u16>,
    enhanced: Option<String>,
    status: Option<String>,
    phase: Option<String>,
    host: Option<String>,
    domain: Option<String>,
    time: Option<i64>,
}

impl Reply {
    fn set(&mut self, question: &Question<'_>) {
        let reply = question.reply;
        question.text.clone_into(&mut self.text);
        question.folded.clone_into(&mut self.folded);
        self.code = reply.code.map(|code| code.get());
        self.enhanced = reply.enhanced.map(|code| code.to_string());
        self.status = reply.status.map(|code| code.to_string());
        set(&mut self.phase, reply.phase.map(|phase| phase.as_str()));
        set(&mut self.host, reply.host.as_ref().map(|host| host.as_str()));
        set(&mut self.domain, reply.domain.as_ref().map(|domain| domain.as_str()));
        self.time = reply.time.map(|time| time.unix());
    }
}

fn set(place: &mut Option<String>, text: Option<&str>) {
    match (place, text) {
        (Some(place), Some(text)) => text.clone_into(place),
        (place, text) => *place = text.map(str::to_owned),
    }
}

/// Something found.
#[derive(Debug, Clone, ComponentType, Lift)]
#[component(record)]
struct Field {
    name: String,
    value: String,
}

/// An answer.
#[derive(Debug, Clone, ComponentType, Lift)]
#[component(record)]
struct Verdict {
    rule: String,
    fields: Vec<Field>,
}

/// What a plugin says of itself.
#[derive(Debug, Clone, ComponentType, Lift)]
#[component(record)]
struct Description {
    name: String,
    version: String,
    hosts: Vec<String>,
    domains: Vec<String>,
    rules: String,
}
