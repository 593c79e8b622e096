//! What a test's server answers, and how well it manages to: whole, cut, garbled, in pieces, never.
//!
//! Not for deciding which answer a request gets (`server.rs`, `model`).

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::fixtures::Exchange;
use super::gate::Gate;

/// What nginx says while the application behind it is away.
pub const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";

/// How a connection ends that the server does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In good order (FIN).
    Close,
    /// Thrown away (RST).
    Reset,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delivery: Delivery,
}

#[derive(Clone, Debug)]
enum Delivery {
    Whole,
    Held,
    Raw,
    Last(Gate),
    Cut(usize, Ending),
    Nothing(Ending),
    Chunked(Gate, usize),
    Repeated(Vec<u8>, usize, &'static [u8]),
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The next request may follow.
    Keep,
    /// It is over.
    End(Ending),
}

impl Reply {
    /// Any status, type and body.
    pub fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        let reply = Reply {
            status,
            headers: Vec::new(),
            body: body.into(),
            delivery: Delivery::Whole,
        };
        reply.header("Content-Type", content_type)
    }

    /// JSON, with the line break that the servers end it with.
    pub fn json(status: u16, body: &Value) -> Reply {
        Reply::text(status, "application/json", format!("{body}\n"))
    }

    /// The servers' form of an error.
    pub fn error(status: u16, code: &str, msg: &str) -> Reply {
        Reply::json(
            status,
            &serde_json::json!({ "result": "error", "msg": msg, "code": code }),
        )
    }

    /// The gateway's page while the application is away.
    pub fn html_502() -> Reply {
        Reply::text(502, "text/html", BAD_GATEWAY)
    }

    /// An answer as it was recorded.
    pub fn recorded(exchange: &Exchange) -> Reply {
        let headers = exchange.headers.clone();
        Reply {
            status: exchange.status,
            headers,
            body: exchange.body.clone().into(),
            delivery: Delivery::Whole,
        }
    }

    /// These bytes in place of an answer, then the end of the connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Reply {
        Reply {
            delivery: Delivery::Raw,
            ..Reply::text(0, "", bytes)
        }
    }

    /// No answer until the test releases it, or for ever.
    pub fn hold() -> Reply {
        Reply {
            delivery: Delivery::Held,
            ..Reply::text(0, "", "")
        }
    }

    /// No answer; the connection ends.
    pub fn nothing(ending: Ending) -> Reply {
        Reply {
            delivery: Delivery::Nothing(ending),
            ..Reply::text(0, "", "")
        }
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The connection ends after `count` bytes of the body, though the length said more.
    pub fn cut_after(mut self, count: usize, ending: Ending) -> Reply {
        self.delivery = Delivery::Cut(count, ending);
        self
    }

    /// The connection ends in the middle of the body.
    pub fn cut(self) -> Reply {
        let half = self.body.len() / 2;
        self.cut_after(half, Ending::Close)
    }

    /// Same length, but the second half is no JSON and no UTF-8 any more. Refusals stay as they are:
    /// a garbled one is a page of something else, which is final at the start.
    pub fn garbled(mut self) -> Reply {
        if self.status != 200 {
            return self;
        }
        let half = self.body.len() / 2;
        self.body
            .iter_mut()
            .skip(half)
            .for_each(|byte| *byte ^= 0xa5);
        self
    }

    /// As it is, and the connection ends once the gate is open.
    pub fn last(mut self, gate: &Gate) -> Reply {
        self.delivery = Delivery::Last(gate.clone());
        self
    }

    /// In chunks of `size` bytes, each of which the test lets through the gate.
    pub fn chunked(mut self, size: usize, gate: &Gate) -> Reply {
        self.delivery = Delivery::Chunked(gate.clone(), size);
        self
    }

    /// The same in two halves.
    pub fn in_halves(self, gate: &Gate) -> Reply {
        let half = self.body.len() / 2 + 1;
        self.chunked(half, gate)
    }

    /// The body goes on with so many copies of `piece`, and then with `tail`: an answer that is
    /// larger than anybody should hold.
    pub fn repeated(mut self, piece: &str, count: usize, tail: &'static str) -> Reply {
        self.delivery = Delivery::Repeated(piece.into(), count, tail.as_bytes());
        self
    }

    /// Whether it is none yet: the caller has to wait for the one to come.
    pub fn is_held(&self) -> bool {
        matches!(self.delivery, Delivery::Held)
    }

    /// Puts it on the wire, as well as it is meant to be.
    pub fn send(&self, mut stream: &TcpStream) -> io::Result<After> {
        match &self.delivery {
            Delivery::Whole => {
                stream.write_all(&[&self.head(Some(self.body.len()))[..], &self.body].concat())?;
                return Ok(After::Keep);
            }
            Delivery::Raw => {
                stream.write_all(&self.body)?;
                return Ok(After::End(Ending::Close));
            }
            Delivery::Last(gate) => {
                stream.write_all(&[&self.head(Some(self.body.len()))[..], &self.body].concat())?;
                gate.wait_open();
                return Ok(After::End(Ending::Close));
            }
            Delivery::Held => return Ok(After::End(Ending::Close)),
            Delivery::Nothing(ending) => return Ok(After::End(*ending)),
            Delivery::Cut(count, ending) => {
                let part = &self.body[..self.body.len().min(*count)];
                stream.write_all(&[&self.head(Some(self.body.len()))[..], part].concat())?;
                return Ok(After::End(*ending));
            }
            Delivery::Chunked(gate, size) => {
                stream.write_all(&self.head(None))?;
                for chunk in self.body.chunks(*size) {
                    gate.wait_open();
                    let length = format!("{:x}\r\n", chunk.len());
                    stream.write_all(&[length.as_bytes(), chunk, b"\r\n"].concat())?;
                    gate.count();
                }
                stream.write_all(b"0\r\n\r\n")?;
            }
            Delivery::Repeated(piece, count, tail) => {
                let length = self.body.len() + piece.len() * count + tail.len();
                stream.write_all(&[&self.head(Some(length))[..], &self.body].concat())?;
                let mut left = *count;
                while left > 0 {
                    let some = left.min(1000);
                    stream.write_all(&piece.repeat(some))?;
                    left -= some;
                }
                stream.write_all(tail)?;
            }
        }
        Ok(After::Keep)
    }

    fn head(&self, length: Option<usize>) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        for (name, value) in &self.headers {
            head.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        if let Some(length) = length {
            head.extend(format!("Content-Length: {length}\r\n\r\n").into_bytes());
        } else {
            head.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        }
        head
    }
}

/// Ends a connection in the given way.
pub fn end(stream: &TcpStream, ending: Ending) {
    match ending {
        // Unread bytes would turn a plain drop into a reset.
        Ending::Close => stream.shutdown(Shutdown::Both).unwrap_or_default(),
        Ending::Reset => rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO))
            .unwrap_or_default(),
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Whatever",
    }
}
