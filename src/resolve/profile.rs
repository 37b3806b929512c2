//! Profiles: their settings, what comes from their parents, and what they claim.

use super::names::Kind;
use super::{Resolver, Sorted};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{HostPattern, PatternId, Profile, ProfileId, Profiles, Schedule};
use crate::source::{Origin, Span};
use crate::syntax::ast::{ProfileLine, Quoted, Word};
use std::collections::HashMap;

/// What a profile states itself.
#[derive(Default)]
struct Stated {
    extends: Option<(Span, Word)>,
    hosts: Vec<(HostPattern, Span)>,
    domains: Vec<(HostPattern, Span)>,
    tags: Option<Vec<PatternId>>,
    retry: Option<Schedule>,
    connections: Option<(u32, u32)>,
    charset: Option<&'static encoding_rs::Encoding>,
}

impl Stated {
    fn hosts(&self) -> &Vec<(HostPattern, Span)> {
        &self.hosts
    }

    fn domains(&self) -> &Vec<(HostPattern, Span)> {
        &self.domains
    }
}

impl Resolver<'_> {
    pub(super) fn profiles(&mut self, sorted: &Sorted<'_>) -> Profiles {
        let mut stated: Vec<Stated> = sorted.profiles.iter().map(|profile| self.stated(&profile.lines)).collect();
        self.change_profiles(sorted, &mut stated);
        for (n, profile) in sorted.profiles.iter().enumerate() {
            if !self.is_first(Kind::Profile, &profile.name.text, n) {
                stated[n].hosts.clear();
                stated[n].domains.clear();
            }
        }
        let parents = self.parents(&stated, sorted);
        let mut profiles: Vec<Profile> = Vec::with_capacity(stated.len());
        for (n, (own, declared)) in stated.iter().zip(&sorted.profiles).enumerate() {
            let chain: Vec<usize> = std::iter::successors(Some(n), |n| parents[*n].map(|id| id.0 as usize)).collect();
            let nearest = |has: &dyn Fn(&Stated) -> bool| chain.iter().map(|n| &stated[*n]).find(|stated| has(stated));
            profiles.push(Profile {
                name: declared.name.text.clone(),
                parent: parents[n],
                depth: chain.len() as u32 - 1,
                hosts: own.hosts.iter().map(|(pattern, _)| pattern.clone()).collect(),
                domains: own.domains.iter().map(|(pattern, _)| pattern.clone()).collect(),
                tags: nearest(&|s| s.tags.is_some()).and_then(|s| s.tags.clone()).unwrap_or_default(),
                retry: nearest(&|s| s.retry.is_some()).and_then(|s| s.retry.clone()),
                connections: nearest(&|s| s.connections.is_some()).and_then(|s| s.connections),
                charset: nearest(&|s| s.charset.is_some()).and_then(|s| s.charset),
                span: declared.name.span,
            });
        }
        self.check_claims(&stated, &profiles);
        Profiles::new(profiles)
    }

    fn stated(&mut self, lines: &[ProfileLine]) -> Stated {
        let mut stated = Stated::default();
        let (mut hosts, mut domains, mut tags, mut retry, mut connections, mut charset) =
            (None, None, None, None, None, None);
        for line in lines {
            match line {
                ProfileLine::Hosts(place, names) => self.once(&mut hosts, place.0, "hosts", names),
                ProfileLine::Domains(place, names) => self.once(&mut domains, place.0, "domains", names),
                ProfileLine::Tags(place, patterns) => self.once(&mut tags, place.0, "tags", patterns),
                ProfileLine::Extends(place, name) => self.once(&mut stated.extends, place.0, "extends", name.clone()),
                ProfileLine::Retry(place, schedule) => self.once(&mut retry, place.0, "retry", schedule),
                ProfileLine::Connections(place, range) => self.once(&mut connections, place.0, "connections", range),
                ProfileLine::Charset(place, name) => self.once(&mut charset, place.0, "charset", name),
            }
        }
        let mut patterns = |names: Option<(Span, &Vec<Quoted>)>| -> Vec<(HostPattern, Span)> {
            let names = names.map(|(_, names)| names.as_slice()).unwrap_or_default();
            names.iter().filter_map(|name| self.host_pattern(name).map(|pattern| (pattern, name.0.span))).collect()
        };
        (stated.hosts, stated.domains) = (patterns(hosts), patterns(domains));
        stated.tags = tags.map(|(_, tags)| tags.iter().filter_map(|tag| self.phrase(tag, true)).collect());
        stated.retry = retry.map(|(_, schedule)| self.schedule(schedule));
        stated.connections = connections.and_then(|(_, range)| self.counts(range));
        stated.charset = charset.and_then(|(_, name)| self.charset(name));
        stated
    }

    fn charset(&mut self, name: &Quoted) -> Option<&'static encoding_rs::Encoding> {
        let label = self.plain(name);
        let found = encoding_rs::Encoding::for_label(label.trim().as_bytes());
        if found.is_none() {
            let diagnostic = Diagnostic::new(
                Code::E0039,
                name.0.span,
                format!("`{label}` is no charset that is known"),
            )
            .help(
                "known are the web's: `utf-8`, `windows-1252`, `gb18030`, `shift_jis`, `euc-kr`, `koi8-r` and others",
            );
            self.report(diagnostic);
        }
        found
    }

    /// Puts a site's changes in the place of what the profiles state.
    fn change_profiles(&mut self, sorted: &Sorted<'_>, stated: &mut [Stated]) {
        let mut changed: HashMap<u32, Span> = HashMap::new();
        for change in &sorted.profile_changes {
            let new = self.stated(&change.lines);
            let Some(number) = self.look_up(Kind::Profile, &change.name) else { continue };
            if let Some(first) = changed.insert(number, change.name.span) {
                let message = format!("profile `{}` is changed twice", change.name.text);
                let diagnostic = Diagnostic::new(Code::E0028, change.name.span, message)
                    .also(first, "first changed here")
                    .help("put all of it into one `change`");
                self.report(diagnostic);
                continue;
            }
            let old = &mut stated[number as usize];
            old.retry = new.retry.or(old.retry.take());
            old.connections = new.connections.or(old.connections);
            old.charset = new.charset.or(old.charset);
        }
    }

    /// The parent of each, with circles taken out.
    fn parents(&mut self, stated: &[Stated], sorted: &Sorted<'_>) -> Vec<Option<ProfileId>> {
        let mut parents: Vec<Option<ProfileId>> = Vec::with_capacity(stated.len());
        for own in stated {
            let parent = own.extends.as_ref().and_then(|(_, name)| self.look_up(Kind::Profile, name));
            parents.push(parent.map(ProfileId));
        }
        for n in 0..parents.len() {
            let mut at = n;
            for _ in 0..parents.len() {
                match parents[at] {
                    Some(up) if up.0 as usize == n => {
                        parents[n] = None;
                        if let Some((span, _)) = &stated[n].extends {
                            let name = &sorted.profiles[n].name.text;
                            let diagnostic =
                                Diagnostic::new(Code::E0026, *span, format!("`{name}` extends itself in a circle"))
                                    .help("take one `extends` out of the circle");
                            self.report(diagnostic);
                        }
                        break;
                    }
                    Some(up) => at = up.0 as usize,
                    None => break,
                }
            }
        }
        parents
    }

    /// No two profiles claim one name; one that lies beneath another's suffix extends it.
    fn check_claims(&mut self, stated: &[Stated], profiles: &[Profile]) {
        for of in [Stated::hosts as fn(&Stated) -> &Vec<(HostPattern, Span)>, Stated::domains] {
            let mut claims: HashMap<String, (usize, Span)> = HashMap::new();
            for (n, own) in stated.iter().enumerate() {
                for (pattern, span) in of(own) {
                    let Some((other, first)) = claims.insert(pattern.to_string(), (n, *span)) else { continue };
                    let message = if other == n {
                        format!("`{pattern}` is claimed twice")
                    } else {
                        format!("profiles `{}` and `{}` both claim `{pattern}`", profiles[other].name, profiles[n].name)
                    };
                    let diagnostic = Diagnostic::new(Code::E0027, *span, message)
                        .also(first, "first claimed here")
                        .help("leave it to one of them");
                    self.report(diagnostic);
                }
            }
            self.check_beneath(stated, profiles, &claims, of);
        }
    }

    fn check_beneath(
        &mut self,
        stated: &[Stated],
        profiles: &[Profile],
        claims: &HashMap<String, (usize, Span)>,
        of: fn(&Stated) -> &Vec<(HostPattern, Span)>,
    ) {
        for (n, own) in stated.iter().enumerate() {
            for (pattern, span) in of(own) {
                let name = match pattern {
                    HostPattern::Exact(name) | HostPattern::Below(name) => name,
                };
                let above = name.suffixes().skip(1).find_map(|suffix| claims.get(&format!("*.{suffix}")));
                let Some((other, place)) = above.filter(|(other, _)| *other != n) else { continue };
                if self.is_of_plugin(*span) && self.is_of_plugin(*place) {
                    let message = format!(
                        "plugin `{}` claims `{pattern}`, beneath a name of plugin `{}`",
                        profiles[n].name, profiles[*other].name
                    );
                    let diagnostic = Diagnostic::new(Code::E0027, *span, message)
                        .also(*place, "the wider name")
                        .help("leave the hosts to one of them");
                    self.report(diagnostic);
                    continue;
                }
                let related = |a: usize, b: usize| {
                    std::iter::successors(Some(a), |a| profiles[*a].parent.map(|id| id.0 as usize)).any(|up| up == b)
                };
                if related(n, *other) || related(*other, n) {
                    continue;
                }
                let message =
                    format!("`{pattern}` of `{}` lies beneath a name of `{}`", profiles[n].name, profiles[*other].name);
                let diagnostic = Diagnostic::new(Code::W0003, *span, message)
                    .also(*place, "the wider name")
                    .help(format!("if it is part of that provider, say `extends {}`", profiles[*other].name));
                self.report(diagnostic);
            }
        }
    }

    fn is_of_plugin(&self, span: Span) -> bool {
        self.sources.file(span.file).origin == Origin::Plugin
    }
}
