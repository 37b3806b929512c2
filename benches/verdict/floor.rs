//! The floor: what reading a line costs at the least.

/// Reads the reply code and the enhanced code off a line, and copies the rest of it in small letters to `text`,
/// byte by byte: no classifier that compares without regard to case can do less.
pub(crate) fn floor(line: &[u8], text: &mut Vec<u8>) -> [u16; 4] {
    let mut at = 0;
    let code = number(line, &mut at);
    at += 1;
    let (start, mut enhanced) = (at, [0; 3]);
    enhanced[0] = number(line, &mut at);
    for part in &mut enhanced[1..] {
        if line.get(at) != Some(&b'.') {
            // No enhanced code: what looked like one belongs to the text.
            (at, enhanced) = (start, [0; 3]);
            break;
        }
        at += 1;
        *part = number(line, &mut at);
    }
    text.clear();
    text.extend(line[at.min(line.len())..].iter().map(u8::to_ascii_lowercase));
    [code, enhanced[0], enhanced[1], enhanced[2]]
}

/// The number at `at`, which is moved behind it.
fn number(line: &[u8], at: &mut usize) -> u16 {
    let mut number = 0_u16;
    while let Some(digit @ b'0'..=b'9') = line.get(*at) {
        number = number.wrapping_mul(10).wrapping_add(u16::from(digit - b'0'));
        *at += 1;
    }
    number
}
