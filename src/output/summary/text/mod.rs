//! What people wrote, made readable on a terminal: emoji for their names, text for HTML.

pub mod content;
pub mod emoji;
pub mod html;
pub mod markdown;
