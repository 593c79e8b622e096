//! The parameters of a request: strings as they are, everything else as JSON text.
//!
//! Not for what they mean: that is each endpoint's. Rules and messages: `zerver/lib/request.py` (classic
//! endpoints) and `zerver/lib/typed_endpoint.py` (typed ones) of Zulip 9.2.

use serde_json::Value;
use url::form_urlencoded;

use super::http::Request;
use super::refusal::Refusal;

/// How an endpoint complains about text that is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `Argument "narrow" is not valid JSON.`
    Classic,
    /// `narrow is not valid JSON`
    Typed,
}

/// The parameters of a request; those of the body come first.
#[derive(Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    dialect: Dialect,
}

impl Params {
    /// The parameters of `request`, from its body and its query string.
    pub fn new(request: &Request, dialect: Dialect) -> Params {
        let body = form_urlencoded::parse(&request.body);
        let query = form_urlencoded::parse(request.query.as_bytes());
        let pairs = body
            .chain(query)
            .map(|(name, value)| (name.into_owned(), value.into_owned()));
        Params {
            pairs: pairs.collect(),
            dialect,
        }
    }

    /// The names that are not in `known`, sorted, each once: `ignored_parameters_unsupported`.
    pub fn unknown(&self, known: &[&str]) -> Vec<String> {
        let names = self.pairs.iter().map(|(name, _)| name.clone());
        let mut unknown: Vec<String> = names
            .filter(|name| !known.contains(&name.as_str()))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }

    /// A string.
    pub fn text(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(candidate, _)| candidate == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// Any JSON.
    pub fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let value = serde_json::from_str(text).map_err(|_| {
            Refusal::BadRequest(match self.dialect {
                Dialect::Classic => format!("Argument \"{name}\" is not valid JSON."),
                Dialect::Typed => format!("{name} is not valid JSON"),
            })
        })?;
        Ok(Some(value))
    }

    /// `true` or `false`; `default` where it is not sent.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        let Some(value) = self.json(name)? else {
            return Ok(default);
        };
        value
            .as_bool()
            .ok_or_else(|| Refusal::bad_request(format!("{name} is not a boolean")))
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.json(name)? else {
            return Ok(None);
        };
        let number = value.as_i64();
        number
            .map(Some)
            .ok_or_else(|| Refusal::bad_request(format!("{name} is not an integer")))
    }

    /// A list.
    pub fn list(&self, name: &str) -> Result<Option<Vec<Value>>, Refusal> {
        match self.json(name)? {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(Refusal::bad_request(format!("{name} is not a list"))),
        }
    }

    /// A list of strings.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(items) = self.list(name)? else {
            return Ok(None);
        };
        let strings = items
            .into_iter()
            .enumerate()
            .map(|(position, item)| match item {
                Value::String(text) => Ok(text),
                _ => Err(Refusal::bad_request(format!(
                    "{name}[{position}] is not a string"
                ))),
            });
        strings.collect::<Result<_, _>>().map(Some)
    }
}
