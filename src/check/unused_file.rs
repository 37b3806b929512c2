//! # W0002: a file that nothing uses
//!
//! The file lies in the folder of the rule set, but no `use` line names it, so nothing in it has any effect.
//!
//! Bad:
//!
//! ```carom root.carom
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```
//!
//! ```carom google.carom
//! profile google {
//!     hosts "*.google.com"
//! }
//! ```
//!
//! Good:
//!
//! ```carom root.carom
//! use "google.carom"
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```
//!
//! ```carom google.carom
//! profile google {
//!     hosts "*.google.com"
//! }
//! ```

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Origin, Span, builtin_file};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// It is said at the root file, since there is no place in a file that is not read.
pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let sources = &subject.rules().sources;
    let (Some(folder), Some((root, _))) = (subject.folder, sources.files().next()) else { return };
    let of_site = sources.files().filter(|(_, file)| file.origin == Origin::Site);
    let used: HashSet<PathBuf> = of_site.filter_map(|(_, file)| std::fs::canonicalize(&file.name).ok()).collect();
    // The library's own prelude is read from the program, also when its folder is checked.
    let is_prelude =
        |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| builtin_file("prelude.carom") == Some(&text));
    let mut unused = Vec::new();
    let mut folders = vec![folder.to_owned()];
    // Folders are few; the bound keeps a circle of links from going on for ever.
    for _ in 0..10_000 {
        let Some(next) = folders.pop() else { break };
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "carom")
                && std::fs::canonicalize(&path).is_ok_and(|path| !used.contains(&path))
                && !is_prelude(&path)
            {
                unused.push(path);
            }
        }
    }
    unused.sort();
    for path in unused {
        let within = path.strip_prefix(folder).unwrap_or(&path).display().to_string().replace('\\', "/");
        let diagnostic = Diagnostic::new(Code::W0002, Span::new(root, 0, 0), format!("nothing uses `{within}`"))
            .help(format!("add `use \"{within}\"`, or remove the file"));
        findings.push(diagnostic);
    }
}
