//! One-line recipes, each run in a world in which all happens that they look for.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::{happenings, path};
use crate::support::model::{Model, Post};
use crate::support::reply::Reply;
use crate::support::repository::text;
use crate::support::run::{Expected, Home, Tail};
use crate::support::terminal::without_colors;

/// How a command comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Like `tail -f`: by somebody else.
    Never,
    /// With 0, when it has what it waited for.
    Done,
    /// With 0, when there is no more; it has no queue.
    Drained,
}

/// A command, what is on the screen by then, what must not be, and its end.
type Recipe = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    End,
);

const RECIPES: [Recipe; 12] = [
    (
        "sh",
        "wyzepal-tail",
        &["#Denmark › castle\n", "in Denmark"],
        &["typing"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail stream:Denmark | jq -r .message.content",
        &["in Denmark\n", "deployed\n"],
        &["in Verona", "to you", "{"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --full stream:Denmark -sender:me",
        &["in Denmark", "deployed"],
        &["in Verona", "to you", "by me"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail -n 20 --narrow is:mentioned --narrow is:private",
        &["to you earlier", "to you\n", "about you"],
        &["in Denmark", "in Verona", "in ops"],
        End::Never,
    ),
    (
        "sh",
        r#"jq -r 'select(.type=="message").message.display_recipient|strings' log.jsonl | sort | uniq -c"#,
        &["1 Verona\n", "1 ops\n"],
        &[],
        End::Drained,
    ),
    (
        "bash",
        r#"wyzepal-tail -m --narrow is:mentioned --narrow is:private | jq --unbuffered -r '"\(.sender_full_name): \(.content)"|gsub("\n";" ")' | while IFS= read -r line; do notify-send -- "$line"; done"#,
        &[
            "notify-send -- Othello: to you\n",
            "notify-send -- Othello: about you\n",
        ],
        &["in Denmark"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail -m --narrow topic:deploy -C 1 -W 10m --give-up-after 1m; case $? in 0) echo released;; 124) echo nothing yet;; 4) echo no server;; esac",
        &["deployed\n", "released\n"],
        &["nothing", "no server"],
        End::Done,
    ),
    (
        "sh",
        "wyzepal-tail -m | jq -r '[.timestamp,.sender_full_name,.content]|@tsv'",
        &[
            "1795356000\tOthello\tin Denmark\n",
            "1795356000\tCI\tdeployed\n",
        ],
        &["typing"],
        End::Never,
    ),
    (
        "sh",
        "wyzepal-tail --narrow 'sender:ci-bot@example.com topic:deploy' -C 1 -W 10m >/dev/null && echo released",
        &["released\n"],
        &["deployed"],
        End::Done,
    ),
    (
        "sh",
        "wyzepal-tail --once --since 1d --narrow stream:ops -m",
        &["in ops earlier"],
        &["to you", "in ops long ago"],
        End::Drained,
    ),
    (
        "sh",
        "wyzepal-tail --replay log.jsonl --narrow stream:ops -o summary",
        &["#ops > deploy  Bo: saved in ops\n"],
        &["saved in Verona", "in ops earlier"],
        End::Drained,
    ),
    (
        "sh",
        "pass show wyzepal/bot | wyzepal-tail --config - -E presence,typing",
        &["in Denmark", "to you"],
        &["typing"],
        End::Never,
    ),
];

/// The shell and the command of each.
pub fn commands() -> impl Iterator<Item = (&'static str, &'static str)> {
    RECIPES
        .into_iter()
        .map(|(shell, command, ..)| (shell, command))
}

/// What an earlier run has saved in `log.jsonl`.
const SAVED: &str = r#"{"type":"message","message":{"type":"stream","display_recipient":"ops","subject":"deploy","sender_full_name":"Bo","timestamp":1795356000,"content":"saved in ops"},"flags":[],"id":0}
{"type":"message","message":{"type":"stream","display_recipient":"Verona","subject":"castle","sender_full_name":"Bo","timestamp":1795356000,"content":"saved in Verona"},"flags":[],"id":1}
"#;

/// What was said before the command is started: now, by the clock that the command has, and before.
fn past() -> Vec<Post> {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time after 1970");
    let now = i64::try_from(since_1970.as_secs()).expect("a time");
    vec![
        Post::new("ops", "deploy", "in ops long ago").at(now - 2 * 86_400),
        Post::new("ops", "deploy", "in ops earlier").at(now - 3600),
        Post::direct("to you earlier").at(now - 3600),
    ]
}

#[track_caller]
fn require_jq() {
    let version = Command::new("jq").arg("--version").output();
    assert!(
        version.is_ok_and(|output| output.status.success()),
        "jq is missing, and without it the README's recipes cannot be tried: install it (apt-get install jq)"
    );
}

/// The commands between backticks in the README's text; those with a bar are for shells that are not here.
fn inline_commands() -> Vec<String> {
    let readme = text("README.md");
    let mut commands = Vec::new();
    let mut is_fenced = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            let parts: Vec<&str> = line.split('`').collect();
            assert!(
                parts.len() % 2 == 1,
                "README.md: a lonely backtick in {line}"
            );
            let code = parts.into_iter().skip(1).step_by(2);
            let is_command =
                |text: &&str| text.starts_with("wyzepal-tail -") && !text.contains('|');
            commands.extend(code.filter(is_command).map(str::to_owned));
        }
    }
    commands
}

