//! The chat as it comes out.
