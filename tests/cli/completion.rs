//! What the committed completions do in the shells that this machine has; bash is always there.
//!
//! Not for what they must hold (`docs.rs`), which is all that is tested of PowerShell's: it is not run.

use std::fs;
use std::process::Command;

use crate::support::run::{Expected, Home, Tail};

/// The path of a committed file.
fn committed(file: &str) -> String {
    format!("{}/completions/{file}", env!("CARGO_MANIFEST_DIR"))
}

fn is_installed(shell: &str) -> bool {
    Command::new(shell).arg("--version").output().is_ok()
}

/// A home with the names that earlier runs have seen, those of two accounts.
fn home() -> Home {
    let home = Home::new();
    fs::create_dir_all(home.path(".cache/wyzepal-tail")).expect("a folder");
    home.write(
        ".cache/wyzepal-tail/names",
        "# https://chat.example.com me@example.com\nchannel:Denmark\ntopic:lunch+plans channel:Denmark\n\
         # https://chat.example.org me@example.org\nchannel:españa\ntopic:C%2B%2B channel:españa\n",
    );
    home
}

/// A line up to the cursor, what bash takes for the word to replace there, and all that it offers.
const BASH: [(&str, &str, &str); 31] = [
    ("--narr", "--narr", "--narrow"),
    ("-e reac", "reac", "reaction"),
    ("-E message,reac", "message,reac", "message,reaction"),
    ("--event-types=reac", "reac", "reaction"),
    ("--narrow str", "str", "stream:"),
    // Two, or bash would close the quote.
    ("--narrow 'str", "str", "stream: stream: "),
    ("--narrow is:men", "men", "mentioned"),
    ("--narrow=is:men", "men", "mentioned"),
    ("--narrow -is:s", "s", "starred"),
    (
        "--narrow 'stream:ops -is:s",
        "stream:ops -is:s",
        "stream:ops -is:starred",
    ),
    ("--narrow 'stream:ops -is:s", "s", "starred"),
    ("-o js", "js", "json"),
    ("--color a", "a", "auto always"),
    ("--generate=el", "el", "elvish"),
    // Terms without the option.
    ("str", "str", "stream:"),
    ("-q -is:s", "s", "starred"),
    ("'stream:ops -is:s", "s", "starred"),
    ("-n 5 is:men", "men", "mentioned"),
    ("--since str", "str", "str"),
    // Names that were seen.
    ("topic:", "", "lunch+plans C%2B%2B"),
    ("topic:lu", "lu", "lunch+plans"),
    ("-q -subject:lunch+p", "lunch+p", "lunch+plans"),
    ("--narrow stream:", "", "Denmark españa"),
    ("--narrow=channel:De", "De", "Denmark"),
    ("--narrow 'stream:Denmark topic:lu", "lu", "lunch+plans"),
    ("sender:", "", "me"),
    // Topics of the channel in the line, if it has some.
    ("-q stream:Denmark topic:", "", "lunch+plans"),
    ("--narrow=channel:españa subject:", "", "C%2B%2B"),
    ("'channel:españa topic:", "", "C%2B%2B"),
    ("-channel:Denmark topic:", "", "lunch+plans C%2B%2B"),
    ("channel:Den topic:", "", "lunch+plans C%2B%2B"),
];

#[test]
fn bash_completes_options_and_values() {
    const SCRIPT: &str = "source $3; compopt() { :; }; COMP_LINE=$1 COMP_POINT=${#1}; \
         set -f; COMP_WORDS=(${1//=/ = }); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); \
         $(complete -p wyzepal-tail | sed 's/.* -F \\([^ ]*\\).*/\\1/') wyzepal-tail \"$2\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
         echo \"${COMPREPLY[@]}\"";
    let home = home();
    for (typed, word, offered) in BASH {
        let line = format!("wyzepal-tail {typed}");
        Tail::new("")
            .home(&home)
            .program("bash")
            .args([
                "-c",
                SCRIPT,
                "bash",
                &line,
                word,
                &committed("wyzepal-tail.bash"),
            ])
            .stdout(format!("{offered}\n"))
            .run();
    }
}

