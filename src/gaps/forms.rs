//! The forms that replies come in: each text once, masked, with how often it was said and by whom.

use super::mask::mask;
use crate::engine::Engine;
use crate::reply::{Phase, Reply, fold};
use crate::ruleset::{Category, Layer, ProfileId, ReasonId, RuleId};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;

/// The most forms that are kept, and about how many bytes they may take.
const MOST_FORMS: usize = 20_000;
const MOST_BYTES: usize = 64 << 20;

/// The most replies of a form that are kept as they came.
const SAMPLES: usize = 3;

/// The most different values that are counted one by one.
const MOST_VALUES: usize = 8;

/// The longest text that is kept as it came: what is beyond no rule looks at.
const MOST_TEXT: usize = 2 * crate::reply::TEXT_LIMIT;

/// What replies of one form have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) masked: Box<str>,
    /// The first digit that counts.
    pub(super) class: Option<u8>,
    pub(super) rule: RuleId,
    pub(super) profile: Option<ProfileId>,
}

/// How often each value was seen; the rarer ones of many are counted together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) more: u64,
}

impl Values {
    fn add(&mut self, value: impl Display, count: u64) {
        let value = value.to_string();
        if self.counts.len() < MOST_VALUES || self.counts.contains_key(&value) {
            *self.counts.entry(value).or_default() += count;
        } else {
            self.more += count;
        }
    }

    pub(super) fn merge(&mut self, other: &Values) {
        other.counts.iter().for_each(|(value, count)| self.add(value, *count));
        self.more += other.more;
    }
}

/// Replies of one form.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) key: Key,
    pub(super) count: u64,
    /// How the first of them is decided.
    pub(super) category: Category,
    pub(super) reason: ReasonId,
    /// Whether only a fallback decided them.
    pub(super) is_gap: bool,
    pub(super) codes: Values,
    pub(super) enhanced: Values,
    pub(super) hosts: Values,
    pub(super) phases: Values,
    /// For each gap of the masked text what stood there; nothing where it differs.
    pub(super) stood: Vec<Option<Box<str>>>,
    pub(super) samples: Vec<Reply>,
}

/// Forms in the order in which they were first seen.
#[derive(Debug, Default)]
pub(super) struct Forms {
    all: Vec<Form>,
    places: HashMap<Key, usize>,
    bytes: usize,
    /// How often a form must have been seen to stay when there was no room the last time.
    floor: u64,
    /// The replies of the forms that had to go, which only a fallback decided.
    pub(super) dropped: u64,
}

