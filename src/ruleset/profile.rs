//! Profiles, and which of them a reply belongs to.

use super::{HostPattern, PatternId, Schedule};
use crate::mix::{Mix, packed, spread};
use crate::reply::{HostName, Reply};
use crate::source::Span;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

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
#[derive(Debug, Clone, Default)]
struct Claims {
    exact: Claimed,
    below: Claimed,
}

/// Names, and who claims them.
#[derive(Debug, Clone)]
struct Claimed {
    names: HashMap<Box<str>, ProfileId, BuildHasherDefault<Mix>>,
    /// A bit for the length and the last bytes of each name: most of what is not claimed costs no look into the map.
    bits: Box<[u64; 64]>,
}

impl Default for Claimed {
    fn default() -> Claimed {
        Claimed { names: HashMap::default(), bits: Box::new([0; 64]) }
    }
}

impl Claimed {
    /// The word and the bit of a name that ends with `end`.
    #[inline]
    fn place(end: End, length: usize) -> (usize, u64) {
        let hash = spread(end.of(length) ^ (length as u64) << 56);
        ((hash >> 58) as usize, 1 << (hash >> 52 & 63))
    }

    fn insert(&mut self, name: &str, profile: ProfileId) {
        let (word, bit) = Claimed::place(End::new(name), name.len());
        self.bits[word] |= bit;
        self.names.entry(name.into()).or_insert(profile);
    }

    /// Who claims a name that ends with `end`.
    #[inline]
    fn find(&self, name: &str, end: End) -> Option<ProfileId> {
        let (word, bit) = Claimed::place(end, name.len());
        if self.bits[word] & bit == 0 {
            return None;
        }
        self.names.get(name).copied()
    }
}

/// The last eight bytes of a name, the last of them uppermost: all its suffixes end with them, or are in them.
#[derive(Debug, Clone, Copy)]
struct End(u64);

impl End {
    #[inline]
    fn new(name: &str) -> End {
        let name = name.as_bytes();
        match name.last_chunk::<8>() {
            Some(eight) => End(u64::from_le_bytes(*eight)),
            None => End(packed(name).checked_shl(64 - 8 * name.len() as u32).unwrap_or(0)),
        }
    }

    /// The last eight bytes of the last `length`, or all of them.
    #[inline]
    fn of(self, length: usize) -> u64 {
        self.0.checked_shr(64 - 8 * length.min(8) as u32).unwrap_or(0)
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
        let end = End::new(name);
        self.exact.find(name, end).or_else(|| self.below(name, end))
    }

    /// The longest suffix behind a point that is claimed; eight bytes are looked at together.
    fn below(&self, name: &str, end: End) -> Option<ProfileId> {
        const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
        const POINTS: u64 = u64::from_ne_bytes([b'.'; 8]);
        for (n, chunk) in name.as_bytes().chunks(8).enumerate() {
            let eight =
                chunk.first_chunk::<8>().map_or_else(|| end.of(chunk.len()), |eight| u64::from_le_bytes(*eight));
            // A byte becomes nought where a point stands, and then its uppermost bit alone is set.
            let differs = eight ^ POINTS;
            let mut found = !(((differs & LOW) + LOW) | differs | LOW);
            while found != 0 {
                let point = n * 8 + found.trailing_zeros() as usize / 8;
                if let Some(profile) = self.below.find(&name[point + 1..], end) {
                    return Some(profile);
                }
                found &= found - 1;
            }
        }
        None
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
