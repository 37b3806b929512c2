//! Hyperscan, as Debian's `libhyperscan5` brings it; loaded when the program runs, so that it builds without.

use super::{Conditions, Kind, Peer, Reply, Rule};
use libloading::{Library, Symbol};
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::{null, null_mut};

/// The names under which the library is looked for.
const NAMES: [&str; 2] = ["libhs.so.5", "libhs.so"];

// From `hs_compile.h` and `hs_common.h`.
const CASELESS: c_uint = 1;
const DOTALL: c_uint = 2;
const SINGLEMATCH: c_uint = 8;
const MODE_BLOCK: c_uint = 1;
const SUCCESS: c_int = 0;

/// `hs_compile_error_t`
#[repr(C)]
struct CompileError {
    message: *const c_char,
    expression: c_int,
}

type OnMatch = extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;
type CompileMulti = unsafe extern "C" fn(
    *const *const c_char,
    *const c_uint,
    *const c_uint,
    c_uint,
    c_uint,
    *const c_void,
    *mut *mut c_void,
    *mut *mut CompileError,
) -> c_int;
type AllocScratch = unsafe extern "C" fn(*const c_void, *mut *mut c_void) -> c_int;
type Scan = unsafe extern "C" fn(
    *const c_void,
    *const c_char,
    c_uint,
    c_uint,
    *mut c_void,
    Option<OnMatch>,
    *mut c_void,
) -> c_int;

/// A compiled database with its scratch space. Neither is freed: they live as long as the process.
pub(super) struct Hyperscan {
    scan: Scan,
    database: *const c_void,
    scratch: *mut c_void,
    /// The expressions that the last scan has found.
    found: Vec<c_uint>,
    /// What the rules ask for besides.
    conditions: Vec<Conditions>,
}

impl Hyperscan {
    /// With `edges` a phrase begins and ends with a word, as Carom has it; without, that is left to chance, in
    /// Hyperscan's favour.
    pub(super) fn new(rules: &[Rule], edges: bool) -> Result<Hyperscan, String> {
        let library = NAMES.iter().find_map(|name| {
            // SAFETY: loading runs the library's initialisers. By these names it is Hyperscan, whose initialisers
            // choose functions by the processor and touch nothing of this program.
            unsafe { Library::new(*name) }.ok()
        });
        // It is never unloaded, so that its functions may be called until the process ends.
        let library: &'static Library =
            Box::leak(Box::new(library.ok_or("libhs.so.5 (libhyperscan5) is not installed")?));
        let missing = |error: libloading::Error| error.to_string();
        // SAFETY: the types are those of `hs_compile.h` and `hs_runtime.h` of version 5, which the name holds the
        // library to: pointers to opaque structures are pointers to `c_void`.
        let (compile, alloc_scratch, scan): (Symbol<CompileMulti>, Symbol<AllocScratch>, Symbol<Scan>) = unsafe {
            let compile = library.get(b"hs_compile_multi\0").map_err(missing)?;
            let alloc_scratch = library.get(b"hs_alloc_scratch\0").map_err(missing)?;
            (compile, alloc_scratch, library.get(b"hs_scan\0").map_err(missing)?)
        };

        let texts: Vec<CString> = rules.iter().map(|rule| expression(rule, edges)).collect::<Result<_, _>>()?;
        let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
        let flags = vec![CASELESS | DOTALL | SINGLEMATCH; texts.len()];
        let ids: Vec<c_uint> = (0..).take(texts.len()).collect();
        let count = c_uint::try_from(texts.len()).map_err(|error| error.to_string())?;
        let (mut database, mut error, mut scratch) = (null_mut(), null_mut(), null_mut());
        // SAFETY: the three arrays have `count` elements, and they and the texts, which end in a zero, outlive the
        // call; the platform may be null, which means this one; both results have a place to be written to.
        let compiled = unsafe {
            compile(
                pointers.as_ptr(),
                flags.as_ptr(),
                ids.as_ptr(),
                count,
                MODE_BLOCK,
                null(),
                &mut database,
                &mut error,
            )
        };
        if compiled != SUCCESS {
            return Err(said(error));
        }
        // SAFETY: the database was made by the call above, and a scratch that is null is allocated anew.
        if unsafe { alloc_scratch(database, &mut scratch) } != SUCCESS {
            return Err("no scratch space for Hyperscan".to_owned());
        }
        let conditions = rules.iter().map(|rule| rule.conditions).collect();
        Ok(Hyperscan { scan: *scan, database, scratch, found: Vec::new(), conditions })
    }

    /// The rule that wins among those whose phrases were found: the profile's own, then the general ones; then
    /// top to bottom.
    fn winner(&self, reply: &Reply) -> Option<c_uint> {
        let of = |id: &c_uint| self.conditions[*id as usize];
        let holds = |id: &c_uint| {
            let rule = of(id);
            rule.code == reply.code
                && (rule.class == 0 || rule.class == reply.class)
                && (rule.profile.is_none() || rule.profile == reply.profile)
                && !rule.unless.is_some_and(|veto| self.found.contains(&veto))
        };
        // No reply has the code of a veto, which is zero.
        self.found.iter().copied().filter(holds).min_by_key(|id| (of(id).profile.is_none(), *id))
    }
}

/// What a rule matches, as an expression.
fn expression(rule: &Rule, edges: bool) -> Result<CString, String> {
    let edge = if edges { r"\b" } else { "" };
    let mut text = edge.to_owned();
    for c in rule.text.chars() {
        if rule.kind != Kind::Regex && c.is_ascii_punctuation() {
            text.push('\\');
        }
        text.push(c);
    }
    text.push_str(edge);
    CString::new(text).map_err(|error| error.to_string())
}

/// What the compiler complains about.
fn said(error: *const CompileError) -> String {
    // SAFETY: after a failure it is null, or points to an error that the library owns and nobody has freed.
    let Some(error) = (unsafe { error.as_ref() }) else { return "Hyperscan does not say why it failed".to_owned() };
    if error.message.is_null() {
        return format!("Hyperscan refuses expression {}", error.expression);
    }
    // SAFETY: a message that is not null is a text of the library's that ends in a zero.
    let message = unsafe { CStr::from_ptr(error.message) };
    format!("Hyperscan refuses expression {}: {}", error.expression, message.to_string_lossy())
}

/// Takes note of what was found. The scan goes on, since a rule that goes before may follow.
extern "C" fn on_match(id: c_uint, _: c_ulonglong, _: c_ulonglong, _: c_uint, context: *mut c_void) -> c_int {
    // SAFETY: the context is what `matched` passes: a list of its own, which nothing else uses during the scan.
    let found = unsafe { &mut *context.cast::<Vec<c_uint>>() };
    found.push(id);
    0
}

impl Peer for Hyperscan {
    fn matched(&mut self, replies: &[Reply]) -> usize {
        let mut matched = 0;
        for reply in replies {
            self.found.clear();
            // A reply is a line and never that long.
            let length = c_uint::try_from(reply.text.len()).unwrap_or(c_uint::MAX);
            // SAFETY: database and scratch were made for each other by `new` and not freed, and `&mut self` keeps
            // another scan off the scratch; the text has `length` bytes and outlives the call, as does `found`,
            // which is the list that `on_match` writes to.
            let scanned = unsafe {
                let context = (&raw mut self.found).cast::<c_void>();
                let text = reply.text.as_ptr().cast();
                (self.scan)(self.database, text, length, 0, self.scratch, Some(on_match), context)
            };
            assert_eq!(scanned, SUCCESS, "Hyperscan scans a reply");
            matched += usize::from(self.winner(reply).is_some());
        }
        matched
    }
}
