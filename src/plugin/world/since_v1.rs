//! `carom:plugin@1.0.0`.

use super::{Classify, Named, Said, Version};
use crate::engine::Question;
use crate::plugin::sandbox::State;
use crate::reply::{EnhancedCode, Phase};
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
        Ok(Box::new(Function { function, said: String::new() }))
    }
}

struct Function {
    function: TypedFunc<(Reply<'static>,), (Option<Verdict>,)>,
    /// Its memory is used again by the next call.
    said: String,
}

impl Classify for Function {
    fn call(&mut self, store: &mut Store<State>, question: &Question<'_>) -> wasmtime::Result<Option<Named>> {
        let reply = Reply::of(question, &mut self.said);
        // What takes replies that live for ever takes one that lives for a call.
        let function: TypedFunc<(Reply<'_>,), (Option<Verdict>,)> = self.function;
        let (said,) = function.call(store, (reply,))?;
        Ok(said.map(|Verdict { rule, fields }| Named {
            rule,
            fields: fields.into_iter().map(|field| (field.name, field.value)).collect(),
        }))
    }
}

/// A part of what is said.
#[derive(Debug, Clone, Copy, Default, ComponentType, Lower)]
#[component(record)]
struct Part {
    at: u32,
    length: u32,
}

/// What a reply is to a plugin. With one string and no more numbers than the ABI passes by themselves, a call costs
/// one more into the plugin, for the string's place, and no record in its memory.
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct Reply<'a> {
    said: &'a str,
    text: Part,
    folded: Part,
    host: Part,
    domain: Part,
    code: u16,
    enhanced: u32,
    status: u32,
    phase: u8,
    time: Option<i64>,
}

impl<'a> Reply<'a> {
    fn of(question: &Question<'_>, said: &'a mut String) -> Reply<'a> {
        let &Question { reply, text, folded } = question;
        said.clear();
        let mut part = |part: &str| {
            let at = said.len();
            said.push_str(part);
            // Texts, and names of hosts, are bounded far below 4 GiB.
            Part { at: at as u32, length: part.len() as u32 }
        };
        let text_part = part(text);
        let folded = if folded == text { text_part } else { part(folded) };
        let host = reply.host.as_ref().map(|host| part(host.as_str())).unwrap_or_default();
        let domain = reply.domain.as_ref().map(|domain| part(domain.as_str())).unwrap_or_default();
        Reply {
            said,
            text: text_part,
            folded,
            host,
            domain,
            code: reply.code.map_or(0, |code| code.get()),
            enhanced: number(reply.enhanced),
            status: number(reply.status),
            phase: phase(reply.phase),
            time: reply.time.map(|time| time.unix()),
        }
    }
}

/// 5.1.10 as 5001010.
fn number(code: Option<EnhancedCode>) -> u32 {
    let parts = |code: EnhancedCode| [code.class().into(), code.subject().into(), code.detail().into()];
    code.map(parts).map_or(0, |[class, subject, detail]: [u32; 3]| (class * 1_000 + subject) * 1_000 + detail)
}

fn phase(phase: Option<Phase>) -> u8 {
    match phase {
        None => 0,
        Some(Phase::Connect) => 1,
        Some(Phase::Ehlo) => 2,
        Some(Phase::Mail) => 3,
        Some(Phase::Rcpt) => 4,
        Some(Phase::Data) => 5,
        Some(Phase::EndOfData) => 6,
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
