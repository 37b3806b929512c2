//! Rule files of a git revision, read by git itself.

use crate::syntax::FILE_LIMIT;
use anyhow::{Context, bail};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// The most bytes of rule files that are read from one revision.
const BYTES: usize = 256 << 20;

/// A repository, by the folder that it lies in.
#[derive(Debug)]
pub(super) struct Repository {
    top: PathBuf,
}

/// A file of a revision.
struct Entry {
    /// From the top of the repository, with `/`.
    name: String,
    id: String,
}

impl Repository {
    /// The repository that a path is in, whether or not there is something at the path now.
    pub(super) fn around(path: &Path) -> anyhow::Result<Repository> {
        let (folder, _) = existing(path)?;
        let folder = if folder.is_dir() { folder } else { folder.parent().unwrap_or(Path::new("/")).to_owned() };
        let (said, complaint) = run(git(&folder).args(["rev-parse", "--show-toplevel"]))?;
        match said {
            Some(top) => {
                let top = String::from_utf8(top).context("the repository's folder has a name that is not utf-8")?;
                let top = PathBuf::from(top.trim_end_matches(['\n', '\r']));
                Ok(Repository { top: top.canonicalize().unwrap_or(top) })
            }
            None if complaint.contains("dubious ownership") => {
                bail!("{}: git does not trust this repository, which somebody else owns: {complaint}", folder.display())
            }
            None => bail!(
                "{}: it is in no git repository: name two folders, or go to where the rules are kept",
                path.display()
            ),
        }
    }

    /// All rule files of a revision, by their names from the top; the first is the root of the rule set at `path`.
    pub(super) fn texts(&self, revision: &str, path: &Path) -> anyhow::Result<Vec<(String, String)>> {
        let commit = self.commit(revision)?;
        let within = self.within(path)?;
        let entries = self.entries(&commit)?;
        let root = if entries.iter().any(|entry| entry.name == within) {
            within.clone()
        } else {
            beneath(&within, "root.carom")
        };
        if !entries.iter().any(|entry| entry.name == root) {
            let shown = path.display();
            let folder = beneath(&within, "");
            if entries.iter().any(|entry| entry.name.starts_with(&folder)) {
                bail!("there is no root.carom in {shown}: name the folder that has one, or the root file itself");
            }
            bail!("{shown} is not there, or holds no rule files");
        }
        let mut texts = Vec::new();
        let wanted: Vec<&Entry> =
            entries.iter().filter(|entry| entry.name.ends_with(".carom") || entry.name == root).collect();
        self.read(&wanted, |entry, bytes| {
            match String::from_utf8(bytes) {
                Ok(text) => texts.push((entry.name.clone(), text)),
                // What lies elsewhere may be anything.
                Err(_) if entry.name.starts_with(&beneath(&within, "")) || entry.name == root => {
                    bail!("{}: the file is not utf-8", entry.name)
                }
                Err(_) => {}
            }
            Ok(())
        })?;
        let first = texts.iter().position(|(name, _)| *name == root).context("the root file cannot be read")?;
        texts.swap(0, first);
        Ok(texts)
    }

    /// The commit or tree that a revision names.
    fn commit(&self, revision: &str) -> anyhow::Result<String> {
        if revision.starts_with('-') {
            bail!("`{revision}` is no git revision");
        }
        let tree = format!("{revision}^{{tree}}");
        let (said, _) = run(git(&self.top).args(["rev-parse", "--verify", "--quiet", &tree]))?;
        match said.and_then(|id| String::from_utf8(id).ok()) {
            Some(id) => Ok(id.trim_end().to_owned()),
            None => bail!(
                "git knows no revision `{revision}` here: `git log --oneline` names some; a shallow clone may lack it"
            ),
        }
    }

