//! Guests for the tests: built here, since no binary is part of the tree.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

const TARGET: &str = "wasm32-unknown-unknown";

/// A guest of `plugins/` or of `tests/plugin/guests`, as a component.
pub(crate) fn guest(workspace: &str, name: &str) -> Vec<u8> {
    let core = built(workspace).join(format!("{}.wasm", name.replace('-', "_")));
    component(&std::fs::read(&core).unwrap_or_else(|error| panic!("{}: {error}", core.display())))
}

/// Builds the guests of a workspace, once in a process, and one process at a time.
fn built(workspace: &str) -> PathBuf {
    static DONE: OnceLock<std::sync::Mutex<Vec<String>>> = OnceLock::new();
    let tree = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A folder of its own: the outer cargo holds the lock of its target folder.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    let made = target.join(TARGET).join("release");
    let mut done = DONE.get_or_init(Default::default).lock().expect("no build panics half way");
    if done.iter().any(|name| name == workspace) {
        return made;
    }
    std::fs::create_dir_all(&target).expect("a folder for the guests");
    let lock = File::create(target.join("lock")).expect("a file to lock");
    lock.lock().expect("another process that builds lets go of it");
    add_target();
    let mut cargo = nested("cargo");
    cargo.args(["build", "--workspace", "--release", "--quiet", "--locked", "--offline", "--target", TARGET]);
    cargo.arg("--manifest-path").arg(tree.join(workspace).join("Cargo.toml")).arg("--target-dir").arg(&target);
    let status = cargo.env("RUSTFLAGS", "-C link-arg=-zstack-size=65536").status().expect("cargo runs");
    assert!(status.success(), "the guests of {workspace} are built");
    done.push(workspace.to_owned());
    made
}

/// A command without what the outer cargo has set for its own.
fn nested(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        let is_outer = name_text.starts_with("CARGO_") && name_text != "CARGO_HOME"
            || ["RUSTFLAGS", "RUSTDOCFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"].contains(&&*name_text);
        if is_outer {
            command.env_remove(&name);
        }
    }
    command
}

/// Adds the target where rustup knows that it is missing; where there is no rustup, it has come some other way.
fn add_target() {
    let listed = nested("rustup").args(["target", "list", "--installed"]).output();
    let Ok(listed) = listed else { return };
    if !String::from_utf8_lossy(&listed.stdout).lines().any(|line| line == TARGET) {
        let added = nested("rustup").args(["target", "add", TARGET]).status().expect("rustup runs");
        assert!(added.success(), "`rustup target add {TARGET}`");
    }
}

/// Wraps a core module as a component of the world.
fn component(core: &[u8]) -> Vec<u8> {
    component_of(carom::plugin::WIT, core)
}

/// The same of any world.
pub(crate) fn component_of(wit: &str, core: &[u8]) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("carom-plugin.wit", wit).expect("the world is WIT");
    let world = resolve.select_world(&[package], None).expect("it has one world");
    let mut core = core.to_vec();
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8).expect("the world is written into it");
    let encoder = ComponentEncoder::default().validate(true).module(&core);
    encoder.expect("a module of this world").encode().expect("a component")
}

/// A description as it lies in memory at 1024, as the text of a module writes bytes.
pub(crate) fn described(name: &str, version: &str, hosts: &[&str], domains: &[&str], rules: &str) -> String {
    const BASE: usize = 1024;
    let mut bytes = vec![0; 40 + 8 * (hosts.len() + domains.len())];
    let put = |bytes: &mut Vec<u8>, at: usize, text: &str| {
        let place = BASE + bytes.len();
        bytes.extend_from_slice(text.as_bytes());
        set(bytes, at, place, text.len());
    };
    put(&mut bytes, 0, name);
    put(&mut bytes, 8, version);
    let mut at = 40;
    for (field, names) in [(16, hosts), (24, domains)] {
        set(&mut bytes, field, BASE + at, names.len());
        for name in names {
            put(&mut bytes, at, name);
            at += 8;
        }
    }
    put(&mut bytes, 32, rules);
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// An address and a length.
fn set(bytes: &mut [u8], at: usize, address: usize, length: usize) {
    bytes[at..at + 4].copy_from_slice(&(address as u32).to_le_bytes());
    bytes[at + 4..at + 8].copy_from_slice(&(length as u32).to_le_bytes());
}

/// What a reply comes as: a string, four parts of it, four numbers, and a time if there is one.
pub(crate) const REPLY: &str = "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64)";

/// A core module of the world that gives this description, and abstains.
pub(crate) fn core_of(data: &str, more: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
            (memory (export "memory") 2)
            (global $free (mut i32) (i32.const 65536))
            (data (i32.const 1024) "{data}")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                (global.set $free (i32.add (local.get $at) (local.get 3)))
                (local.get $at))
            (func (export "carom:plugin/provider@1.0.0#describe") (result i32) (i32.const 1024))
            (func (export "carom:plugin/provider@1.0.0#classify") {REPLY} (result i32)
                (global.set $free (i32.const 65536))
                (i32.const 512))
            {more})"#
    );
    wat::parse_str(text).expect("the text of a module")
}
