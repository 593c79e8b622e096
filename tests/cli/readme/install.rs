//! What builds, packs and installs the program.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use super::duty::UNIT;
use super::{blocks_of, path};
use crate::support::repository::text;
use crate::support::run::{Home, PROGRAM, Tail};

/// Commands that a test cannot run, and what stands for them.
pub const ELSEWHERE: [(&str, fn()); 10] = [
    ("cargo run -- --demo", || {
        let checks = text(".ci/run");
        assert!(
            checks.contains("cargo run --locked --quiet -- --demo --count"),
            ".ci/run does not run the demo with cargo"
        );
    }),
    ("cargo install --path . --locked", || {
        let name = "name = \"wyzepal-tail\"";
        assert!(
            text("Cargo.lock").contains(name),
            "Cargo.lock has no {name}"
        );
        let program = format!("[[bin]]\n{name}");
        assert!(
            text("Cargo.toml").contains(&program),
            "Cargo.toml has no {program}"
        );
    }),
    (
        "sudo apt install dpkg-dev && cargo install cargo-deb --locked",
        || {
            let manifest = text("Cargo.toml");
            let section = "[package.metadata.deb]";
            assert!(manifest.contains(section), "Cargo.toml has no {section}");
            // It finds the libraries that the package needs.
            assert!(manifest.contains("depends = \"$auto\""));
        },
    ),
    ("cargo deb --locked", || {
        let files: Vec<String> = packed()
            .into_iter()
            .filter(|file| !file.starts_with("target/"))
            .collect();
        assert!(files.len() >= 6, "Cargo.toml packs only {files:?}");
        for file in files {
            assert!(
                !text(&file).is_empty(),
                "Cargo.toml packs {file}, which is empty"
            );
        }
    }),
    (
        "sudo apt install ./target/debian/wyzepal-tail_*.deb",
        || {
            let files = packed();
            assert!(
                files.contains(&"target/release/wyzepal-tail".to_owned()),
                "Cargo.toml does not pack the program: {files:?}"
            );
        },
    ),
    (
        "sudo install ~/.cargo/bin/wyzepal-tail /usr/local/bin/",
        || assert!(text(UNIT).contains("\nExecStart=wyzepal-tail ")),
    ),
    (
        "wyzepal-tail --generate systemd | sudo install -m 644 /dev/stdin /etc/systemd/system/wyzepal-tail.service",
        || {
            assert!(UNIT.ends_with("/wyzepal-tail.service"));
            // What a removed package leaves there until it is purged, and what `tee` would write to.
            let home = Home::new();
            symlink("/dev/null", home.path("unit")).expect("a masked unit");
            let script =
                "set -o pipefail; \"$0\" --generate systemd | install -m 644 /dev/stdin unit";
            Tail::new("")
                .home(&home)
                .program("bash")
                .args(["-c", script, PROGRAM])
                .run();
            let installed = fs::read_to_string(home.path("unit")).expect("a unit");
            assert_eq!(installed, text(UNIT));
        },
    ),
    (
        "sudo install -D -m 600 ~/.wyzepalrc /etc/wyzepal/wyzepalrc",
        || {
            let account = "\nLoadCredential=wyzepalrc:/etc/wyzepal/wyzepalrc\n";
            assert!(text(UNIT).contains(account), "{UNIT} has no {account}");
        },
    ),
    ("sudo systemctl enable --now wyzepal-tail", || {
        let section = "\n[Install]\nWantedBy=multi-user.target\n";
        assert!(text(UNIT).contains(section), "{UNIT} has no {section}");
    }),
    ("cargo test --locked", || {
        let checks = text(".ci/run");
        assert!(
            checks.contains("s/^\\(cargo test.*\\)$/\\1/p' README.md"),
            ".ci/run does not take this command from README.md"
        );
    }),
];

/// What puts the man page and completions into the home folder, and where they are then.
const FILES: [&str; 4] = [
    ".cargo/share/man/man1/wyzepal-tail.1",
    ".local/share/bash-completion/completions/wyzepal-tail",
    ".zfunc/_wyzepal-tail",
    ".config/fish/completions/wyzepal-tail.fish",
];

/// The files that go into the Debian package.
fn packed() -> Vec<String> {
    text("Cargo.toml")
        .lines()
        .skip_while(|line| *line != "assets = [")
        .take_while(|line| *line != "]")
        .filter_map(|line| line.split('"').nth(1))
        .map(str::to_owned)
        .collect()
}

#[test]
fn commands_that_build_are_run_by_the_checks_of_the_repository() {
    for (_, check) in ELSEWHERE {
        check();
    }
}

#[test]
fn the_changes_of_this_version_are_told() {
    let version = env!("CARGO_PKG_VERSION");
    for (file, heading) in [
        ("CHANGELOG.md", format!("\n## {version}\n")),
        (
            "completions/debian/changelog",
            format!("wyzepal-tail ({version}-0upstream1) "),
        ),
    ] {
        assert!(text(file).contains(&heading), "{file} has no {heading}");
    }
}

/// Whether these commands are those that put files in their places.
pub fn installs_files(commands: &str) -> bool {
    FILES
        .iter()
        .all(|file| commands.contains(&format!(">~/{file}")))
}

#[test]
fn the_manual_and_completions_come_to_where_they_are_looked_for() {
    let commands = blocks_of("sh")
        .into_iter()
        .find(|body| installs_files(body))
        .expect("README.md has commands that put files in their places");
    let home = Home::new();
    let run = |shell: &str, how: &str, script: &str, expected: &str| {
        Tail::new("")
            .home(&home)
            .program(shell)
            .args([how, script])
            .env("PATH", path(&home))
            .stdout(expected)
            .run();
    };
    run("sh", "-c", &format!("set -e\n{commands}"), "");
    for file in FILES {
        let text = fs::read_to_string(home.path(file)).expect(file);
        assert!(
            text.contains("narrow"),
            "the commands of README.md wrote no options to {file}"
        );
    }
    for (shell, how, script, expected) in [
        (
            "zsh",
            "-ic",
            "echo $_comps[wyzepal-tail]",
            "_wyzepal-tail\n",
        ),
        (
            "fish",
            "-c",
            "complete -C 'wyzepal-tail --narr' | cut -f1",
            "--narrow\n",
        ),
    ] {
        // They are no part of every machine.
        if Command::new(shell).arg("--version").output().is_ok() {
            run(shell, how, script, expected);
        }
    }
}
