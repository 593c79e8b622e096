//! A usage error as the one line that all errors are.

/// What went wrong and the tips, of what clap says; without the usage that follows.
pub fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut parts: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    let stray =
        text.starts_with("unexpected argument '") && !text.starts_with("unexpected argument '-");
    if stray {
        parts.retain(|part| !part.starts_with("tip:"));
        parts.push("there are no positional arguments; did you mean --narrow TERMS?");
    }
    // What a line announces with a colon stands in the next ones.
    parts.join("; ").replace(":; ", ": ")
}
