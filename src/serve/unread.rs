//! Requests that cannot be read, refused as all others are: hyper answers them itself, by a head alone, and the line that
//! says why takes its place on the way out.

use super::problem::Problem;
use crate::report::json_line;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most that a head is given room for.
pub(super) const HEAD_LIMIT: usize = 64 << 10;

/// The longest head that hyper writes by itself.
const ALONE: usize = 512;

/// A connection on which no refusal is without its cause.
pub(super) struct Told<S> {
    stream: S,
    /// What leaves in place of a head alone, and how much of it has.
    instead: Option<(Vec<u8>, usize)>,
}

impl<S> Told<S> {
    pub(super) fn new(stream: S) -> Told<S> {
        Told { stream, instead: None }
    }
}

/// The answer that belongs in the place of a head alone. No other answer looks so: all problems have a line, and no line
/// ends as heads do.
fn whole(head: &[u8]) -> Option<Vec<u8>> {
    let head = head.get(..ALONE.min(head.len())).filter(|head| head.ends_with(b"\r\n\r\n"))?;
    let rest = head.strip_prefix(b"HTTP/1.1 4")?;
    memchr::memmem::find(rest, b"\r\ncontent-length: 0\r\n")?;
    let problem = match rest.get(..2)? {
        b"00" => Problem::bad_head("this is no request of HTTP/1.1"),
        b"14" | b"31" => Problem::large_head(format!("the head has more than {HEAD_LIMIT} bytes, or 100 fields")),
        _ => return None,
    };
    let line = json_line(&problem.json());
    let (status, length) = (problem.status, line.len() + 1);
    let kind = "content-type: application/json\r\nconnection: close";
    Some(format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {length}\r\n\r\n{line}\n").into_bytes())
}

impl<S: AsyncRead + Unpin> AsyncRead for Told<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Told<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.instead.is_none() {
            this.instead = whole(bytes).map(|answer| (answer, 0));
        }
        let Some((answer, left)) = &mut this.instead else {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        };
        while *left < answer.len() {
            match ready!(Pin::new(&mut this.stream).poll_write(context, &answer[*left..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => *left += count,
            }
        }
        this.instead = None;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // A head alone is one slice.
        match bytes {
            [head] => self.poll_write(context, head),
            _ => Pin::new(&mut self.stream).poll_write_vectored(context, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn only_a_head_alone_is_filled() {
        let shown = |head: &[u8]| whole(head).map(|answer| String::from_utf8(answer).expect("text"));
        let alone = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let answer = shown(alone).expect("it is filled");
        let (head, line) = answer.split_once("\r\n\r\n").expect("a head and a line");
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n") && head.ends_with(&line.len().to_string()), "{head}");
        assert!(line.contains("\"code\":\"bad-head\"") && line.ends_with("}\n"), "{line}");
        for other in [
            &alone[..alone.len() - 1],
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\n{\"v\":1}\n",
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 4",
            b"",
        ] {
            assert_eq!(shown(other), None);
        }
    }
}
