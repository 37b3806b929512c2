//! Words that come out of a component, checked on the way in.

/// Why a text of a plugin is not taken: it is too long, or holds what a person's screen or a log would act on.
pub(super) fn check(what: &str, text: &str, longest: usize, lines: bool) -> Result<(), String> {
    if text.len() > longest {
        return Err(format!("its {what} has {} bytes; at most {longest} are taken", text.len()));
    }
    let bad = text.chars().find(|c| is_control(*c) && !(lines && matches!(c, '\n' | '\r' | '\t')));
    match bad {
        Some(c) => Err(format!("its {what} holds the control character U+{:04X}", u32::from(c))),
        None => Ok(()),
    }
}

/// Control characters, and those that turn or hide what stands beside them (Unicode's `Cf` of bidirectional text and
/// zero width).
pub(super) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