/// What bash and fish read of the file with names.
fn assert_names(home: &Home, expected: &str) {
    const BASH: &str = "source \"$1\"; _wyzepal__tail__seen topic:";
    const FISH: &str = "source $argv[2]; __wyzepal_tail_seen topic:; true";
    for (shell, script, file) in [
        ("bash", BASH, "wyzepal-tail.bash"),
        ("fish", FISH, "wyzepal-tail.fish"),
    ] {
        if is_installed(shell) {
            Tail::new("")
                .home(home)
                .env("XDG_CACHE_HOME", "")
                .program(shell)
                .args(["-c", script, shell, &committed(file)])
                .stdout(expected)
                .run();
        }
    }
}

#[test]
fn a_folder_that_is_set_to_nothing_is_the_usual_one() {
    assert_names(&home(), "topic:lunch+plans\ntopic:C%2B%2B\n");
}

#[test]
fn a_pipe_in_the_place_of_the_names_is_not_waited_for() {
    let home = Home::new();
    fs::create_dir_all(home.path(".cache/wyzepal-tail")).expect("a folder");
    home.fifo(".cache/wyzepal-tail/names");
    assert_names(&home, "");
}

/// A line up to the cursor, and all that fish would have instead of its last word.
const FISH: [(&str, &[&str]); 26] = [
    ("--narr", &["--narrow"]),
    ("-e reac", &["reaction"]),
    ("-e message,reac", &["message,reaction"]),
    ("-E 'message,reac", &["message,reaction"]),
    ("--event-types=reac", &["--event-types=reaction"]),
    ("--narrow str", &["stream:"]),
    ("--narrow=is:men", &["--narrow=is:mentioned"]),
    ("--narrow -is:s", &["-is:starred"]),
    ("--narrow 'stream:ops -is:s", &["stream:ops -is:starred"]),
    ("--color a", &["always", "auto"]),
    ("--generate=el", &["--generate=elvish"]),
    ("--config .wyzepal", &[".wyzepalrc"]),
    // Terms without the option.
    ("str", &["stream:"]),
    ("-q -is:s", &["-is:starred"]),
    ("-n 5 'stream:ops is:men", &["stream:ops is:mentioned"]),
    // Names that were seen.
    ("topic:", &["topic:C%2B%2B", "topic:lunch+plans"]),
    ("-q -subject:lu", &["-subject:lunch+plans"]),
    ("--narrow stream:De", &["stream:Denmark"]),
    ("--narrow=channel:esp", &["--narrow=channel:españa"]),
    (
        "--narrow 'stream:Denmark topic:lu",
        &["stream:Denmark topic:lunch+plans"],
    ),
    ("sender:", &["sender:me"]),
    // Topics of the channel in the line, if it has some.
    ("-q stream:Denmark topic:", &["topic:lunch+plans"]),
    ("--narrow=channel:españa subject:", &["subject:C%2B%2B"]),
    ("'channel:españa topic:", &["channel:españa topic:C%2B%2B"]),
    (
        "-channel:Denmark topic:",
        &["topic:C%2B%2B", "topic:lunch+plans"],
    ),
    (
        "channel:Den topic:",
        &["topic:C%2B%2B", "topic:lunch+plans"],
    ),
];

#[test]
fn fish_completes_options_and_values() {
    const SCRIPT: &str = "cd; source $argv[1]; complete -C \"wyzepal-tail $argv[2]\" | cut -f1";
    if !is_installed("fish") {
        return;
    }
    let home = home();
    for (typed, offered) in FISH {
        let offered = offered.join("\n") + if offered.is_empty() { "" } else { "\n" };
        Tail::new("")
            .home(&home)
            .program("fish")
            .args(["-c", SCRIPT, &committed("wyzepal-tail.fish"), typed])
            .stdout(offered)
            .run();
    }
}

/// What is typed before Tab, and the line after it in zsh.
const ZSH: [(&str, &str); 22] = [
    ("--narr", "--narrow="),
    ("-e reac", "-e reaction,"),
    ("-e message,reac", "-e message,reaction,"),
    ("-E 'message,reac", "-E 'message,reaction,"),
    ("--event-types=reac", "--event-types=reaction,"),
    ("--narrow str", "--narrow stream:"),
    ("--narrow=is:men", "--narrow=is:mentioned "),
    ("--narrow -is:s", "--narrow -is:starred "),
    (
        "--narrow 'stream:ops -is:s",
        "--narrow 'stream:ops -is:starred",
    ),
    ("--color al", "--color always "),
    ("-mo js", "-mo json "),
    // Terms without the option.
    ("str", "stream:"),
    ("-q -is:s", "-q -is:starred "),
    // Names that were seen.
    ("topic:lu", "topic:lunch+plans "),
    ("-q topic:C", "-q topic:C%2B%2B "),
    ("--narrow stream:De", "--narrow stream:Denmark "),
    ("--narrow=channel:esp", "--narrow=channel:españa "),
    (
        "--narrow 'is:dm topic:lu",
        "--narrow 'is:dm topic:lunch+plans",
    ),
    // Topics of the channel in the line, if it has some.
    (
        "-q stream:Denmark topic:",
        "-q stream:Denmark topic:lunch+plans ",
    ),
    (
        "--narrow 'channel:españa topic:",
        "--narrow 'channel:españa topic:C%2B%2B",
    ),
    ("-channel:Denmark topic:", "-channel:Denmark topic:"),
    ("channel:Den topic:C", "channel:Den topic:C%2B%2B "),
];

