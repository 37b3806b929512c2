//! What changes between two rule sets: for people, for programs, and for a pull request.

mod json;
mod markdown;
mod mask;
mod text;
mod words;

pub use json::json;
pub use markdown::markdown;
pub use text::text;

use crate::diff::{Cell, Edit, Found, Group, Rank, Said, Setting, Tried};
use crate::reply::Reply;
use crate::ruleset::Version;

/// How many changes are shown where not all are asked for.
const SHOWN: usize = 20;

/// How many of these of each rank only show where a text says two things at once, if others show by themselves.
const AT_ONCE: usize = 2;

/// All that is told.
#[derive(Debug)]
pub struct Report<'d> {
    /// The two rule sets as people name them: the old one, the new one.
    pub names: [String; 2],
    /// Their snapshots.
    pub snapshots: [Version; 2],
    /// The rules that are not as they were.
    pub edits: &'d [Edit],
    /// The settings that are not as they were.
    pub settings: &'d [Setting],
    /// The replies that were looked for.
    pub tried: &'d Tried,
    /// The replies of real input.
    pub found: Option<&'d Found>,
    /// Whether addresses of the input are shown as they are.
    pub show_addresses: bool,
    /// Whether all changes are shown in what people read.
    pub all: bool,
}

impl Report<'_> {
    /// Whether a reply changes its verdict, or a setting what is done about it.
    pub fn is_change(&self) -> bool {
        !self.tried.cells.is_empty() || !self.settings.is_empty() || self.found.is_some_and(|found| found.changed > 0)
    }

    fn most(&self) -> usize {
        if self.all { usize::MAX } else { SHOWN }
    }

    /// The cells that are shown, those first that show by themselves.
    fn cells(&self) -> Vec<&Cell> {
        let all = &self.tried.cells;
        let by_themselves = all.iter().any(|cell| cell.plain > 0);
        let most = if by_themselves && !self.all { AT_ONCE } else { usize::MAX };
        let mut at_once = [0; 3];
        let shown = all.iter().filter(|cell| {
            let count = &mut at_once[cell.changed.rank() as usize];
            *count += usize::from(cell.plain == 0);
            cell.plain > 0 || *count <= most
        });
        let mut shown: Vec<&Cell> = shown.collect();
        shown.sort_by_key(|cell| cell.plain == 0);
        shown.truncate(self.most());
        shown
    }

    /// The recipient of an example, and its reply, as they may be shown.
    fn shown(&self, group: &Group) -> (Option<String>, Reply) {
        if self.show_addresses {
            return (group.recipient.clone(), group.reply.clone());
        }
        let recipient = group.recipient.as_deref();
        let text = mask::text(&group.reply.text, recipient);
        (recipient.map(mask::address), Reply { text, ..group.reply.clone() })
    }
}

/// What the replies that are tried or found share, however they came here.
#[derive(Clone, Copy)]
struct Change<'d> {
    changed: crate::diff::Changed,
    old: &'d Said,
    new: &'d Said,
}

impl<'d> From<&'d Cell> for Change<'d> {
    fn from(cell: &'d Cell) -> Change<'d> {
        Change { changed: cell.changed, old: &cell.old, new: &cell.new }
    }
}

impl<'d> From<&'d Group> for Change<'d> {
    fn from(group: &'d Group) -> Change<'d> {
        Change { changed: group.changed, old: &group.old, new: &group.new }
    }
}

/// How many of some there are of each rank.
fn by_rank(ranks: impl Iterator<Item = Rank>) -> [usize; 3] {
    ranks.fold([0; 3], |mut counts, rank| {
        counts[rank as usize] += 1;
        counts
    })
}
