//! What the help says before and after the options: examples, environment, files, exit codes.
//!
//! Not for the options' own texts (`cli`). A line that ends with a colon and is not indented becomes a
//! section of the man page.

use crate::error::exit_code_table;

/// For `-h`: enough to begin with.
pub const FIRST_EXAMPLES: &str = "\
Examples:
  wyzepal-tail --demo        no account needed
  wyzepal-tail --narrow stream:ops | jq -r .message.content
  wyzepal-tail -n 20 --narrow is:mentioned --narrow is:private";

/// Before the options in `--help`, after them in the man page.
pub const EXAMPLES: &str = "\
Examples:
  wyzepal-tail --demo
      Watch a small server inside this process; no account needed
  wyzepal-tail --narrow stream:ops | jq -r .message.content
      The text of each message in a channel
  wyzepal-tail -n 20 --narrow is:mentioned --narrow is:private
      What is addressed to you: the last 20, then each new one
  wyzepal-tail --narrow sender:ci-bot@x.org -C 1 -W 10m && ./release
      Wait for one message, ten minutes at most
  wyzepal-tail -e message --once --cursor-file ~/.wt.cur >>~/log.jsonl
      From cron: what came since the last run
  wyzepal-tail --replay ~/log.jsonl --narrow topic:deploy --full
      What was saved, once more and readable
  wyzepal-tail --config <(pass show wyzepal/bot) -E presence,typing
      Everything but noise, with the key from a password store
  wyzepal-tail --check --narrow stream:ops
      Why is nothing printed?";

/// What follows the options in `--help` and in the man page.
pub fn epilogue() -> String {
    format!(
        "\
Environment:
  WYZEPAL_CONFIG               the wyzepalrc to read
  WYZEPAL_EMAIL, WYZEPAL_API_KEY, WYZEPAL_SITE
                               instead of the file's values
  WYZEPAL_CERT, WYZEPAL_CERT_KEY, WYZEPAL_CERT_BUNDLE
                               client certificate, its key, CA file
  WYZEPAL_ALLOW_INSECURE       true: check no certificate
  ZULIP_...                    these, where WYZEPAL_... is not set
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                               the way to the server
  SSL_CERT_FILE, SSL_CERT_DIR  the system's certificates
  NO_COLOR, CLICOLOR_FORCE, TERM, TZ
                               colours and local time

Files:
  ~/.wyzepalrc    [api] with email, key and site, as downloaded from the
                  server's settings; keep it to yourself (chmod 600).
                  Where else it can be: --config

Exit codes:
{}

See also:
  jq(1), https://zulip.com/api/real-time-events",
        exit_code_table()
    )
}
