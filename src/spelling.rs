//! 'Did you mean': the known word nearest to an unknown one.

/// The candidate that differs least from `word`, if it differs little enough to be a slip.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate, limit), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits (one letter more, less, other, or two swapped) from `a` to `b`; anything above `limit` may be returned as more.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let other = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = other.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_nothing_else() {
        let known = ["mailbox-full", "user-unknown", "rate-limited"];
        assert_eq!(nearest("mailbox-ful", known), Some("mailbox-full"));
        assert_eq!(nearest("user-unkonwn", known), Some("user-unknown"));
        assert_eq!(nearest("quota", known), None);
        assert_eq!(nearest("macth", ["match", "unless"]), Some("match"));
    }
}