/// What the lack of a value is called.
fn or_none(value: Option<impl Display>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

impl Forms {
    pub(super) fn all(&self) -> &[Form] {
        &self.all
    }

    /// Adds a reply that was not delivered; tells whether only a fallback decided it.
    ///
    /// Of those that rules decide the ones are kept that a draft for a profile could take.
    pub(super) fn add(&mut self, engine: &Engine, reply: &Reply) -> bool {
        let verdict = engine.classify(reply);
        let is_gap = verdict.rule().layer == Layer::Fallback;
        if !is_gap && (verdict.profile_id().is_none() || verdict.rule().layer == Layer::Override) {
            return false;
        }
        let text = engine.decode(reply, verdict.profile_id());
        let mut folded = String::new();
        fold(&text, &mut folded);
        let (masked, gaps) = mask(&folded);
        let key =
            Key { masked: masked.into(), class: reply.class(), rule: verdict.rule_id(), profile: verdict.profile_id() };
        let (codes, enhanced) = (or_none(reply.code), or_none(reply.enhanced));
        let place = self.places.get(&key).copied();
        let stood = || gaps.iter().map(|gap| &folded[gap.place.clone()]);
        if let Some(place) = place {
            let form = &mut self.all[place];
            form.count += 1;
            form.note(codes, enhanced, reply);
            for (known, value) in form.stood.iter_mut().zip(stood()) {
                if known.as_deref().is_some_and(|known| known != value) {
                    *known = None;
                }
            }
            let is_new =
                is_gap && form.samples.len() < SAMPLES && form.samples.iter().all(|own| own.text != reply.text);
            if is_new {
                let sample = kept(reply);
                self.bytes += sample.text.len();
                form.samples.push(sample);
            }
        } else {
            let mut form = Form {
                count: 1,
                category: verdict.category(),
                reason: verdict.reason_id(),
                is_gap,
                codes: Values::default(),
                enhanced: Values::default(),
                hosts: Values::default(),
                phases: Values::default(),
                stood: if is_gap { stood().map(|value| Some(value.into())).collect() } else { Vec::new() },
                samples: vec![kept(reply)],
                key,
            };
            form.note(codes, enhanced, reply);
            self.push(form);
        }
        is_gap
    }

    fn push(&mut self, form: Form) {
        self.bytes += form.bytes();
        self.places.insert(form.key.clone(), self.all.len());
        self.all.push(form);
        while self.all.len() > MOST_FORMS || self.bytes > MOST_BYTES {
            self.make_room();
        }
    }

    /// Lets go of the forms that were seen least; what comes again and again stays.
    fn make_room(&mut self) {
        self.floor = (self.floor * 2).max(1);
        let floor = self.floor;
        for form in self.all.extract_if(.., |form| form.count <= floor) {
            self.dropped += if form.is_gap { form.count } else { 0 };
        }
        self.bytes = self.all.iter().map(Form::bytes).sum();
        self.places = self.all.iter().enumerate().map(|(n, form)| (form.key.clone(), n)).collect();
    }

    /// Adds what was gathered after this, in its order.
    pub(super) fn merge(&mut self, other: Forms) {
        self.dropped += other.dropped;
        for form in other.all {
            let Some(place) = self.places.get(&form.key).copied() else {
                self.push(form);
                continue;
            };
            let own = &mut self.all[place];
            own.count += form.count;
            own.codes.merge(&form.codes);
            own.enhanced.merge(&form.enhanced);
            own.hosts.merge(&form.hosts);
            own.phases.merge(&form.phases);
            for (known, value) in own.stood.iter_mut().zip(form.stood) {
                if *known != value {
                    *known = None;
                }
            }
            for sample in form.samples {
                if own.is_gap && own.samples.len() < SAMPLES && own.samples.iter().all(|own| own.text != sample.text) {
                    self.bytes += sample.text.len();
                    own.samples.push(sample);
                }
            }
        }
    }
}

impl Form {
    fn note(&mut self, code: String, enhanced: String, reply: &Reply) {
        self.codes.add(code, 1);
        self.enhanced.add(enhanced, 1);
        self.hosts.add(or_none(reply.host.as_ref()), 1);
        self.phases.add(or_none(reply.phase.map(Phase::as_str)), 1);
    }

    fn bytes(&self) -> usize {
        let samples: usize = self.samples.iter().map(|sample| sample.text.len() + size_of::<Reply>()).sum();
        let stood: usize = self.stood.iter().map(|value| value.as_ref().map_or(0, |value| value.len()) + 16).sum();
        2 * self.key.masked.len() + samples + stood + 1024
    }
}

fn kept(reply: &Reply) -> Reply {
    let mut reply = reply.clone();
    reply.text.truncate(MOST_TEXT);
    reply.text.shrink_to_fit();
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_often_stays_when_there_is_no_room() {
        let engine = Engine::from_text("").expect("an empty rule set");
        let mut forms = Forms::default();
        let often = Reply::parse("550 this comes again and again");
        for n in 0..MOST_FORMS + 100 {
            let letters: String = format!("{n:06}").bytes().map(|b| char::from(b - b'0' + b'a')).collect();
            assert!(forms.add(&engine, &Reply::parse(format!("550 once {letters}"))));
            if n % 100 == 0 {
                forms.add(&engine, &often);
            }
        }
        assert!(forms.all().len() <= MOST_FORMS && forms.dropped > 0);
        let kept = forms.all().iter().find(|form| form.key.masked.starts_with("this comes")).expect("it stays");
        assert_eq!(kept.count as usize, (MOST_FORMS + 100).div_ceil(100));
        let all: u64 = forms.all().iter().map(|form| form.count).sum();
        assert_eq!((all + forms.dropped) as usize, MOST_FORMS + 100 + kept.count as usize);
    }
}
