//! `carom plugin inspect`.

use super::super::Status;
use super::super::output::counted;
use super::load::{self, shown};
use super::signature::{Claimed, text};
use super::test::suppresses;
use crate::engine::Engine;
use crate::plugin::{Description, Limits, Loaded};
use crate::report::{json_line, plain};
use crate::resolve::Root;
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use wit_parser::decoding::{DecodedWasm, decode};

/// Say what a plugin is: what it claims, imports, brings along and asks for.
///
/// Nothing of it is trusted, and nothing is asked of it but what it says of itself, within the limits.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  carom plugin inspect acme.wasm\n  carom plugin inspect acme.wasm --rules > acme.carom"
)]
pub(super) struct Arguments {
    /// The component.
    file: PathBuf,
    /// Print its rules, and nothing else.
    #[arg(long, conflicts_with = "json")]
    rules: bool,
    /// Print all, the rules too, as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// What a component has to do with the outside.
struct World {
    imports: Vec<String>,
    exports: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Status> {
    let file = &arguments.file;
    let (bytes, loaded) = load::open(file)?;
    let digest = loaded.digest.clone();
    let description = loaded.description.clone();
    let mut out = std::io::stdout();
    if arguments.rules {
        write!(out, "{}", description.rules)?;
        return Ok(Status::Clean);
    }
    let world = world(&bytes)?;
    let rules = rules(loaded);
    let signature = load::signature(file);
    let claimed = if signature.exists() { Some(Claimed::read(&text(&signature)?)) } else { None };
    if arguments.json {
        let signature = claimed.map(|claimed| {
            claimed.map_or(json!({}), |claimed| json!({"key": claimed.key, "comment": claimed.comment}))
        });
        writeln!(out, "{}", json_line(&all(&bytes, &description, &digest, &world, &rules, signature)))?;
        return Ok(Status::Clean);
    }
    let list = |names: &[String]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    writeln!(out, "{} {}", description.name, description.version)?;
    writeln!(out, "  file       {}, {}", shown(file), counted(bytes.len() as u64, "byte"))?;
    writeln!(out, "  sha256     {digest}")?;
    writeln!(out, "  hosts      {}", list(&description.hosts))?;
    writeln!(out, "  domains    {}", list(&description.domains))?;
    match &rules {
        Ok(rules) => {
            writeln!(out, "  rules      {}, of which its code names {}", rules.all, rules.by_code)?;
            writeln!(out, "  asks for   {}", if rules.suppresses { "may: [suppress]" } else { "nothing" })?;
        }
        Err(why) => writeln!(out, "  rules      refused: {}", plain(why))?,
    }
    writeln!(out, "  imports    {}", list(&world.imports))?;
    writeln!(out, "  exports    {}", list(&world.exports))?;
    let Limits { memory, fuel, deadline, .. } = Limits::default();
    let (memory, fuel) = (memory >> 20, fuel / 1_000_000);
    writeln!(out, "  limits     {memory} MiB, {fuel} million steps and {} ms a call", deadline.as_millis())?;
    let said = match claimed {
        None => "none".to_owned(),
        Some(None) => format!("{} is none of minisign's", shown(&signature)),
        Some(Some(Claimed { key, comment })) => format!("by key {key}, not verified: {}", plain(&comment)),
    };
    writeln!(out, "  signature  {said}")?;
    Ok(Status::Clean)
}

/// What of its rules is told.
struct Rules {
    all: usize,
    by_code: usize,
    suppresses: bool,
}

fn rules(loaded: Loaded) -> Result<Rules, String> {
    let seat = loaded.seat(true);
    let engine = Engine::load_with(&Root::Builtin, vec![seat]).map_err(|error| error.to_string())?;
    let own = || engine.rules().rules.iter().filter(|rule| super::test::is_plugins(engine.rules(), rule));
    let by_code = own().filter(|rule| rule.by_plugin).count();
    Ok(Rules { all: own().count(), by_code, suppresses: suppresses(engine.rules()) })
}

fn all(
    bytes: &[u8],
    description: &Description,
    digest: &str,
    world: &World,
    rules: &Result<Rules, String>,
    signature: Option<Value>,
) -> Value {
    let limits = Limits::default();
    json!({
        "v": 1, "plugin": description.name, "version": description.version, "bytes": bytes.len(), "sha256": digest,
        "hosts": description.hosts, "domains": description.domains, "imports": world.imports, "exports": world.exports,
        "rules": rules.as_ref().ok().map(|rules| json!({"all": rules.all, "by_code": rules.by_code, "suppresses": rules.suppresses})),
        "refused": rules.as_ref().err(), "text": description.rules,
        "limits": {"memory": limits.memory, "fuel": limits.fuel, "deadline_ms": limits.deadline.as_millis() as u64},
        "signature": signature,
    })
}

/// The component's world, read from its types.
fn world(bytes: &[u8]) -> anyhow::Result<World> {
    let DecodedWasm::Component(resolve, world) = decode(bytes).context("its types cannot be read")? else {
        bail!("it holds types alone, and no code");
    };
    let world = &resolve.worlds[world];
    let names = |of: &mut dyn Iterator<Item = &wit_parser::WorldKey>| {
        // An interface of types alone is a mention, and nothing is called through it.
        let has_functions = |key: &&wit_parser::WorldKey| match key {
            wit_parser::WorldKey::Interface(id) => !resolve.interfaces[*id].functions.is_empty(),
            wit_parser::WorldKey::Name(_) => true,
        };
        of.filter(has_functions).map(|key| resolve.name_world_key(key)).collect()
    };
    Ok(World { imports: names(&mut world.imports.keys()), exports: names(&mut world.exports.keys()) })
}
