//! The page of a lint, which its source begins with: the leading `//!` lines without their mark.
//!
//! It is cut out when the program is compiled, so that the program holds pages and no sources.

/// How long the page of a source is.
pub(super) const fn length(source: &[u8]) -> usize {
    copy(source, &mut [])
}

/// The page of a source.
pub(super) const fn cut<const LENGTH: usize>(source: &[u8]) -> [u8; LENGTH] {
    let mut page = [0; LENGTH];
    copy(source, &mut page);
    page
}

/// Copies the page as far as there is room for it, and tells how long it is.
const fn copy(source: &[u8], page: &mut [u8]) -> usize {
    let (mut at, mut length) = (0, 0);
    while at + 2 < source.len() && source[at] == b'/' && source[at + 1] == b'/' && source[at + 2] == b'!' {
        at += 3;
        if at < source.len() && source[at] == b' ' {
            at += 1;
        }
        let mut is_open = true;
        while is_open && at < source.len() {
            if length < page.len() {
                page[length] = source[at];
            }
            is_open = source[at] != b'\n';
            length += 1;
            at += 1;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::{cut, length};

    #[test]
    fn takes_the_leading_lines() {
        const SOURCE: &[u8] = b"//! # W1\n//!\n//! a //! b\n//!   c\n\n//! d\nuse e;\n";
        const PAGE: [u8; length(SOURCE)] = cut(SOURCE);
        assert_eq!(PAGE.as_slice(), b"# W1\n\na //! b\n  c\n");
        assert_eq!((length(b""), length(b"// x\n"), length(b"//!"), length(b"//! ab")), (0, 0, 0, 2));
    }
}
