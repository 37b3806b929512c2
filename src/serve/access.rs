//! Who may ask for what: tokens, of which the settings have hashes alone, and names that the service is asked by.

use crate::settings::{TokenScope, TokenSettings};
use axum::http::{HeaderMap, Uri, header};
use std::net::{IpAddr, Ipv6Addr};

/// The word for a scope.
pub(super) fn word(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Classify => "classify",
        TokenScope::Read => "read",
        TokenScope::Reload => "reload",
    }
}

/// The token that a request shows.
pub(super) fn shown(headers: &HeaderMap) -> Option<&[u8]> {
    let (kind, token) = headers.get(header::AUTHORIZATION)?.as_bytes().split_at_checked(7)?;
    kind.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// Whether a request is for this machine by a name that no page of another site can have: an address, `localhost`, or one
/// of the settings. A name of the site's own may be made to lead here after the page was loaded, and its requests bear no
/// `Origin` then.
pub(super) fn is_own_name(headers: &HeaderMap, uri: &Uri, hosts: &[String]) -> bool {
    let host = match headers.get(header::HOST) {
        Some(host) => host.to_str().ok(),
        // Who says no host is no browser.
        None => Some(uri.authority().map_or("localhost", |authority| authority.as_str())),
    };
    let Some(host) = host else { return false };
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_end_matches('.').to_ascii_lowercase();
    let is_here = name.is_empty() || name == "localhost" || name.ends_with(".localhost");
    is_here || name.parse::<IpAddr>().is_ok() || hosts.contains(&name)
}

/// The token that was shown, if it is one. All are looked at, and all of each, so that time tells nothing.
pub(super) fn find(tokens: &[TokenSettings], shown: &[u8]) -> Option<usize> {
    let hash = hmac_sha256::Hash::hash(shown);
    let mut found = None;
    for (n, token) in tokens.iter().enumerate() {
        let differs = token.hash.iter().zip(hash).fold(0, |all, (a, b)| all | (a ^ b));
        if differs == 0 {
            found = Some(n);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_by_their_hash() {
        let token = |name: &str, text: &str| TokenSettings {
            name: name.to_owned(),
            hash: hmac_sha256::Hash::hash(text.as_bytes()),
            scopes: vec![TokenScope::Classify],
        };
        let tokens = [token("other", "x"), token("queue", "test")];
        assert_eq!(find(&tokens, b"test"), Some(1));
        assert_eq!(find(&tokens, b"tesu"), None);
        assert_eq!(find(&tokens, b""), None);
    }

    #[test]
    fn names_of_this_machine_and_others() {
        let hosts = ["carom.example.org".to_owned()];
        let is_own = |host: &str| {
            let headers = [(header::HOST, host.parse().expect("a value"))].into_iter().collect();
            is_own_name(&headers, &Uri::from_static("/"), &hosts)
        };
        for host in ["localhost", "LocalHost:8025", "127.0.0.1:8025", "[::1]:8025", "[::1]", "a.localhost", "10.0.0.7"]
        {
            assert!(is_own(host), "{host}");
        }
        assert!(is_own("carom.example.org") && is_own("CAROM.example.org.:80"));
        for host in
            ["evil.example", "evil.example:8025", "127.0.0.1.evil.example", "localhost.evil.example", "[evil]:1"]
        {
            assert!(!is_own(host), "{host}");
        }
        assert!(is_own_name(&HeaderMap::new(), &Uri::from_static("/"), &[]));
        assert!(!is_own_name(&HeaderMap::new(), &Uri::from_static("http://evil.example/"), &[]));
    }
}
