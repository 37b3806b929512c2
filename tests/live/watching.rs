//! Files that change as editors, Kubernetes and failures change them.

use crate::site::{Site, broken, rule, rules, until};
use carom::Root;
use carom::live::{Live, Look, Settings, Watch};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const EVERY: Duration = Duration::from_millis(20);

fn watched(settings: Settings) -> (Arc<Live>, Watch) {
    let live = Arc::new(Live::open(settings).expect("the rules are good"));
    let watch = Watch::start(Arc::clone(&live), EVERY).expect("there is a thread");
    (live, watch)
}

#[test]
fn writing_renaming_breaking_and_mending() {
    let site = Site::new();
    let (live, _watch) = watched(site.settings());
    site.write(&rules(1));
    until("a write", || rule(&live) == "ours-1");
    // As editors do it: another file is put in its place.
    fs::write(site.rules().join("root.carom~"), rules(2)).expect("it is written");
    fs::rename(site.rules().join("root.carom~"), site.rules().join("root.carom")).expect("it is put in place");
    until("a rename", || rule(&live) == "ours-2");
    // Half of it.
    site.write(&rules(3)[..60]);
    until("a half-written file", || live.status().trouble.is_some());
    assert_eq!(rule(&live), "ours-2");
    site.write(&rules(3));
    until("mending", || rule(&live) == "ours-3" && live.status().trouble.is_none());
    // A file that is asked for and comes later.
    site.write(&format!("use \"more.carom\"\n{}", rules(4)));
    until("a missing file", || live.status().trouble.is_some());
    fs::write(site.rules().join("more.carom"), "").expect("it is written");
    until("a file that comes", || rule(&live) == "ours-4");
    // The folder goes and comes back.
    fs::remove_dir_all(site.rules()).expect("it is removed");
    until("a deleted folder", || live.status().trouble.is_some());
    assert_eq!(rule(&live), "ours-4");
    fs::create_dir(site.rules()).expect("it is made");
    site.write(&rules(5));
    until("a folder that comes back", || rule(&live) == "ours-5");
}

/// Kubernetes mounts files as links through a link that is put in another's place.
#[test]
fn a_link_that_leads_elsewhere() {
    let site = Site::new();
    let mount = site.folder.path().join("mount");
    let version = |number: usize| {
        let folder = mount.join(format!("..{number}"));
        fs::create_dir_all(&folder).expect("a folder is made");
        fs::write(folder.join("root.carom"), format!("use \"more.carom\"\n{}", rules(number))).expect("it is written");
        fs::write(folder.join("more.carom"), format!("# {number}\n")).expect("it is written");
        symlink(Path::new(&format!("..{number}")), mount.join("..new")).expect("a link is made");
        fs::rename(mount.join("..new"), mount.join("..data")).expect("it is put in place");
        if number > 0 {
            fs::remove_dir_all(mount.join(format!("..{}", number - 1))).expect("the old one is removed");
        }
    };
    version(0);
    for name in ["root.carom", "more.carom"] {
        symlink(Path::new("..data").join(name), mount.join(name)).expect("a link is made");
    }
    let (live, _watch) = watched(Settings { root: Root::Path(mount.clone()), ..site.settings() });
    for number in 1..4 {
        version(number);
        until("a link", || rule(&live) == format!("ours-{number}"));
    }
    assert_eq!(live.status().loads.refused, 0, "no mixture of two was loaded");
}

#[test]
fn what_is_touched_or_put_back_is_not_loaded() {
    let site = Site::new();
    let live = site.open();
    assert_eq!(live.look(), Look::Same);
    site.write(&rules(0));
    assert_eq!(live.look(), Look::Same, "the same text with another time");
    site.write(&rules(1));
    assert_eq!((live.look(), live.look()), (Look::Changing, Look::Changed));
    // Of the same length, within the same moment.
    site.write(&rules(2));
    assert_eq!((live.look(), live.look()), (Look::Changing, Look::Changed));
    site.write(&rules(0));
    assert_eq!(live.look(), Look::Same);
    // What was refused is not loaded again and again.
    site.write(&broken(1));
    live.reload().expect_err("the rules are bad");
    assert_eq!(live.look(), Look::Same);
}
