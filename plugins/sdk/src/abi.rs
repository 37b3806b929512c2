//! The component model's canonical ABI, as far as the world of `carom:plugin` needs it.
//!
//! Records lie in memory as the WIT file orders them: a string and a list are an address and a length of four bytes
//! each, an option is a byte that tells and then its value, all at their natural alignment. Written by hand, since a
//! generator's runtime would be a dependency and a plugin must build without any.
#![allow(unsafe_code)]

use crate::layout::{reply as at, words};
use crate::{Description, Plugin, Reply, Verdict};
use std::alloc::Layout;

/// What came of a call, kept until the host has read it: the area that it reads, and all that this points to. The area
/// comes first, since its address is what the host is given.
#[repr(C)]
#[allow(dead_code, reason = "the host reads the area, and the rest is what it points to")]
struct Told<T> {
    area: [u32; words::DESCRIPTION],
    fields: Vec<[u32; words::FIELD]>,
    lists: Vec<Vec<[u32; 2]>>,
    said: T,
}

/// An address and a length, as the host reads them. Addresses have four bytes where this runs.
fn pair(address: *const u8, length: usize) -> [u32; 2] {
    [address as usize as u32, length as u32]
}

fn string(text: &str) -> [u32; 2] {
    pair(text.as_ptr(), text.len())
}

/// Gives a result to the host, which gives it back to [`free`].
fn hand_out<T>(told: Told<T>) -> *mut u8 {
    Box::into_raw(Box::new(told)).cast()
}

/// Takes back what [`hand_out`] gave.
///
/// # Safety
/// `area` came from [`hand_out`] with the same `T`, and was not taken back before.
unsafe fn free<T>(area: *mut u8) {
    // SAFETY: by the contract above this is the box that was leaked.
    drop(unsafe { Box::from_raw(area.cast::<Told<T>>()) });
}

#[doc(hidden)]
pub fn describe<P: Plugin>() -> *mut u8 {
    tell_of_panics();
    let said = P::describe();
    let strings = |list: &[String]| list.iter().map(|text| string(text)).collect::<Vec<_>>();
    let lists = vec![strings(&said.hosts), strings(&said.domains)];
    let list = |n: usize| pair(lists[n].as_ptr().cast(), lists[n].len());
    let parts = [string(&said.name), string(&said.version), list(0), list(1), string(&said.rules)];
    let mut area = [0; words::DESCRIPTION];
    area.as_chunks_mut::<2>().0.copy_from_slice(&parts);
    hand_out(Told { area, fields: Vec::new(), lists, said })
}

/// # Safety
/// `area` is what [`describe`] gave, and is given back once.
#[doc(hidden)]
pub unsafe fn free_description(area: *mut u8) {
    // SAFETY: as above.
    unsafe { free::<Description>(area) }
}

/// # Safety
/// `reply` is a `reply` as the canonical ABI lays it out, in memory that came from [`realloc`] and is no longer the
/// host's.
#[doc(hidden)]
pub unsafe fn classify<P: Plugin>(reply: *mut u8) -> *mut u8 {
    tell_of_panics();
    // SAFETY: by the contract above.
    let said = P::classify(&unsafe { take(reply) });
    let mut area = [0; words::DESCRIPTION];
    let mut fields = Vec::new();
    if let Some(Verdict { rule, fields: found }) = &said {
        let flat = |(name, value): &(String, String)| {
            let ([a, b], [c, d]) = (string(name), string(value));
            [a, b, c, d]
        };
        fields = found.iter().map(flat).collect();
        let ([a, b], [c, d]) = (string(rule), pair(fields.as_ptr().cast(), fields.len()));
        area[..words::ANSWER].copy_from_slice(&[1, a, b, c, d]);
    }
    hand_out(Told { area, fields, lists: Vec::new(), said })
}

/// # Safety
/// `area` is what [`classify`] gave, and is given back once.
#[doc(hidden)]
pub unsafe fn free_answer(area: *mut u8) {
    // SAFETY: as above.
    unsafe { free::<Option<Verdict>>(area) }
}

/// Takes a reply, and the memory that it lies in.
///
/// # Safety
/// As [`classify`] says.
unsafe fn take(area: *mut u8) -> Reply {
    // SAFETY: each place is that of the record's part, inside of its size; a string's address and length are those
    // of an allocation of that length with alignment 1, which nothing else owns now, and its bytes are UTF-8: both the
    // host has checked before it wrote them.
    unsafe {
        let read = |at: usize| area.add(at).cast::<u32>().read() as usize;
        let text = |at: usize| match read(at + 4) {
            0 => String::new(),
            length => String::from_raw_parts(read(at) as *mut u8, length, length),
        };
        let is_some = |at: usize| area.add(at).read() != 0;
        let option = |place: usize| is_some(place).then(|| text(place + at::STRING_VALUE));
        let reply = Reply {
            text: text(at::TEXT),
            folded: text(at::FOLDED),
            code: is_some(at::CODE).then(|| area.add(at::CODE + at::CODE_VALUE).cast::<u16>().read()),
            enhanced: option(at::ENHANCED),
            status: option(at::STATUS),
            phase: option(at::PHASE),
            host: option(at::HOST),
            domain: option(at::DOMAIN),
            time: is_some(at::TIME).then(|| area.add(at::TIME + at::TIME_VALUE).cast::<i64>().read()),
        };
        std::alloc::dealloc(area, at::LAYOUT);
        reply
    }
}

/// Memory for the host to write into.
///
/// # Safety
/// `old` is null with `old_size` 0, or came from here with that size and this alignment; `align` is a power of two.
#[doc(hidden)]
pub unsafe fn realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    if size == 0 {
        return std::ptr::without_provenance_mut(align);
    }
    // SAFETY: sizes are not 0 here, and the layouts are those that the contract tells.
    let new = unsafe {
        let layout = Layout::from_size_align_unchecked(size, align);
        match old_size {
            0 => std::alloc::alloc(layout),
            _ => std::alloc::realloc(old, Layout::from_size_align_unchecked(old_size, align), size),
        }
    };
    if new.is_null() {
        std::process::abort();
    }
    new
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
