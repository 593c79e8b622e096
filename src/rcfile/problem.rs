//! What can be wrong with a wyzepalrc, in words.
//!
//! Not for finding it out (`rcfile`). Only the value of `insecure` is ever
//! quoted, and only if it is too short for a key: any other text could be it.

use std::error::Error;
use std::fmt;

/// Something that the bindings would refuse and that has an obvious meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RcWarning {
    /// A name twice in one section; the last one counts.
    DuplicateName {
        /// One of the known names.
        name: &'static str,
        /// Line of the one that is dropped.
        dropped: usize,
        /// Line of the one that replaces it.
        line: usize,
    },
    /// `[api]` a second time; both are read as one.
    DuplicateSection {
        /// Line of the first header.
        first: usize,
        /// Line of the later header.
        line: usize,
    },
}

impl RcWarning {
    /// Line that the warning is about.
    pub fn line(&self) -> usize {
        match self {
            Self::DuplicateName { line, .. } | Self::DuplicateSection { line, .. } => *line,
        }
    }
}

impl fmt::Display for RcWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateName {
                name,
                dropped,
                line,
            } => write!(
                f,
                "line {line}: `{name}` replaces the one in line {dropped}; remove one of them"
            ),
            Self::DuplicateSection { first, line } => write!(
                f,
                "line {line}: second section `[api]`, read as part of that in line {first}; join them"
            ),
        }
    }
}

/// Why the text is no wyzepalrc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RcError {
    /// Sections, if any, but not `[api]`.
    NoApiSection {
        /// Line of a header like `[API]` or `[ api ]`, which names another section.
        similar: Option<usize>,
    },
    /// Something else than a comment before the first section: JSON, HTML, binary or a lost first line.
    BeforeSection {
        /// The first such line.
        line: usize,
    },
    /// Neither `[section]` nor `name = value`, in any section.
    NoDelimiter {
        /// The line.
        line: usize,
    },
    /// Indented deeper than the value before it, which it would thus continue.
    Continuation {
        /// The line.
        line: usize,
        /// Name of the value that would be continued.
        name: &'static str,
        /// Line of that name.
        start: usize,
    },
    /// `insecure` is neither `true` nor `false`.
    NotBoolean {
        /// The line.
        line: usize,
        /// What stands there instead.
        value: String,
    },
}

/// Keys have 32 characters.
const LONGEST_QUOTE: usize = 16;

impl fmt::Display for RcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoApiSection { similar: None } => f.write_str(
                "no section `[api]`; a wyzepalrc has one, with `email`, `key` and `site`",
            ),
            Self::NoApiSection {
                similar: Some(line),
            } => write!(
                f,
                "no section `[api]`; write the header in line {line} exactly so, in lower case and without spaces"
            ),
            Self::BeforeSection { line } => write!(
                f,
                "line {line}: expected a section header; a wyzepalrc starts with `[api]`"
            ),
            Self::NoDelimiter { line } => write!(
                f,
                "line {line}: expected `name = value`, a `[section]`, or a comment that starts with `#`"
            ),
            Self::Continuation { line, name, start } => write!(
                f,
                "line {line}: indented deeper than line {start}, so it would continue the value of `{name}`; \
                 indent both alike"
            ),
            Self::NotBoolean { line, value } if value.len() > LONGEST_QUOTE => write!(
                f,
                "line {line}: `insecure` is a text of {} bytes; write `true` or `false`",
                value.len()
            ),
            Self::NotBoolean { line, value } => write!(
                f,
                "line {line}: `insecure` is {value:?}; write `true` or `false`"
            ),
        }
    }
}

impl Error for RcError {}
