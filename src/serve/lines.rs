//! A stream of replies, a JSON object on each line, and the verdicts as they come.
//!
//! A line is read when the last answer was taken: the client's own pace is the bound. All are answered by the snapshot
//! that was active when the stream began.

use super::app::{App, View};
use super::classify::answer;
use super::problem::Problem;
use super::replies::MARK;
use crate::Time;
use crate::intake::{LINE_LIMIT, read_json_line};
use crate::report::write_json_line;
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::time::{Instant, Sleep, sleep};

/// The answer's body.
pub(super) struct Lines {
    app: Arc<App>,
    view: Arc<View>,
    input: Body,
    /// What came of a line that is not over.
    rest: Vec<u8>,
    line: u64,
    over: bool,
    patience: Pin<Box<Sleep>>,
}

impl Lines {
    pub(super) fn new(app: &Arc<App>, input: Body) -> Lines {
        Lines {
            app: Arc::clone(app),
            view: app.view(),
            input,
            rest: Vec::new(),
            line: 0,
            over: false,
            patience: Box::pin(sleep(app.settings.limits.patience)),
        }
    }

    /// Answers all lines that are whole.
    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let mut piece = piece;
        let mut replies = Vec::new();
        while let Some(end) = memchr::memchr(b'\n', piece) {
            let (line, others) = (&piece[..end], &piece[end + 1..]);
            if self.rest.is_empty() {
                self.answer(line, &mut replies, out);
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                self.answer(&whole, &mut replies, out);
            }
            piece = others;
        }
        self.rest.extend_from_slice(piece);
        if self.rest.len() > LINE_LIMIT {
            self.end(Problem::too_large(format!("line {} has more than {LINE_LIMIT} bytes", self.line + 1)), out);
        }
        if !replies.is_empty() {
            self.app.shadow(&self.view, replies.into_iter());
        }
    }

    fn answer(&mut self, line: &[u8], replies: &mut Vec<crate::Reply>, out: &mut Vec<u8>) {
        self.line += 1;
        let read = match line.len() {
            _ if self.line == 1 && line.starts_with(MARK) => {
                Some(Err("the line begins with a byte order mark (EF BB BF): leave it out".to_owned()))
            }
            0..=LINE_LIMIT => read_json_line(line),
            _ => Some(Err(format!("the line has more than {LINE_LIMIT} bytes"))),
        };
        match read {
            None => {}
            Some(Ok(mut attempt)) => {
                answer(&self.app, &self.view, &mut attempt, Time::now(), out);
                out.push(b'\n');
                replies.push(attempt.reply);
            }
            Some(Err(why)) => {
                let mut problem = Problem::bad_reply(why).json();
                problem["line"] = self.line.into();
                write_json_line(&problem, out);
            }
        }
    }

    /// The last line: why there are no more.
    fn end(&mut self, problem: Problem, out: &mut Vec<u8>) {
        self.over = true;
        self.rest.clear();
        let mut problem = problem.json();
        problem["line"] = (self.line + 1).into();
        write_json_line(&problem, out);
    }
}

impl HttpBody for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        let mut out = Vec::new();
        while !this.over && out.is_empty() {
            match Pin::new(&mut this.input).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(piece) = frame.into_data() {
                        this.take(&piece, &mut out);
                    }
                    let patience = this.app.settings.limits.patience;
                    this.patience.as_mut().reset(Instant::now() + patience);
                }
                Poll::Ready(Some(Err(_))) => this.end(Problem::bad_body("the body breaks off"), &mut out),
                Poll::Ready(None) => {
                    // The last line may lack its end.
                    this.take(b"\n", &mut out);
                    this.over = true;
                }
                Poll::Pending => {
                    ready!(this.patience.as_mut().poll(context));
                    let seconds = this.app.settings.limits.patience.as_secs_f32();
                    this.end(Problem::too_slow(format!("nothing came for {seconds} seconds")), &mut out);
                }
            }
        }
        Poll::Ready((!out.is_empty()).then(|| Ok(Frame::data(Bytes::from(out)))))
    }
}
