//! `carom plugin keygen`, `sign` and `verify`.

use super::super::Status;
use super::load::{self, shown};
use super::signature::{is_encrypted, number, open_key, public_key, text};
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
    #[arg(short = 'W', long, conflicts_with = "password_file")]
    without_password: bool,
    #[command(flatten)]
    password: PasswordArgument,
}

/// Sign a plugin.
///
/// The signature is minisign's, goes into FILE.minisig, and says the plugin's name and version in its trusted comment.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  carom plugin sign acme.wasm --key acme.key\n  \
                  carom plugin sign acme.wasm --key acme.key --password-file /run/secrets/acme\n  minisign -Vm acme.wasm -p acme.key.pub     holds as well")]
pub(super) struct SignArguments {
    /// The component.
    file: PathBuf,
    /// The secret key: a file that `carom plugin keygen` or minisign made.
    #[arg(short, long, value_name = "SECRET")]
    key: PathBuf,
    #[command(flatten)]
    password: PasswordArgument,
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

/// Where a key's password comes from.
#[derive(Debug, clap::Args)]
struct PasswordArgument {
    /// A file whose first line is the password; without it, it is asked for on the terminal.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordArgument {
    /// The password of the file, if one is named.
    fn read(&self) -> anyhow::Result<Option<String>> {
        let Some(file) = &self.password_file else { return Ok(None) };
        let text = text(file)?;
        match text.lines().next() {
            Some(password) if !password.is_empty() => Ok(Some(password.to_owned())),
            _ => bail!("{} holds no password: its first line is empty", shown(file)),
        }
    }
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
        let password = match arguments.password.read()? {
            Some(password) => password,
            None => chosen()?,
        };
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
    let secret = secret(&arguments.key, &arguments.password)?;
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

/// Asks for a new password, twice.
fn chosen() -> anyhow::Result<String> {
    let password = ask("password for the secret key: ", ", or make a key without one by `-W`")?;
    if password != ask("the same again: ", "")? {
        bail!("the passwords differ; nothing was made");
    }
    Ok(password)
}

/// Asks on the terminal, and shows nothing of what is typed.
fn ask(prompt: &str, or: &str) -> anyhow::Result<String> {
    rpassword::prompt_password(prompt).map_err(|_| {
        anyhow::anyhow!(
            "there is no terminal to ask for the password: name a file that holds it by `--password-file`{or}"
        )
    })
}

/// A secret key; its password is asked for where it has one.
fn secret(file: &Path, password: &PasswordArgument) -> anyhow::Result<SecretKey> {
    let text = text(file)?;
    if let Some(key) = open_key(&text) {
        return Ok(key);
    }
    // Whether it is a key at all shows before anybody is asked for a password.
    if !is_encrypted(&text) {
        bail!("{} is no secret key of minisign's", shown(file));
    }
    let key = SecretKeyBox::from_string(&text)?;
    let password = match password.read()? {
        Some(password) => password,
        None => ask(&format!("password of {}: ", shown(file)), "")?,
    };
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
