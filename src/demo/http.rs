//! HTTP/1.1 as far as the demo's server needs it: requests of bounded size, answers in one write.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use super::server::ErrorAnswer;

/// What is read of a head, and of a body: the rest of a longer one is no request, and ends the connection.
const LONGEST: u64 = 64 << 10;

/// A request.
#[derive(Debug, Default)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The header of that name.
    pub authorization: String,
    params: HashMap<String, String>,
}

impl Request {
    /// Waits for the next one. An error is the end of the connection, or nothing that can be understood.
    pub fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Request> {
        let mut head = stream.take(LONGEST);
        let first = read_line(&mut head)?;
        let mut words = first.split(' ').map(str::to_owned);
        let mut request = Request {
            method: words.next().unwrap_or_default(),
            path: words.next().unwrap_or_default(),
            ..Request::default()
        };
        let mut length = 0;
        loop {
            let line = read_line(&mut head)?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => value.trim().clone_into(&mut request.authorization),
                "content-length" => length = value.trim().parse().map_err(io::Error::other)?,
                _ => {}
            }
        }
        let mut form = Vec::new();
        stream.take(LONGEST.min(length)).read_to_end(&mut form)?;
        if let Some((path, query)) = request.path.split_once('?') {
            form.extend(format!("&{query}").into_bytes());
            request.path = path.into();
        }
        let params = form_urlencoded::parse(&form);
        request.params = params.into_owned().collect();
        Ok(request)
    }

    /// A parameter that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// A parameter that is JSON, as all others are.
    pub fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ErrorAnswer> {
        let value = self.text(name).map(serde_json::from_str).transpose();
        value.map_err(|error| ErrorAnswer(400, "BAD_REQUEST", format!("{name}: {error}")))
    }
}

/// A line of a head, which must not end before it.
fn read_line(head: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    head.read_line(&mut line)?;
    let line = line
        .strip_suffix("\r\n")
        .ok_or(io::ErrorKind::InvalidData)?;
    Ok(line.to_owned())
}

/// Answers in one write, so that the client is woken once.
pub fn answer(mut stream: &TcpStream, status: u16, body: &Value) -> io::Result<()> {
    let body = body.to_string();
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now());
    let answer = format!(
        "HTTP/1.1 {status}\r\nDate: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        date.map_err(io::Error::other)?,
        body.len(),
    );
    stream.write_all(answer.as_bytes())
}
