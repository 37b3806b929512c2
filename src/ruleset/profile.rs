//! Profiles, and which of them a reply belongs to.

use super::{HostPattern, PatternId, Schedule};
use crate::reply::{HostName, Reply};
use crate::source::Span;
use std::collections::HashMap;

/// The number of a profile in its rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProfileId(pub(crate) u32);

/// A provider; what it does not state itself has come from its parents already.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The profile it extends.
    pub parent: Option<ProfileId>,
    /// How many profiles it extends, one above the other.
    pub depth: u32,
    /// The hosts that it is known by.
    pub hosts: Vec<HostPattern>,
    /// The recipients' domains that it is known by.
    pub domains: Vec<HostPattern>,
    /// How its own codes stand in a text.
    pub tags: Vec<PatternId>,
    /// Its retry schedule.
    pub retry: Option<Schedule>,
    /// How many connections at a time, from and to.
    pub connections: Option<(u32, u32)>,
    /// What bytes mean that are no UTF-8.
    pub charset: Option<&'static encoding_rs::Encoding>,
    /// Where its head stands.
    pub span: Span,
}

/// All profiles, and the hosts and domains that they claim.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    all: Vec<Profile>,
    hosts: Claims,
    domains: Claims,
}

/// Who claims which names.
///
/// Names are hashed from their end, so that one pass over a host gives the hash of each of its suffixes.
#[derive(Debug, Clone, Default)]
struct Claims {
    exact: Claimed,
    below: Claimed,
}

/// Names by their hashes.
#[derive(Debug, Clone)]
struct Claimed {
    names: HashMap<u64, Vec<(String, ProfileId)>, AsItIs>,
    /// A bit for each hash, so that most of what is not claimed costs no look into the map.
    bits: Box<[u64; 64]>,
}

impl Default for Claimed {
    fn default() -> Claimed {
        Claimed { names: HashMap::default(), bits: Box::new([0; 64]) }
    }
}

impl Claimed {
    fn place(hash: u64) -> (usize, u64) {
        ((hash >> 58) as usize, 1 << (hash >> 52 & 63))
    }

    fn insert(&mut self, name: &str, profile: ProfileId) {
        let mut hash = 0;
        each_label(name.as_bytes(), |_, of_suffix| hash = of_suffix);
        let (word, bit) = Claimed::place(hash);
        self.bits[word] |= bit;
        self.names.entry(hash).or_default().push((name.to_owned(), profile));
    }

    fn find(&self, hash: u64, name: &str) -> Option<ProfileId> {
        let (word, bit) = Claimed::place(hash);
        if self.bits[word] & bit == 0 {
            return None;
        }
        self.names.get(&hash)?.iter().find(|(claimed, _)| claimed == name).map(|(_, profile)| *profile)
    }
}

impl Claims {
    fn insert(&mut self, pattern: &HostPattern, profile: ProfileId) {
        match pattern {
            HostPattern::Exact(name) => self.exact.insert(name.as_str(), profile),
            HostPattern::Below(suffix) => self.below.insert(suffix.as_str(), profile),
        }
    }

    /// The longest suffix decides.
    fn find(&self, host: &HostName) -> Option<ProfileId> {
        let name = host.as_str();
        let mut found = None;
        each_label(name.as_bytes(), |start, hash| {
            let claimed = if start == 0 { self.exact.find(hash, name) } else { self.below.find(hash, &name[start..]) };
            found = claimed.or(found);
        });
        found
    }
}

/// Calls `each` with every label of a name from its end: where it begins, and the hash of the name from there on.
/// The names in the maps are the rules' own, so nobody can crowd them.
fn each_label(name: &[u8], mut each: impl FnMut(usize, u64)) {
    let mut hash = 0_u64;
    let mut end = name.len();
    loop {
        let start = name[..end].iter().rposition(|byte| *byte == b'.').map_or(0, |point| point + 1);
        let mut from = start;
        while from < end {
            let to = end.min(from + 8);
            hash = (hash ^ packed(name, from, to)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
            from = to;
        }
        each(start, hash);
        if start == 0 {
            return;
        }
        end = start - 1;
    }
}

/// Up to eight bytes as a number; read as eight that end there, where so many stand before, since bytes that
/// are put together one by one take longer.
fn packed(name: &[u8], from: usize, to: usize) -> u64 {
    match name[..to].last_chunk::<8>() {
        Some(eight) if from < to => u64::from_le_bytes(*eight) >> (64 - 8 * (to - from)),
        _ => name[from..to].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// The hasher of keys that are hashes already.
#[derive(Debug, Clone, Copy, Default)]
struct AsItIs(u64);

impl std::hash::BuildHasher for AsItIs {
    type Hasher = AsItIs;

    fn build_hasher(&self) -> AsItIs {
        AsItIs(0)
    }
}

impl std::hash::Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Profiles {
    /// The profiles, with their claims looked up by the longest suffix.
    pub fn new(all: Vec<Profile>) -> Profiles {
        let (mut hosts, mut domains) = (Claims::default(), Claims::default());
        for (n, profile) in all.iter().enumerate() {
            profile.hosts.iter().for_each(|pattern| hosts.insert(pattern, ProfileId(n as u32)));
            profile.domains.iter().for_each(|pattern| domains.insert(pattern, ProfileId(n as u32)));
        }
        Profiles { all, hosts, domains }
    }

    /// The profile of that number.
    pub fn get(&self, id: ProfileId) -> &Profile {
        &self.all[id.0 as usize]
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ProfileId, &Profile)> {
        self.all.iter().enumerate().map(|(n, profile)| (ProfileId(n as u32), profile))
    }

    /// The profile of a reply: the host decides, and where no profile claims it, the recipient's domain.
    pub fn of(&self, reply: &Reply) -> Option<ProfileId> {
        let by_host = reply.host.as_ref().and_then(|host| self.hosts.find(host));
        by_host.or_else(|| reply.domain.as_ref().and_then(|domain| self.domains.find(domain)))
    }

    /// The profile that claims a host.
    pub fn of_host(&self, host: &HostName) -> Option<ProfileId> {
        self.hosts.find(host)
    }

    /// A profile and its parents, from the nearest up.
    pub fn chain(&self, id: ProfileId) -> impl Iterator<Item = ProfileId> + '_ {
        std::iter::successors(Some(id), |id| self.get(*id).parent)
    }
}
