//! HTTP/1.1 as far as the demo's server needs it: requests of bounded size, answers in one write.
//!
//! Not for endpoints or threads (`server`).

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A head that is longer is refused.
const MOST_HEAD: usize = 32 * 1024;
/// A body that is longer is refused.
const MOST_BODY: usize = 64 * 1024;
const MOST_HEADERS: usize = 64;
/// The real server's front closes an idle connection after 65 s.
const IDLE: Duration = Duration::from_secs(65);
/// A client that does not take an answer for so long is gone.
const STALLED: Duration = Duration::from_secs(30);

/// Whether the connection serves another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It does.
    KeepAlive,
    /// The client asked for its end.
    Close,
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// What follows the `?`, still encoded.
    pub query: String,
    /// The header of that name.
    pub authorization: Option<String>,
    /// What is to become of the connection.
    pub connection: Connection,
    /// The body, still encoded.
    pub body: Vec<u8>,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// JSON.
    Json,
    /// A page.
    Html,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    content: Content,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
}

impl Answer {
    /// An answer with no headers but the usual ones.
    pub fn new(status: u16, content: Content, body: String) -> Answer {
        Answer {
            status,
            content,
            headers: Vec::new(),
            body,
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'static str) -> Answer {
        self.headers.push((name, value));
        self
    }

    /// The whole answer; without its body where only the head was asked for.
    fn bytes(&self, method: &str, connection: Connection) -> Vec<u8> {
        let content = match self.content {
            Content::Json => "application/json",
            Content::Html => "text/html; charset=utf-8",
        };
        let connection = match connection {
            Connection::KeepAlive => "keep-alive",
            Connection::Close => "close",
        };
        let mut text = format!(
            "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {content}\r\nContent-Length: {}\r\n\
             Connection: {connection}\r\nCache-Control: no-store\r\n",
            self.status,
            reason(self.status),
            date(),
            self.body.len(),
        );
        for (name, value) in &self.headers {
            for part in [name, ": ", value, "\r\n"] {
                text += part;
            }
        }
        text += "\r\n";
        if method != "HEAD" {
            text += &self.body;
        }
        text.into_bytes()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        _ => "Internal Server Error",
    }
}

fn date() -> String {
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    printer
        .timestamp_to_rfc9110_string(&jiff::Timestamp::now())
        .unwrap_or_default()
}

/// What came over the connection.
#[derive(Debug)]
pub enum Received {
    /// A request.
    Request(Request),
    /// Something that ends the connection with an answer of that status.
    Garbage(u16),
    /// Its end.
    End,
}

/// The server's side of a connection.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    pending: Vec<u8>,
}

impl Line {
    /// Prepares an accepted connection.
    pub fn new(stream: TcpStream) -> io::Result<Line> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_write_timeout(Some(STALLED))?;
        Ok(Line {
            stream,
            pending: Vec::new(),
        })
    }

    /// Waits for the next request, at most as long as the real server.
    pub fn receive(&mut self) -> io::Result<Received> {
        let head = loop {
            match parse_head(&self.pending) {
                Ok(Some(head)) => break head,
                Ok(None) if self.pending.len() >= MOST_HEAD => return Ok(Received::Garbage(431)),
                Ok(None) => {}
                Err(status) => return Ok(Received::Garbage(status)),
            }
            if self.read_more()? == 0 {
                return Ok(Received::End);
            }
        };
        let Head {
            length,
            body,
            mut request,
        } = head;
        while self.pending.len() < length + body {
            if self.read_more()? == 0 {
                return Ok(Received::End);
            }
        }
        let rest = self.pending.split_off(length + body);
        request.body = std::mem::replace(&mut self.pending, rest).split_off(length);
        Ok(Received::Request(request))
    }

    /// Answers in one write, so that the client's kernel wakes it once.
    pub fn answer(
        &mut self,
        answer: &Answer,
        method: &str,
        connection: Connection,
    ) -> io::Result<()> {
        self.stream.write_all(&answer.bytes(method, connection))
    }

    /// Whether the client has closed the connection; does not wait.
    pub fn is_closed(&self) -> bool {
        if !self.pending.is_empty() || self.stream.set_nonblocking(true).is_err() {
            return false;
        }
        let closed = match self.stream.peek(&mut [0]) {
            Ok(count) => count == 0,
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
        };
        self.stream.set_nonblocking(false).is_err() || closed
    }

    fn read_more(&mut self) -> io::Result<usize> {
        let mut chunk = [0; 8192];
        let count = self.stream.read(&mut chunk)?;
        self.pending.extend(chunk.iter().take(count));
        Ok(count)
    }
}

/// A request up to its body, and the lengths of both.
struct Head {
    length: usize,
    body: usize,
    request: Request,
}

/// None while the head is not complete; else the status to refuse it with.
fn parse_head(bytes: &[u8]) -> Result<Option<Head>, u16> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        Err(_) => return Err(400),
    };
    let value = |name: &str| {
        let header = parsed
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| String::from_utf8_lossy(header.value).into_owned())
    };
    if value("transfer-encoding").is_some() {
        return Err(411);
    }
    let body =
        value("content-length").map_or(Ok(0), |text| text.trim().parse().map_err(|_| 400_u16))?;
    if body > MOST_BODY {
        return Err(413);
    }
    let target = parsed.path.unwrap_or("/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let asked = value("connection").unwrap_or_default().to_ascii_lowercase();
    let connection = match (parsed.version, asked.as_str()) {
        (Some(0), "keep-alive") => Connection::KeepAlive,
        (Some(0), _) | (_, "close") => Connection::Close,
        _ => Connection::KeepAlive,
    };
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        authorization: value("authorization"),
        connection,
        body: Vec::new(),
    };
    Ok(Some(Head {
        length,
        body,
        request,
    }))
}
