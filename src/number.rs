//! Whole numbers as options take them: not below a least one, and told in words what is wrong.
//!
//! Not for ages and durations (`since.rs`, `duration.rs`).

use std::error::Error;
use std::fmt;
use std::num::IntErrorKind;

/// Reads numbers that are not below the least one and that the type can hold.
pub fn number_from<T: TryFrom<i128>>(
    least: i64,
) -> impl Fn(&str) -> Result<T, NumberError> + Clone {
    move |text| match text.parse::<i128>() {
        Ok(number) if number >= i128::from(least) => {
            T::try_from(number).map_err(|_| NumberError::TooLarge)
        }
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err(NumberError::TooLarge),
        _ => Err(NumberError::Unfit { least }),
    }
}

/// Why a text is no such number. The text itself is quoted by clap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// No number, or one that is too small.
    Unfit {
        /// The least that is taken.
        least: i64,
    },
    /// More than the type can hold.
    TooLarge,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit { least } => write!(f, "needs a number of {least} or more"),
            Self::TooLarge => f.write_str("the number is too large"),
        }
    }
}

impl Error for NumberError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_from_the_least_one_to_what_the_type_holds() {
        let unfit = |least| Err(NumberError::Unfit { least });
        let too_large = Err(NumberError::TooLarge);
        for (text, least, expected) in [
            ("1", 1, Ok(1)),
            ("0", 1, unfit(1)),
            ("0", 0, Ok(0)),
            ("-1", 0, unfit(0)),
            ("255", 1, Ok(255)),
            ("256", 1, too_large),
            (&"9".repeat(60), 1, too_large),
            (&format!("-{}", "9".repeat(60)), 1, unfit(1)),
            ("", 1, unfit(1)),
            ("ten", 1, unfit(1)),
            ("1.5", 0, unfit(0)),
            ("1e3", 0, unfit(0)),
        ] {
            assert_eq!(number_from::<u8>(least)(text), expected, "{text:?}");
        }
        assert_eq!(number_from::<i64>(-1)("-1"), Ok(-1));
        let below = NumberError::Unfit { least: -1 };
        assert_eq!(number_from::<i64>(-1)("-2"), Err(below));
    }
}
