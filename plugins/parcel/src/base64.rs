//! Base64 with the alphabet that may stand in an address, without padding.

/// The bytes of a text; blanks, at which lines were joined, are passed over.
pub(crate) fn unpack(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b' ') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    // A text that was cut leaves bits over, or a whole character.
    (held == 0 && bits < 6).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::unpack;

    #[test]
    fn texts_are_unpacked() {
        for (text, bytes) in [("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm 9v Yg", "foob")] {
            assert_eq!(unpack(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(unpack("_-8"), Some(vec![0xff, 0xef]));
        for text in ["Z", "Zh", "Zg==", "Zm+v", "é"] {
            assert_eq!(unpack(text), None, "{text}");
        }
    }
}
