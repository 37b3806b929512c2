//! TLS: the files of it, read again when they change, as certificates are renewed while the service runs.

use super::log::Log;
use crate::Time;
use crate::report::plain;
use crate::settings::Settings;
use arc_swap::ArcSwap;
use serde_json::{Value, json};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error, ServerConfig};
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// The files of TLS, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those between it and a root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl TlsFiles {
    /// Those that settings name.
    pub fn of(settings: &Settings) -> Option<TlsFiles> {
        let tls = settings.service.tls.as_ref()?;
        Some(TlsFiles { certificate: settings.beside(&tls.certificate), key: settings.beside(&tls.key) })
    }

    /// Reads them, as the service does when it starts, and says what the operator should know although they can be used.
    ///
    /// # Errors
    /// What is wrong with which.
    pub fn check(&self) -> Result<Option<String>, TlsError> {
        Ok(self.over(read(self)?.until))
    }

    /// That a certificate's time is over, if it is.
    fn over(&self, until: Option<Time>) -> Option<String> {
        let until = until.filter(|until| *until < Time::now())?;
        Some(format!(
            "{}: the certificate's time was over on {until}: whoever asks will refuse it",
            self.certificate.display()
        ))
    }
}

/// Why the files of TLS cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsError {
    /// Whether it is the key, and not the certificate.
    pub is_key: bool,
    /// The file, and what is wrong with it.
    pub why: String,
    /// What mends it.
    pub help: Option<&'static str>,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.help {
            Some(help) => write!(f, "{}: {help}", self.why),
            None => f.write_str(&self.why),
        }
    }
}

impl std::error::Error for TlsError {}

/// What is active, and what the files looked like when it was read.
pub(super) struct Tls {
    files: TlsFiles,
    active: ArcSwap<Active>,
    seen: Mutex<Seen>,
}

/// What connections speak.
struct Active {
    config: Arc<ServerConfig>,
    /// The end of the certificate's time, where it can be read.
    until: Option<Time>,
}

struct Seen {
    marks: [Option<Marks>; 2],
    /// Why the files cannot take the place of what is active, and since when.
    trouble: Option<(Time, String)>,
    /// That its time is over was said.
    is_over_told: bool,
}

/// What changes with a file.
type Marks = (u64, SystemTime);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the files.
    pub(super) fn open(files: &TlsFiles) -> Result<Tls, TlsError> {
        let seen = Seen { marks: marks(files), trouble: None, is_over_told: false };
        Ok(Tls { files: files.clone(), active: ArcSwap::from_pointee(read(files)?), seen: Mutex::new(seen) })
    }

    /// What new connections speak.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.active.load().config)
    }

    /// The end of the certificate's time.
    pub(super) fn until(&self) -> Option<Time> {
        self.active.load().until
    }

    /// Whether the files cannot take the place of what is active.
    pub(super) fn is_in_trouble(&self) -> bool {
        self.seen().trouble.is_some()
    }

    /// What there is to know of it.
    pub(super) fn status(&self) -> Value {
        let trouble = self.seen().trouble.as_ref().map(|(since, why)| json!({ "since": since, "message": why }));
        json!({
            "certificate": self.files.certificate.display().to_string(),
            "not_after": self.until(),
            "trouble": trouble,
        })
    }

    /// Reads the files again if they have changed; what is wrong with them is said, and changes nothing.
    pub(super) fn look(&self, log: &Log) {
        let now = marks(&self.files);
        let mut seen = self.seen();
        if seen.marks != now {
            seen.marks = now;
            match read(&self.files) {
                Ok(active) => {
                    self.active.store(Arc::new(active));
                    (seen.trouble, seen.is_over_told) = (None, false);
                    log.say("info", "certificate", "new connections have the new certificate", json!({}));
                }
                Err(why) => {
                    let message = format!("the certificate cannot be used; the one before stays: {why}");
                    let since = seen.trouble.take().map_or_else(Time::now, |(since, _)| since);
                    seen.trouble = Some((since, plain(&why.to_string()).into_owned()));
                    log.say("error", "certificate", &message, json!({}));
                }
            }
        }
        if let Some(over) = self.files.over(self.until()).filter(|_| !seen.is_over_told) {
            seen.is_over_told = true;
            log.say("warning", "certificate", &over, json!({}));
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a certificate's time.
fn until(certificate: &CertificateDer<'_>) -> Option<Time> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let end = certificate.tbs_certificate().validity().not_after.to_unix_duration().as_secs();
    Some(Time::from_unix(i64::try_from(end).ok()?))
}

fn marks(files: &TlsFiles) -> [Option<Marks>; 2] {
    [&files.certificate, &files.key].map(|path| {
        let meta = fs::metadata(path).ok()?;
        Some((meta.len(), meta.modified().ok()?))
    })
}

fn read(files: &TlsFiles) -> Result<Active, TlsError> {
    let of = |is_key: bool, why: &str| {
        let path = if is_key { &files.key } else { &files.certificate };
        TlsError { is_key, why: format!("{}: {why}", path.display()), help: None }
    };
    let text =
        |is_key: bool, path: &Path| fs::read(path).map_err(|error| of(is_key, &error.to_string().to_lowercase()));
    let certificates: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(&text(false, &files.certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| of(false, "it is no certificate in PEM"))?;
    let first = certificates.first().ok_or_else(|| of(false, "there is no certificate in it"))?;
    let until = until(first);
    let key = PrivateKeyDer::from_pem_slice(&text(true, &files.key)?).map_err(|_| TlsError {
        help: Some("a key with a password is none yet: `openssl pkey -in FILE` writes it without"),
        ..of(true, "there is no private key in PEM in it")
    })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| match error {
            Error::InconsistentKeys(_) => TlsError {
                help: Some("the certificate that it belongs to stands first, those above it behind"),
                ..of(true, "it is not the key of the certificate")
            },
            Error::InvalidCertificate(_) => of(false, "what stands in it as a certificate is none"),
            _ => TlsError { help: Some("keys of RSA, ECDSA and Ed25519 can"), ..of(true, "the key cannot be used") },
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Active { config: Arc::new(config), until })
}
