//! A thread that loads rules anew when their files have changed and stay as they are for a while.

use super::gentle::{LOADING, give_way};
use super::{Live, Look};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Watches for as long as it is held.
#[derive(Debug)]
pub struct Watch {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Looks at the files that often. What changes is loaded once it was the same for two looks.
    ///
    /// # Errors
    /// The system's, if there is no thread to be had.
    pub fn start(live: Arc<Live>, every: Duration) -> std::io::Result<Watch> {
        let (stop, stopped) = mpsc::channel();
        let work = move || {
            give_way(LOADING);
            while stopped.recv_timeout(every) == Err(mpsc::RecvTimeoutError::Timeout) {
                live.tidy();
                // What came of it is in the status, and the listener was told.
                let _ = live.heed();
                live.catch_up();
                if live.look() == Look::Changed {
                    let _ = live.follow();
                }
            }
        };
        let thread = thread::Builder::new().name("carom-watch".to_owned()).spawn(work)?;
        Ok(Watch { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
