//! Text of a wyzepalrc (or zuliprc) to values, each with the line it stands in.
//!
//! Not for finding or reading the file, and not for judging the values: only `insecure` is typed here,
//! since the dialect says how booleans look. The dialect is that of Python's `configparser`, which reads
//! this file in the bindings (`zulip/__init__.py`), with the differences between Python 2 and 3 resolved
//! towards accepting the file.
//!
//! Own code because neither rust-ini 0.21 nor configparser 3.3 keeps to that dialect: both accept lines
//! without a delimiter (rust-ini glues them to the next name), trip over a byte order mark, match
//! `[ api ]` and forget the line numbers.

use std::fmt;

pub use self::problem::{RcError, RcWarning};

mod problem;
#[cfg(test)]
mod tests;

/// The names that mean something in `[api]`; all others belong to somebody else.
const NAMES: [&str; 7] = [
    "email",
    "key",
    "site",
    "insecure",
    "cert_bundle",
    "client_cert",
    "client_cert_key",
];

/// What the file says; all `None` is the same as no file.
#[derive(Debug, Default)]
pub struct Rc {
    /// Login name.
    pub email: Option<Entry<String>>,
    /// API key, as unchecked text.
    pub key: Option<Entry<String>>,
    /// Address of the server, as unchecked text.
    pub site: Option<Entry<String>>,
    /// Do not check the server's certificate.
    pub insecure: Option<Entry<bool>>,
    /// File of certificates to trust; `~` is not expanded in the file.
    pub cert_bundle: Option<Entry<String>>,
    /// File of our own certificate, possibly with its key.
    pub client_cert: Option<Entry<String>>,
    /// File of our own certificate's key.
    pub client_cert_key: Option<Entry<String>>,
}

/// A value and where it comes from.
pub struct Entry<T> {
    /// Never with a line break; may be empty.
    pub value: T,
    /// From 1.
    pub line: usize,
}

/// Leaves the value out: one of them is the API key.
impl<T> fmt::Debug for Entry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

/// Reads the text of a wyzepalrc.
///
/// Unknown sections and names are skipped (zulip-terminal keeps `[zterm]` there), but have to be well
/// formed, as for the bindings. Warnings come in the order of their lines.
pub fn parse(text: &str) -> Result<(Rc, Vec<RcWarning>), RcError> {
    let mut reader = Reader::default();
    // Notepad puts a byte order mark there.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().flat_map(|line| line.split('\r'));
    for (line, number) in lines.zip(1..) {
        reader.read(line, number)?;
    }
    reader.finish()
}

/// `true` or `false` in any case, as in the file and the environment; nothing else counts.
pub fn parse_boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A section, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Api,
    /// `[DEFAULT]`: what `[api]` does not say itself.
    Default,
    Other,
}

/// A known name with its value, in a section that matters.
struct Assignment {
    section: Section,
    name: &'static str,
    value: String,
    line: usize,
}

