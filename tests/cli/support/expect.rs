//! What a scripted request must be like.
//!
//! Paths: `POST /register`, `GET` and `DELETE /events`, `GET /messages` below `/api/v1`.

use std::fmt;
use std::sync::Arc;

use super::http::Request;

type Test = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

/// What a request must be like.
#[derive(Clone)]
pub struct Expect {
    method: &'static str,
    path: String,
    tests: Vec<(String, Test)>,
    times: Times,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    Once,
    AtMostOnce,
}

impl Expect {
    /// This method and path; `path` as in `/events`.
    pub fn new(method: &'static str, path: &str) -> Expect {
        Expect {
            method,
            path: format!("/api/v1{path}"),
            tests: Vec::new(),
            times: Times::Once,
        }
    }

    /// A queue is registered.
    pub fn register() -> Expect {
        Expect::new("POST", "/register")
    }

    /// A queue is polled.
    pub fn poll() -> Expect {
        Expect::new("GET", "/events")
    }

    /// History is read.
    pub fn history() -> Expect {
        Expect::new("GET", "/messages")
    }

    /// A queue is deleted.
    pub fn delete() -> Expect {
        Expect::new("DELETE", "/events")
    }

    /// A proxy is asked for a way to this host and port.
    pub fn tunnel(target: &str) -> Expect {
        Expect {
            path: target.to_owned(),
            ..Expect::new("CONNECT", "")
        }
    }

    /// With this before the path: where the API lives below a folder, or, as proxies see it, the
    /// scheme and the host.
    pub fn below(mut self, prefix: &str) -> Expect {
        self.path.insert_str(0, prefix);
        self
    }

    /// With this parameter.
    pub fn param(self, name: &str, value: &str) -> Expect {
        let (key, wanted) = (name.to_owned(), value.to_owned());
        self.and(&format!("{name}={value}"), move |request| {
            request.param(&key) == Some(wanted.as_str())
        })
    }

    /// With whatever `test` looks for; `what` names it in the failure.
    pub fn and(
        mut self,
        what: &str,
        test: impl Fn(&Request) -> bool + Send + Sync + 'static,
    ) -> Expect {
        self.tests.push((what.to_owned(), Arc::new(test)));
        self
    }

    /// It may be left out.
    pub fn optional(mut self) -> Expect {
        self.times = Times::AtMostOnce;
        self
    }

    /// Whether `request` is the one.
    pub fn fits(&self, request: &Request) -> bool {
        self.method == request.method
            && self.path == request.path
            && self.tests.iter().all(|(_, test)| test(request))
    }

    /// Whether it may be left out.
    pub fn is_optional(&self) -> bool {
        self.times == Times::AtMostOnce
    }
}

impl fmt::Debug for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (what, _) in &self.tests {
            write!(f, " {what}")?;
        }
        if self.times == Times::AtMostOnce {
            write!(f, " (optional)")
        } else {
            Ok(())
        }
    }
}
