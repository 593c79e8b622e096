//! Lists as lines need them: the first things, and how many there are.
//!
//! An event may be a list of 64 MiB; as a `Vec` it would take many times its text.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What is kept at most: enough to learn the names of an organization's channels.
const MOST: usize = 2000;

/// The beginning of a list.
#[derive(Debug)]
pub struct Few<T> {
    /// The first things; nearly always all of them.
    pub first: Vec<T>,
    /// How many there are in all.
    pub len: usize,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Few {
            first: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Few<T> {
    /// A list of one.
    pub fn one(item: T) -> Few<T> {
        Few {
            first: vec![item],
            len: 1,
        }
    }
}

/// The first things of any list, for those who show them.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a, T> {
    /// The first things.
    pub first: &'a [T],
    /// How many there are in all.
    pub len: usize,
}

impl<'a, T> From<&'a Few<T>> for Beginning<'a, T> {
    fn from(few: &'a Few<T>) -> Self {
        Beginning {
            first: &few.first,
            len: few.len,
        }
    }
}

impl<'a, T> From<&'a Vec<T>> for Beginning<'a, T> {
    fn from(all: &'a Vec<T>) -> Self {
        Beginning {
            first: all,
            len: all.len(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taker<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Taker<T> {
            type Value = Few<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut few = Few::default();
                while few.len < MOST {
                    match list.next_element()? {
                        Some(item) => few.first.push(item),
                        None => return Ok(few),
                    }
                    few.len += 1;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    few.len += 1;
                }
                Ok(few)
            }
        }
        deserializer.deserialize_seq(Taker(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::{Few, MOST};

    #[test]
    fn a_long_list_is_counted_and_not_kept() {
        for (items, kept) in [(0, 0), (3, 3), (MOST, MOST), (MOST + 5, MOST)] {
            let list = vec!["7"; items].join(",");
            let few: Few<i64> = serde_json::from_str(&format!("[{list}]")).unwrap();
            assert_eq!((few.first.len(), few.len), (kept, items));
        }
        assert!(serde_json::from_str::<Few<i64>>("[1,\"a\"]").is_err());
    }
}
