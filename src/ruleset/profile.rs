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
#[derive(Debug, Clone, Default)]
struct Claims {
    exact: HashMap<String, ProfileId, NameHash>,
    below: HashMap<String, ProfileId, NameHash>,
}

/// A short hash for short names. The names in the maps are the rules' own, so nobody can crowd them.
#[derive(Debug, Clone, Copy, Default)]
struct NameHash;

impl std::hash::BuildHasher for NameHash {
    type Hasher = NameHasher;

    fn build_hasher(&self) -> NameHasher {
        NameHasher(0)
    }
}

/// Eight bytes at a time, each spread over the upper bits and back.
struct NameHasher(u64);

impl std::hash::Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let mixed = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            self.0 = mixed ^ mixed >> 29;
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Claims {
    fn insert(&mut self, pattern: &HostPattern, profile: ProfileId) {
        match pattern {
            HostPattern::Exact(name) => self.exact.insert(name.to_string(), profile),
            HostPattern::Below(suffix) => self.below.insert(suffix.to_string(), profile),
        };
    }

    /// The longest suffix decides.
    fn find(&self, host: &HostName) -> Option<ProfileId> {
        let exact = self.exact.get(host.as_str());
        exact.or_else(|| host.suffixes().skip(1).find_map(|suffix| self.below.get(suffix))).copied()
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
