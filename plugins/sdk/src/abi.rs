//! The component model's canonical ABI, as far as the world of `carom:plugin` needs it.
//!
//! A reply comes as numbers and one string. Results lie in memory as the WIT file orders them: a string and a list are
//! an address and a length of four bytes each, an option is a word that tells and then its value. Written by hand, since a
//! generator's runtime would be a dependency and a plugin must build without any.
//!
//! What a call gives is kept until the next one, and not given back by a function of its own: that would be one more
//! call for every reply. A plugin that says nothing of a reply touches no memory but its stack and the room for the
//! string, so that a fresh instance for each reply stays cheap.
#![allow(unsafe_code)]

use crate::layout::{passed, words};
use crate::{Description, Enhanced, Phase, Plugin, Reply, Verdict};
use std::alloc::Layout;
use std::cell::UnsafeCell;

/// Memory of the whole plugin.
struct Shared<T>(UnsafeCell<T>);

// SAFETY: a plugin has one thread, and the host makes one call at a time.
unsafe impl<T> Sync for Shared<T> {}

/// What came of a call: the area that the host reads, and all that this points to. The area comes first, since its
/// address is what the host is given.
#[repr(C)]
#[allow(dead_code, reason = "the host reads the area, and the rest is what it points to")]
struct Told<T, const WORDS: usize> {
    area: [u32; WORDS],
    lists: Vec<Vec<[u32; 2]>>,
    fields: Vec<[u32; words::FIELD]>,
    said: T,
}

/// The last answer that was one; the next takes its place.
static ANSWER: Shared<Option<Told<Verdict, { words::ANSWER }>>> = Shared(UnsafeCell::new(None));

/// The answer that is none.
static NONE: [u32; words::ANSWER] = [0; words::ANSWER];

/// An address and a length, as the host reads them. Addresses have four bytes where this runs.
fn pair(address: *const u8, length: usize) -> [u32; 2] {
    [address as usize as u32, length as u32]
}

fn string(text: &str) -> [u32; 2] {
    pair(text.as_ptr(), text.len())
}

#[doc(hidden)]
pub fn describe<P: Plugin>() -> *const u32 {
    tell_of_panics();
    let said = P::describe();
    let strings = |list: &[String]| list.iter().map(|text| string(text)).collect::<Vec<_>>();
    let lists = vec![strings(&said.hosts), strings(&said.domains)];
    let list = |n: usize| pair(lists[n].as_ptr().cast(), lists[n].len());
    let parts = [string(&said.name), string(&said.version), list(0), list(1), string(&said.rules)];
    let mut area = [0; words::DESCRIPTION];
    area.as_chunks_mut::<2>().0.copy_from_slice(&parts);
    // It is asked once.
    let told: &'static Told<Description, _> = Box::leak(Box::new(Told { area, lists, fields: Vec::new(), said }));
    told.area.as_ptr()
}

/// # Safety
/// `said` came from [`realloc`] with that length, holds UTF-8, and is no longer the host's. What an earlier call gave
/// has been read, and no other call is under way.
#[doc(hidden)]
pub unsafe fn classify<P: Plugin>(
    said: *mut u8,
    length: usize,
    parts: [[usize; 2]; passed::PARTS.len()],
    [code, enhanced, status, phase]: [u32; passed::NUMBERS.len()],
    time: Option<i64>,
) -> *const u32 {
    tell_of_panics();
    // SAFETY: by the contract above.
    let all = unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(said, length)) };
    let [text, folded, host, domain] =
        parts.map(|[at, length]| at.checked_add(length).and_then(|end| all.get(at..end)).unwrap_or_default());
    let reply = Reply {
        text,
        folded,
        code: u16::try_from(code).ok().filter(|code| *code != 0),
        enhanced: Enhanced::of(enhanced),
        status: Enhanced::of(status),
        phase: Phase::of(phase),
        host: (!host.is_empty()).then_some(host),
        domain: (!domain.is_empty()).then_some(domain),
        time,
    };
    let verdict = P::classify(&reply);
    // SAFETY: nothing points there any more.
    unsafe { give_back(said, length) };
    match verdict {
        Some(verdict) => tell(verdict),
        None => NONE.as_ptr(),
    }
}

/// Keeps an answer where the host can read it.
fn tell(said: Verdict) -> *const u32 {
    let flat = |(name, value): &(String, String)| {
        let ([a, b], [c, d]) = (string(name), string(value));
        [a, b, c, d]
    };
    let fields: Vec<_> = said.fields.iter().map(flat).collect();
    let ([a, b], [c, d]) = (string(&said.rule), pair(fields.as_ptr().cast(), fields.len()));
    let told = Told { area: [1, a, b, c, d], lists: Vec::new(), fields, said };
    // SAFETY: the last answer was read, by the contract of `classify`, so nobody looks at it.
    unsafe { (*ANSWER.0.get()).insert(told).area.as_ptr() }
}

/// Room for the string of a reply as most are; the host asks for one string a call.
type Room = [u128; 128];

static ROOM: Shared<Room> = Shared(UnsafeCell::new([0; 128]));

/// Memory for the host to write into.
///
/// # Safety
/// `old` is null with `old_size` 0, or came from here with that size and this alignment; `align` is a power of two. What
/// came from here before was taken by [`classify`].
#[doc(hidden)]
pub unsafe fn realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    let room: *mut u8 = ROOM.0.get().cast();
    let new = if size <= size_of::<Room>() && align <= align_of::<Room>() {
        room
    } else {
        // SAFETY: the size is not 0 here, and the alignment is one.
        unsafe { std::alloc::alloc(Layout::from_size_align_unchecked(size, align)) }
    };
    if new.is_null() {
        std::process::abort();
    }
    if old_size != 0 {
        // SAFETY: what is old is as long as it says; it and the new memory may both be the room.
        unsafe { old.copy_to(new, old_size.min(size)) };
        if old != room {
            // SAFETY: what is not the room was allocated above.
            unsafe { std::alloc::dealloc(old, Layout::from_size_align_unchecked(old_size, align)) };
        }
    }
    new
}

/// # Safety
/// The memory came from [`realloc`] with that size and an alignment of 1, and is given back once.
unsafe fn give_back(memory: *mut u8, size: usize) {
    if memory != ROOM.0.get().cast() {
        // SAFETY: what is not the room was allocated so.
        unsafe { std::alloc::dealloc(memory, Layout::from_size_align_unchecked(size, 1)) };
    }
}

/// What a panic says goes to the operator; without it a plugin only stops.
fn tell_of_panics() {
    #[cfg(target_arch = "wasm32")]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| std::panic::set_hook(Box::new(|panic| log(&panic.to_string()))));
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) fn log(line: &str) {
    #[link(wasm_import_module = "carom:plugin/host@1.0.0")]
    unsafe extern "C" {
        #[link_name = "log"]
        fn host_log(address: *const u8, length: usize);
    }
    // SAFETY: the host reads these bytes of the line and keeps nothing.
    unsafe { host_log(line.as_ptr(), line.len()) }
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn log(line: &str) {
    eprintln!("{line}");
}
