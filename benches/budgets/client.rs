//! A keep-alive HTTP/1.1 client that does no more than the measurements need, so that it takes little of the machine
//! that it shares with the server.

use std::net::SocketAddr;
use std::ops::Range;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Larger than any answer asked for here; a server that sends more is not the one meant.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    #[error("the server closed the connection before its answer was whole")]
    Closed,
    #[error("the answer is no HTTP/1.1 that this client reads: {0}")]
    Unreadable(&'static str),
}

/// One connection, used for one request after another.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What came back; the body as it was sent, still compressed.
pub struct Answer<'a> {
    pub status: u16,
    head: &'a str,
    pub body: Vec<u8>,
}

impl Answer<'_> {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    /// `name=value` of the cookie that is set.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut cookies = cookies.filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
        let of_that_name = |cookie: &&str| cookie.split_once('=').is_some_and(|(found, _)| found == name);
        cookies.find_map(|(_, cookie)| cookie.split(';').next().filter(of_that_name))
    }
}

impl Connection {
    pub async fn open(server: SocketAddr) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(4096) })
    }

    /// Sends a whole request and reads its whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, ClientError> {
        self.received.clear();
        self.stream.write_all(request).await?;
        let head = self.read_head().await?;
        let body_start = head.end;
        let text = self.head(head.clone())?;
        let chunked = header(text, "transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let length = header(text, "content-length").map(str::parse::<usize>).transpose();
        let length = length.map_err(|_| ClientError::Unreadable("its Content-Length is no number"))?;
        let body = match (chunked, length) {
            (true, _) => self.read_chunks(body_start).await?,
            (false, Some(length)) => self.read_until(body_start, length).await?,
            (false, None) => return Err(ClientError::Unreadable("neither chunks nor a Content-Length")),
        };
        let head = self.head(head)?;
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let status = status.ok_or(ClientError::Unreadable("no status"))?;
        Ok(Answer { status, head, body })
    }

    fn head(&self, range: Range<usize>) -> Result<&str, ClientError> {
        let bytes = self.received.get(range).ok_or(ClientError::Closed)?;
        std::str::from_utf8(bytes).map_err(|_| ClientError::Unreadable("headers that are no text"))
    }

    async fn read_head(&mut self) -> Result<Range<usize>, ClientError> {
        loop {
            if let Some(end) = self.received.windows(4).position(|window| window == b"\r\n\r\n") {
                return Ok(0..end + 4);
            }
            self.read_more().await?;
        }
    }

    async fn read_until(&mut self, start: usize, length: usize) -> Result<Vec<u8>, ClientError> {
        loop {
            if let Some(body) = self.received.get(start..start.saturating_add(length)) {
                return Ok(body.to_vec());
            }
            self.read_more().await?;
        }
    }

    async fn read_chunks(&mut self, start: usize) -> Result<Vec<u8>, ClientError> {
        loop {
            if let Some(body) = self.received.get(start..).and_then(joined) {
                return Ok(body);
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<(), ClientError> {
        if self.received.len() > ANSWER_LIMIT {
            return Err(ClientError::Unreadable("it does not end"));
        }
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(ClientError::Closed),
            _ => Ok(()),
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim()))
}

/// The chunks of a body in one piece (RFC 9112, 7.1), once the last one is there.
fn joined(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(bytes.get(..end)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        let rest = bytes.get(end + 2..)?;
        let (chunk, after) = rest.split_at_checked(size)?;
        if size == 0 {
            return after.starts_with(b"\r\n").then_some(body);
        }
        body.extend_from_slice(chunk);
        bytes = after.get(2..)?;
    }
}
