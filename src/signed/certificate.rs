//! The certificates that SNS signs with.
//!
//! SNS serves the certificate alone, without those between it and a root, so that no chain can be checked here. What
//! vouches for it is where it comes from: the host of SNS in the topic's region, by TLS, whose chain is checked. It is
//! held to its time and to its name besides.

use super::{Fetch, Unverified};
use crate::Time;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use x509_cert::der::{DecodePem, Encode};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// How many are kept.
const KEPT: usize = 16;

/// How many are fetched within [`WITHIN`] seconds: whoever may post can name any, before a signature is checked.
const FETCHES: usize = 8;
const WITHIN: i64 = 60;

/// Where SNS is, by an address of its.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'a> {
    region: &'a str,
    /// `amazonaws.com`, or that of China.
    domain: &'static str,
    /// What stands behind the host, from its slash.
    pub(super) path: &'a str,
}

impl<'a> Place<'a> {
    /// Takes an address apart, if it is one of SNS in a region: `https://sns.REGION.amazonaws.com/…`, and nothing else.
    pub(super) fn of(address: &'a str, region: &str) -> Option<Place<'a>> {
        let rest = address.strip_prefix("https://sns.")?;
        let slash = rest.find('/')?;
        let (host, path) = rest.split_at(slash);
        let (own, domain) = ["amazonaws.com", "amazonaws.com.cn"]
            .iter()
            .find_map(|domain| Some((host.strip_suffix(*domain)?.strip_suffix('.')?, *domain)))?;
        let is_region =
            !own.is_empty() && own.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        (is_region && own == region).then_some(Place { region: own, domain, path })
    }

    /// Whether it is where certificates lie.
    pub(super) fn is_certificate(&self) -> bool {
        let name = self.path.strip_prefix('/').and_then(|path| path.strip_suffix(".pem"));
        name.is_some_and(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && name.len() <= 128)
    }

    /// The names that certificates of the region have.
    fn names(&self) -> [String; 5] {
        let Place { region, domain, .. } = self;
        [
            "sns.amazonaws.com".to_owned(),
            format!("sns.{region}.{domain}"),
            format!("sns-signing.{region}.{domain}"),
            format!("sns-{region}.{domain}"),
            // Both of the government's regions have one.
            if region.starts_with("us-gov-") { format!("sns-us-gov-west-1.{domain}") } else { String::new() },
        ]
    }
}

/// A key that SNS signs with.
#[derive(Debug)]
pub(super) struct Certificate {
    key: Vec<u8>,
    from: i64,
    until: i64,
}

/// The hash that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// Version 1.
    Sha1,
    /// Version 2.
    Sha256,
}

impl Certificate {
    fn read(pem: &[u8], place: &Place<'_>) -> Result<Certificate, String> {
        let broken = |_| "it is no certificate".to_owned();
        let certificate = x509_cert::Certificate::from_pem(pem).map_err(broken)?;
        let certificate = certificate.tbs_certificate();
        let names = place.names();
        let is_name = |name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        let is_own = match certificate.get_extension::<SubjectAltName>() {
            Ok(Some((_, alternatives))) => alternatives.0.iter().any(|name| match name {
                GeneralName::DnsName(name) => is_name(name.as_str()),
                _ => false,
            }),
            Ok(None) => {
                let name = certificate.subject().common_name();
                name.ok().flatten().is_some_and(|name| is_name(&name.value()))
            }
            Err(_) => false,
        };
        if !is_own {
            return Err("the certificate is not of SNS in the topic's region".to_owned());
        }
        let (validity, key) = (certificate.validity(), certificate.subject_public_key_info());
        let seconds =
            |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        let is_rsa = key.algorithm.oid.to_string() == "1.2.840.113549.1.1.1";
        let key = key.subject_public_key.as_bytes().filter(|_| is_rsa && certificate.to_der().is_ok());
        Ok(Certificate {
            key: key.ok_or("the certificate has no key of RSA")?.to_vec(),
            from: seconds(validity.not_before),
            until: seconds(validity.not_after),
        })
    }

