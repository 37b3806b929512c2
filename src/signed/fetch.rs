//! Certificates, fetched over HTTPS: bounded in time and size, without following where an answer leads.

use std::time::Duration;
use ureq::Agent;

/// The most that is read.
const LIMIT: u64 = 64 << 10;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What lies at an address; it blocks for five seconds at most. `HTTPS_PROXY` names a proxy.
///
/// # Errors
/// Why it could not be had.
pub fn over_https(address: &str) -> Result<Vec<u8>, String> {
    let agent: Agent = Agent::config_builder()
        .https_only(true)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE))
        .user_agent(concat!("carom/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut answer = agent.get(address).call().map_err(said)?;
    answer.body_mut().with_config().limit(LIMIT).read_to_vec().map_err(said)
}

fn said(error: ureq::Error) -> String {
    let known = match error {
        ureq::Error::StatusCode(status) => return format!("the host answered {status}"),
        ureq::Error::Timeout(_) => "the host did not answer in time",
        ureq::Error::HostNotFound => "the host is not found",
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => "what the host sent is too long",
        ureq::Error::TooManyRedirects | ureq::Error::RedirectFailed => "the host sends elsewhere",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "the host's certificate does not hold",
        ureq::Error::RequireHttpsOnly(_) => "it is no address of HTTPS",
        _ => "the connection failed",
    };
    known.to_owned()
}