    /// A path from the top of the repository.
    fn within(&self, path: &Path) -> anyhow::Result<String> {
        let (there, rest) = existing(path)?;
        let Ok(within) = there.strip_prefix(&self.top) else {
            bail!("{} is not in the repository at {}", path.display(), self.top.display());
        };
        let parts: Vec<&str> = within.iter().chain(rest.iter()).filter_map(|part| part.to_str()).collect();
        Ok(parts.join("/"))
    }

    /// The files of a tree. Links and other repositories are none.
    fn entries(&self, tree: &str) -> anyhow::Result<Vec<Entry>> {
        let (said, complaint) = run(git(&self.top).args(["ls-tree", "-r", "-z", "--full-tree", tree]))?;
        let Some(said) = said else { bail!("git does not list the revision: {complaint}") };
        let entries = said.split(|byte| *byte == 0).filter_map(|line| {
            // `100644 blob 8baef1b4abc478178b004d62031cf7fe6db6f903\trules/root.carom`
            let (head, name) = std::str::from_utf8(line).ok()?.split_once('\t')?;
            let mut words = head.split(' ');
            let (mode, kind, id) = (words.next()?, words.next()?, words.next()?);
            (mode.starts_with("100") && kind == "blob").then(|| Entry { name: name.to_owned(), id: id.to_owned() })
        });
        Ok(entries.collect())
    }

    /// Reads files, one after the other, by one process.
    fn read(
        &self,
        entries: &[&Entry],
        mut take: impl FnMut(&Entry, Vec<u8>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut command = git(&self.top);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(missing)?;
        let (Some(mut asked), Some(told)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("git cannot be talked to");
        };
        let ids: String = entries.iter().map(|entry| format!("{}\n", entry.id)).collect();
        // Beside the reading: neither waits for the other.
        let asking = std::thread::spawn(move || asked.write_all(ids.as_bytes()));
        let mut told = BufReader::new(told);
        let mut read_all = || -> anyhow::Result<()> {
            let mut left = BYTES;
            for entry in entries {
                let mut head = String::new();
                told.read_line(&mut head)?;
                let size: usize = head
                    .trim_end()
                    .rsplit(' ')
                    .next()
                    .and_then(|size| size.parse().ok())
                    .with_context(|| format!("{}: git does not give it: {}", entry.name, head.trim_end()))?;
                if size > FILE_LIMIT || size > left {
                    bail!("{} has {size} bytes, which is more than rules may have", entry.name);
                }
                left -= size;
                let mut bytes = vec![0; size + 1];
                told.read_exact(&mut bytes)?;
                bytes.pop();
                take(entry, bytes)?;
            }
            Ok(())
        };
        let result = read_all();
        if result.is_err() {
            // It may still have much to say that nobody reads.
            let _ = child.kill();
        }
        drop(told);
        let _ = child.wait();
        let _ = asking.join();
        result
    }
}

/// The part of a path that is there, whole and without links; and what of it is not.
fn existing(path: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let here = std::env::current_dir().context("this folder cannot be read")?;
    let mut there = here.join(path);
    let mut rest = Vec::new();
    loop {
        match there.canonicalize() {
            Ok(found) => return Ok((found, rest.iter().rev().collect())),
            Err(_) => match there.components().next_back() {
                Some(Component::Normal(name)) => rest.push(name.to_owned()),
                _ => bail!("{}: there is no such file or folder, and its parents are not there either", path.display()),
            },
        }
        there.pop();
    }
}

/// A name within a folder; the top has no name.
fn beneath(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command
}

/// What git says, if it succeeds, and what it complains of.
fn run(command: &mut Command) -> anyhow::Result<(Option<Vec<u8>>, String)> {
    let output = command.stdin(Stdio::null()).output().map_err(missing)?;
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok((output.status.success().then_some(output.stdout), complaint))
}

fn missing(error: std::io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::NotFound => {
            anyhow::anyhow!("revisions are read by `git`, which is not installed here: install it, or name two folders")
        }
        _ => anyhow::anyhow!("git cannot be run: {error}"),
    }
}