#[test]
fn commands_in_the_text_end_well() {
    let (model, home) = (Model::new(), Home::new());
    let commands = inline_commands();
    assert!(commands.len() > 4, "{commands:?}");
    for command in commands {
        Tail::new(&model.site())
            .home(&home)
            .program("sh")
            .args(["-c", &command])
            .env("PATH", path(&home))
            .env("WYZEPAL_TAIL_OPTS", "-C 1")
            .stdout(Expected::like(|text| !text.is_empty()))
            .run();
    }
}

#[test]
fn narrows_of_the_table_are_some() {
    let readme = text("README.md");
    let rows = readme
        .lines()
        .skip_while(|line| *line != "| what you have | narrow |");
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split(" | ").nth(1));
    let narrows: Vec<&str> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(narrows.len() > 5, "{narrows:?}");
    let home = Home::new();
    for narrow in narrows {
        Tail::new("https://chat.example.com")
            .program("sh")
            .args(["-c", &format!("wyzepal-tail --replay /dev/null {narrow}")])
            .env("PATH", path(&home))
            .run();
    }
}

#[test]
fn the_recipes_print_what_they_promise() {
    require_jq();
    for (shell, command, wanted, unwanted, end) in RECIPES {
        let model = Model::new();
        for post in past() {
            model.send(post);
        }
        let home = Home::new();
        home.write("log.jsonl", SAVED);
        let running = Tail::new(&model.site())
            .home(&home)
            .program(shell)
            .args(["-c", command])
            .env("PATH", path(&home))
            .on_terminal(100, 40)
            .start();
        if end != End::Drained {
            model.wait_all_idle(1);
            for post in happenings() {
                model.send(post);
            }
            model.send_event(&json!({ "type": "typing", "op": "start" }));
            model.send_event(&json!({
                "type": "reaction", "op": "add", "user_id": 5, "emoji_name": "tada",
            }));
        }
        if end == End::Never {
            model.wait_idle();
            // Nothing but the end of its account ends it in good order, and its pipe with it.
            model.break_parked(&Reply::error(401, "UNAUTHORIZED", "Account is deactivated"));
        }
        let exit = running.wait_exit();
        let screen = without_colors(&exit.stdout);
        for part in wanted {
            assert!(
                screen.contains(part),
                "README.md: {command}: no {part:?}\n{exit}"
            );
        }
        for part in unwanted {
            assert!(
                !screen.contains(part),
                "README.md: {command}: {part:?}\n{exit}"
            );
        }
        match end {
            End::Done | End::Drained => assert_eq!(
                (exit.code, exit.stderr.as_str()),
                (Some(0), ""),
                "README.md: {command}\n{exit}"
            ),
            End::Never => assert!(
                exit.stderr.contains("Account is deactivated"),
                "README.md: {command}\n{exit}"
            ),
        }
    }
}
