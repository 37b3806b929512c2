//! `carom plugin keygen`, `sign` and `verify`.

use super::super::Status;
use super::load::{self, shown};
use super::signature::{is_secret, number, public_key, text};
use crate::plugin::{Key, Signed, trusted_comment};
use anyhow::{Context, bail};
use minisign::{KeyPair, PublicKey, SecretKey, SecretKeyBox};
use std::fs::OpenOptions;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

/// Make a pair of keys to sign by.
///
/// They are minisign's: the secret key goes into FILE, encrypted by a password that is asked for, and the public one into
/// FILE.pub. The tool `minisign` reads and makes the same.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  carom plugin keygen acme.key\n  carom plugin keygen -W build.key     for a machine that nobody sits at"
)]
pub(super) struct KeygenArguments {
    /// Where the secret key goes; it must not exist.
    file: PathBuf,
    /// No password: whoever reads the file can sign.
    #[arg(short = 'W', long)]
    without_password: bool,
}

/// Sign a plugin.
///
/// The signature is minisign's, goes into FILE.minisig, and says the plugin's name and version in its trusted comment.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  carom plugin sign acme.wasm --key acme.key\n  minisign -Vm acme.wasm -p acme.key.pub     holds as well"
)]
pub(super) struct SignArguments {
    /// The component.
    file: PathBuf,
    /// The secret key: a file that `carom plugin keygen` or minisign made.
    #[arg(short, long, value_name = "SECRET")]
    key: PathBuf,
}

/// Say whether a plugin's signature holds.
///
/// It must be the key's, of this file, and name the plugin and version that the file says it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  carom plugin verify acme.wasm --key acme.key.pub\n  \
                        carom plugin verify acme.wasm --key RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3")]
pub(super) struct VerifyArguments {
    /// The component.
    file: PathBuf,
    /// The public key: a file, or the key itself.
    #[arg(short, long, value_name = "PUBLIC")]
    key: String,
    /// The signature; without it, FILE.minisig.
    #[arg(short, long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

pub(super) fn keygen(arguments: &KeygenArguments) -> anyhow::Result<Status> {
    let secret = &arguments.file;
    let public = with_end(secret, ".pub");
    for file in [secret, &public] {
        if file.exists() {
            bail!("{} exists, and a key that is lost cannot be made again: name another file", shown(file));
        }
    }
    let pair = if arguments.without_password {
        KeyPair::generate_unencrypted_keypair()?
    } else {
        let password = ask("password for the secret key: ")?;
        if password != ask("the same again: ")? {
            bail!("the passwords differ; nothing was made");
        }
        KeyPair::generate_encrypted_keypair(Some(password))?
    };
    let key = number(pair.pk.keynum());
    private(secret, &pair.sk.to_box(Some(&format!("minisign secret key {key}")))?.into_string())?;
    let text = pair.pk.to_box()?.into_string();
    std::fs::write(&public, text).with_context(|| format!("{} cannot be written", shown(&public)))?;
    writeln!(
        std::io::stdout(),
        "made {}, which stays with you, and {}, to publish: key {key}",
        shown(secret),
        shown(&public)
    )?;
    Ok(Status::Clean)
}

pub(super) fn sign(arguments: &SignArguments) -> anyhow::Result<Status> {
    let file = &arguments.file;
    let (bytes, loaded) = load::open(file)?;
    let secret = secret(&arguments.key)?;
    let comment = trusted_comment(&loaded.description.name, &loaded.description.version);
    let public = PublicKey::from_secret_key(&secret)?;
    let key = number(public.keynum());
    let untrusted = format!("signature from minisign secret key {key}");
    let signature = minisign::sign(Some(&public), &secret, Cursor::new(&bytes), Some(&comment), Some(&untrusted))?;
    let signature = signature.into_string();
    // What nobody could verify is not written: a version with a blank in it, say.
    let verified = Key::parse(&public.to_base64()).map_err(anyhow::Error::msg)?;
    Signed::verify(&bytes, &signature, &verified).and_then(|signed| signed.agrees(&loaded.description))?;
    let path = load::signature(file);
    std::fs::write(&path, signature).with_context(|| format!("{} cannot be written", shown(&path)))?;
    writeln!(std::io::stdout(), "made {}: {comment}, key {key}", shown(&path))?;
    Ok(Status::Clean)
}

pub(super) fn verify(arguments: &VerifyArguments) -> anyhow::Result<Status> {
    let VerifyArguments { file, key, signature } = arguments;
    let bytes = load::read(file)?;
    let key = public_key(key)?;
    let path = signature.clone().unwrap_or_else(|| load::signature(file));
    let signature = text(&path)?;
    let mut out = std::io::stdout();
    let signed = match Signed::verify(&bytes, &signature, &key) {
        Ok(signed) => signed,
        Err(why) => {
            writeln!(out, "{}: {why}", shown(file))?;
            return Ok(Status::Found);
        }
    };
    // Only now is it run, and asked what it is.
    let is = load::load(&bytes).with_context(|| shown(file))?.description;
    if let Err(why) = signed.agrees(&is) {
        writeln!(out, "{}: {why}", shown(file))?;
        return Ok(Status::Found);
    }
    writeln!(out, "{}: the signature holds, for {} {}", shown(file), is.name, is.version)?;
    Ok(Status::Clean)
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Asks on the terminal, and shows nothing of what is typed.
fn ask(prompt: &str) -> anyhow::Result<String> {
    rpassword::prompt_password(prompt)
        .context("the password cannot be asked for: there is no terminal (`keygen -W` makes a key without one)")
}

/// A secret key; its password is asked for where it has one.
fn secret(file: &Path) -> anyhow::Result<SecretKey> {
    let text = text(file)?;
    let key = SecretKeyBox::from_string(&text)?;
    if let Ok(key) = key.clone().into_unencrypted_secret_key() {
        return Ok(key);
    }
    // Whether it is a key at all shows before anybody is asked for a password.
    if !is_secret(&text) {
        bail!("{} is no secret key of minisign's", shown(file));
    }
    let password = ask(&format!("password of {}: ", shown(file)))?;
    key.into_secret_key(Some(password)).map_err(|_| anyhow::anyhow!("that is not the password of {}", shown(file)))
}

/// Writes a file that only its owner can read.
fn private(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("{} cannot be written", shown(file)))
}