/// What deeper indented lines would continue.
struct Open {
    indent: usize,
    /// The known name and its line; `None` for a name of somebody else.
    known: Option<(&'static str, usize)>,
}

/// State between two lines.
#[derive(Default)]
struct Reader {
    section: Option<Section>,
    open: Option<Open>,
    assignments: Vec<Assignment>,
    warnings: Vec<RcWarning>,
    /// Line of the first `[api]`.
    api: Option<usize>,
    /// Line of the first header that only looks like `[api]`.
    similar: Option<usize>,
}

impl Reader {
    fn read(&mut self, line: &str, number: usize) -> Result<(), RcError> {
        let content = line.trim();
        if content.is_empty() || is_comment(line, content) {
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if let Some(open) = &self.open
            && indent > open.indent
        {
            return match open.known {
                Some((name, start)) => Err(RcError::Continuation {
                    line: number,
                    name,
                    start,
                }),
                None => Ok(()),
            };
        }
        if let Some(title) = section_title(content) {
            self.start_section(title, number);
            return Ok(());
        }
        let Some(section) = self.section else {
            return Err(RcError::BeforeSection { line: number });
        };
        let (name, value) =
            split_assignment(content).ok_or(RcError::NoDelimiter { line: number })?;
        let known = known_name(name).filter(|_| section != Section::Other);
        self.open = Some(Open {
            indent,
            known: known.map(|name| (name, number)),
        });
        if let Some(name) = known {
            self.assign(section, name, value, number);
        }
        Ok(())
    }

    fn start_section(&mut self, title: &str, line: usize) {
        self.open = None;
        self.section = Some(match title {
            "api" => Section::Api,
            "DEFAULT" => Section::Default,
            _ => Section::Other,
        });
        if title == "api" {
            match self.api {
                Some(first) => self
                    .warnings
                    .push(RcWarning::DuplicateSection { first, line }),
                None => self.api = Some(line),
            }
        } else if title.trim().eq_ignore_ascii_case("api") {
            self.similar.get_or_insert(line);
        }
    }

    fn assign(&mut self, section: Section, name: &'static str, value: &str, line: usize) {
        let earlier = self
            .assignments
            .iter_mut()
            .find(|a| a.section == section && a.name == name);
        // Python would also expand `%(name)s`, and fail at any other `%`.
        let value = value.replace("%%", "%");
        let assignment = Assignment {
            section,
            name,
            value,
            line,
        };
        match earlier {
            Some(earlier) => {
                self.warnings.push(RcWarning::DuplicateName {
                    name,
                    dropped: earlier.line,
                    line,
                });
                *earlier = assignment;
            }
            None => self.assignments.push(assignment),
        }
    }

    fn finish(mut self) -> Result<(Rc, Vec<RcWarning>), RcError> {
        if self.api.is_none() {
            return Err(RcError::NoApiSection {
                similar: self.similar,
            });
        }
        let file = Rc {
            email: self.take("email"),
            key: self.take("key"),
            site: self.take("site"),
            insecure: self.take("insecure").map(boolean).transpose()?,
            cert_bundle: self.take("cert_bundle"),
            client_cert: self.take("client_cert"),
            client_cert_key: self.take("client_cert_key"),
        };
        self.warnings.sort_by_key(RcWarning::line);
        Ok((file, self.warnings))
    }

    /// What `[api]` says, else what `[DEFAULT]` says.
    fn take(&mut self, name: &str) -> Option<Entry<String>> {
        let position = [Section::Api, Section::Default]
            .into_iter()
            .find_map(|section| {
                self.assignments
                    .iter()
                    .position(|a| a.section == section && a.name == name)
            })?;
        let Assignment { value, line, .. } = self.assignments.swap_remove(position);
        Some(Entry { value, line })
    }
}

/// Python 2 takes `rem` lines as comments, but only where they are not indented.
fn is_comment(line: &str, content: &str) -> bool {
    let rem = |word: &str| word.eq_ignore_ascii_case("rem") && line.starts_with(word);
    content.starts_with(['#', ';']) || content.split_whitespace().next().is_some_and(rem)
}

/// The title between the brackets; what follows them is ignored, as in Python.
fn section_title(content: &str) -> Option<&str> {
    let (title, _) = content.strip_prefix('[')?.split_once(']')?;
    Some(title).filter(|title| !title.is_empty())
}

fn split_assignment(content: &str) -> Option<(&str, &str)> {
    let (name, value) = content.split_once(['=', ':'])?;
    let name = name.trim_end();
    (!name.is_empty()).then(|| (name, value.trim_start()))
}

fn known_name(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    NAMES.into_iter().find(|known| *known == name)
}

fn boolean(entry: Entry<String>) -> Result<Entry<bool>, RcError> {
    let Entry { value, line } = entry;
    match parse_boolean(&value) {
        Some(value) => Ok(Entry { value, line }),
        None => Err(RcError::NotBoolean { line, value }),
    }
}