    fn holds(&self, now: Time) -> bool {
        (self.from..=self.until).contains(&now.unix())
    }

    /// Whether it signed that.
    pub(super) fn signed(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match hash {
            Hash::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        };
        UnparsedPublicKey::new(algorithm, &self.key).verify(message, signature).is_ok()
    }
}

/// The certificates that were fetched, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Certificates(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    kept: VecDeque<(String, Arc<Certificate>)>,
    /// When some were fetched.
    fetches: VecDeque<i64>,
}

impl Certificates {
    /// The one at an address of SNS.
    pub(super) fn at(
        &self,
        address: &str,
        place: &Place<'_>,
        now: Time,
        fetch: &Fetch,
    ) -> Result<Arc<Certificate>, Unverified> {
        if let Some(certificate) = self.find(address, now)? {
            return Ok(certificate);
        }
        // Nobody waits for a fetch but who needs it; two may fetch the same.
        let pem = fetch(address).map_err(Unverified::Unfetched)?;
        let certificate = Arc::new(Certificate::read(&pem, place).map_err(Unverified::UnknownKey)?);
        if !certificate.holds(now) {
            return Err(Unverified::UnknownKey("its certificate is out of date".to_owned()));
        }
        let mut known = self.known();
        known.kept.retain(|(other, _)| other != address);
        while known.kept.len() >= KEPT {
            known.kept.pop_front();
        }
        known.kept.push_back((address.to_owned(), Arc::clone(&certificate)));
        Ok(certificate)
    }

    /// A kept one; without, whether one may be fetched.
    fn find(&self, address: &str, now: Time) -> Result<Option<Arc<Certificate>>, Unverified> {
        let mut known = self.known();
        let kept = known.kept.iter().find(|(other, certificate)| other == address && certificate.holds(now));
        if let Some((_, certificate)) = kept {
            return Ok(Some(Arc::clone(certificate)));
        }
        let since = now.unix().saturating_sub(WITHIN);
        while known.fetches.front().is_some_and(|time| *time <= since) {
            known.fetches.pop_front();
        }
        if known.fetches.len() >= FETCHES {
            return Err(Unverified::Unfetched("too many certificates were asked for".to_owned()));
        }
        known.fetches.push_back(now.unix());
        Ok(None)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // What is behind the lock is whole between any two statements that change it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn only_addresses_of_sns_are_taken() {
        let name = "SimpleNotificationService-0123456789abcdef.pem";
        for (host, region) in
            [("sns.eu-west-1.amazonaws.com", "eu-west-1"), ("sns.cn-north-1.amazonaws.com.cn", "cn-north-1")]
        {
            let address = format!("https://{host}/{name}");
            assert!(Place::of(&address, region).is_some_and(|place| place.is_certificate()), "{address}");
        }
        for address in [
            "http://sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com.attacker.example/a.pem",
            "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
            "https://sns.eu-west-1.amazonaws.com@attacker.example/a.pem",
            "https://user@sns.eu-west-1.amazonaws.com/a.pem",
            "https://attacker.example/sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.attacker.example#.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.evil.amazonaws.com/a.pem",
            "https://s3.eu-west-1.amazonaws.com/a.pem",
            "https://sns.amazonaws.com/a.pem",
            "https://sns..amazonaws.com/a.pem",
            "https://sns.us-east-1.amazonaws.com/a.pem",
            "https://SNS.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com",
            "HTTPS://sns.eu-west-1.amazonaws.com/a.pem",
            " https://sns.eu-west-1.amazonaws.com/a.pem",
        ] {
            assert!(Place::of(address, "eu-west-1").is_none(), "{address}");
        }
        for path in ["/a.pem?x=1", "/../a.pem", "/a/b.pem", "/a", "/a.pem#", "/", "//a.pem"] {
            let address = format!("https://sns.eu-west-1.amazonaws.com{path}");
            let place = Place::of(&address, "eu-west-1").expect("it is of SNS");
            assert!(!place.is_certificate(), "{address}");
        }
    }
}
