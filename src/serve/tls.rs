//! TLS: the files of it, read again when they change, as certificates are renewed while the service runs.

use super::log::Log;
use arc_swap::ArcSwap;
use serde_json::json;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The files of TLS, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those between it and a root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What is active, and what the files looked like when it was read.
pub(super) struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
    seen: Mutex<[Option<Marks>; 2]>,
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
    pub(super) fn open(files: &TlsFiles) -> Result<Tls, String> {
        let seen = Mutex::new(marks(files));
        Ok(Tls { files: files.clone(), config: ArcSwap::from_pointee(read(files)?), seen })
    }

    /// What new connections speak.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        self.config.load_full()
    }

    /// Reads the files again if they have changed; what is wrong with them is said, and changes nothing.
    pub(super) fn look(&self, log: &Log) {
        let now = marks(&self.files);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return;
        }
        *seen = now;
        match read(&self.files) {
            Ok(config) => {
                self.config.store(Arc::new(config));
                log.say("info", "certificate", "new connections have the new certificate", json!({}));
            }
            Err(why) => {
                let message = format!("the certificate cannot be used; the one before stays: {why}");
                log.say("error", "certificate", &message, json!({}));
            }
        }
    }
}

fn marks(files: &TlsFiles) -> [Option<Marks>; 2] {
    [&files.certificate, &files.key].map(|path| {
        let meta = fs::metadata(path).ok()?;
        Some((meta.len(), meta.modified().ok()?))
    })
}

fn read(files: &TlsFiles) -> Result<ServerConfig, String> {
    let text = |path: &Path| fs::read(path).map_err(|error| said(path, &error.to_string().to_lowercase()));
    let certificates: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(&text(&files.certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| said(&files.certificate, "it is no certificate in PEM"))?;
    if certificates.is_empty() {
        return Err(said(&files.certificate, "there is no certificate in it"));
    }
    let key = PrivateKeyDer::from_pem_slice(&text(&files.key)?)
        .map_err(|_| said(&files.key, "there is no private key in PEM in it"))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| said(&files.key, &format!("it is not the key of the certificate: {error}").to_lowercase()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn said(path: &Path, why: &str) -> String {
    format!("{}: {why}", path.display())
}
