//! Completions that complete values too: lists of kinds with commas between them, and narrows.
//!
//! `clap_complete` knows neither, and an option with its own possible values would refuse kinds that
//! a newer server has. So the generated script gets a mark in the place of such values, and the files
//! beside this one say in the shell's own words what goes there. Not for PowerShell and elvish, for which
//! `clap_complete` (4.6) completes options only.

use clap::Command;
use clap_complete::Shell;

use crate::kind::Kind;

const KINDS: &str = "@KINDS@";
const TERMS: &str = "@TERMS@";

/// What a narrow's term can begin with; those with a colon at the end want a name after it.
const BEGINNINGS: [&str; 11] = [
    "stream:",
    "channel:",
    "topic:",
    "sender:",
    "sender:me",
    "is:private",
    "is:dm",
    "is:mentioned",
    "is:starred",
    "is:unread",
    "is:alerted",
];

/// The script for a shell.
pub fn script(command: Command, shell: Shell) -> String {
    let mut command = command
        .mut_arg("event_types", |list| list.value_parser([KINDS]))
        .mut_arg("exclude_types", |list| list.value_parser([KINDS]))
        .mut_arg("narrow", |terms| terms.value_parser([TERMS]));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "wyzepal-tail", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let script = match shell {
        // The last `complete` counts.
        Shell::Bash => script + include_str!("completion/values.bash"),
        // The script's end calls its function, so ours stand before it.
        Shell::Zsh => script
            .replace("(@KINDS@)", "_wyzepal-tail_kinds")
            .replace("(@TERMS@)", "_wyzepal-tail_terms")
            .replacen(
                "\n_wyzepal-tail() {",
                concat!(
                    "\n",
                    include_str!("completion/values.zsh"),
                    "\n_wyzepal-tail() {"
                ),
                1,
            ),
        Shell::Fish => {
            include_str!("completion/values.fish").to_owned()
                + &script
                    .replace(
                        "@KINDS@\\t''",
                        "(__fish_complete_list , __wyzepal_tail_kinds)",
                    )
                    .replace("@TERMS@\\t''", "(__wyzepal_tail_terms)")
        }
        _ => script,
    };
    script
        .replace(KINDS, &kinds())
        .replace(TERMS, &BEGINNINGS.join(" "))
}

fn kinds() -> String {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;
    use crate::selection::narrow::Narrow;

    #[test]
    fn what_is_offered_for_a_narrow_is_taken() {
        for beginning in BEGINNINGS {
            let term = match beginning.strip_suffix(':') {
                Some(_) => format!("{beginning}1"),
                None => beginning.to_owned(),
            };
            assert!(term.parse::<Narrow>().is_ok(), "{term}");
        }
    }

    #[test]
    fn no_mark_is_left_and_every_kind_is_there_once_values_are_completed() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = script(Cli::command(), shell);
            assert!(
                !script.contains(KINDS) && !script.contains(TERMS),
                "{shell}"
            );
            for kind in Kind::ALL {
                assert!(script.contains(kind.name()), "{shell}: no {kind:?}");
            }
            assert!(script.contains("is:mentioned"), "{shell}");
        }
    }
}