#[test]
fn zsh_completes_options_and_values() {
    // An inner zsh has a terminal of its own and gets the keys; ^X prints and clears its line, without waiting
    // for a second key.
    const SCRIPT: &str = r#"
        zmodload zsh/zpty
        zpty shell "TERM=dumb zsh -f -i"
        zpty -w shell "PS1=; KEYTIMEOUT=1; autoload -U compinit; compinit -D -u; source $1
            show() { print -rn -- \"<<\$BUFFER>>\"; BUFFER= }; zle -N show; bindkey '^X' show; print RE''ADY"
        zpty -r shell seen '*READY*'
        for line in "${@:2}"; do
            zpty -n -w shell "wyzepal-tail $line"$'\t\x18'
            zpty -r shell seen '*<<*>>'
            print -r -- "${${seen##*<<}%>>*}|"
        done"#;
    if !is_installed("zsh") {
        return;
    }
    let lines = ZSH.map(|(_, line)| format!("wyzepal-tail {line}|\n"));
    Tail::new("")
        .home(&home())
        .env("LANG", "C.UTF-8")
        .program("zsh")
        .args(["-f", "-c", SCRIPT, "zsh", &committed("_wyzepal-tail")])
        .args(ZSH.map(|(typed, _)| typed))
        .stdout(lines.concat())
        .run();
}

/// The words behind the command in elvish, and all that is offered for the last one.
const ELVISH: [(&str, &str); 12] = [
    ("--narr", "--narrow"),
    ("-e reac", "reaction"),
    ("-E message,reac", "message,reaction"),
    (
        "--event-types=message,reac",
        "--event-types=message,reaction",
    ),
    ("--narrow str", "stream:"),
    ("--narrow=is:men", "--narrow=is:mentioned"),
    ("--narrow -is:s", "-is:starred"),
    ("--narrow 'stream:ops -is:s'", "stream:ops -is:starred"),
    ("--color a", "auto|always"),
    ("--generate=el", "--generate=elvish"),
    ("--config ~/.wyz", "~/.wyzepalrc"),
    ("-n ''", ""),
];

#[test]
fn elvish_completes_options_and_values() {
    // Its editor is there only on a terminal, and matches what the completer gives with what is typed.
    const PROLOGUE: &str = "
        use str
        fn offered {|@words|
            $edit:completion:arg-completer[wyzepal-tail] wyzepal-tail $@words | each {|it|
                var text = (if (eq (kind-of $it) string) { put $it } else { put $it[stem] })
                if (str:has-prefix $text $words[-1]) { put $text }
            } | str:join '|' | echo '<'(one)'>'
        }";
    if !is_installed("elvish") || !is_installed("script") {
        return;
    }
    let home = Home::new();
    let in_home = |text: &str| text.replace('~', &home.path("").to_string_lossy());
    let calls = ELVISH.map(|(words, _)| format!("offered {}\n", in_home(words)));
    let offers = ELVISH.map(|(_, offered)| format!("<{}>", in_home(offered)));
    // After a failure it would wait for a user.
    let rc = format!(
        "try {{ eval (slurp < '{}'); {PROLOGUE}\n{} }} catch failure {{ pprint $failure }}\nexit",
        committed("wyzepal-tail.elv"),
        calls.concat()
    );
    let rc = home.write("rc.elv", &rc);
    Tail::new("")
        .home(&home)
        .program("script")
        .args(["-qec", &format!("elvish -rc {}", rc.display()), "/dev/null"])
        .stdout(Expected::like(move |text| {
            let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
            lines == offers
        }))
        .run();
}
