# Words beside options are terms, and nothing stands for the value of an option that begins with a dash.
complete -c wyzepal-tail -f -a '(__wyzepal_tail_terms)'
complete -c wyzepal-tail -n '__fish_prev_arg_in --narrow' -a '(__wyzepal_tail_terms)'

# What is typed of a value, without the option and the quote before it.
function __wyzepal_tail_typed
    commandline -ct | string replace -r '^(--[a-z-]+=)?["\']?' ''
end

# A tab and no more: else the option's own description would stand beside each value.
function __wyzepal_tail_kinds
    set -l head (string match -r -- '^.*,|^' (__wyzepal_tail_typed))
    printf '%s\t\n' $head(printf '%s\n' message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client)
end

# What stands before the last term stays. A finished beginning is not offered: it would close the quote.
function __wyzepal_tail_terms
    set -l typed (__wyzepal_tail_typed)
    set -l head (string match -r -- '^.*\s-?|^-?' $typed)
    set -l terms channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions (__wyzepal_tail_seen (string sub -s (math 1 + (string length -- "$head")) -- $typed) (commandline -p))
    printf '%s\t\n' "$head"$terms | string match -v -- $typed\t
end

# Terms with the names that earlier runs have seen, for an operator that is typed: of topics those of the channel in
# the line, if it has any.
function __wyzepal_tail_seen -a term line
    set -l operator (string match -r -- '^(?:stream|channel|topic|subject):' "$term")
    or return
    set -l kind channel:
    contains -- $operator topic: subject:; and set kind topic:
    set -l lines
    set -l cache (string match -- '?*' $XDG_CACHE_HOME) ~/.cache
    # A pipe would be waited for.
    for file in $cache[1]/wyzepal-tail/names ~/Library/Caches/wyzepal-tail/names
        test -f $file -a -r $file; and set -a lines (string match -- "$kind*" <$file)
    end
    set -l channel (string match -r -- '(?<=[\s"\'=])(?:stream|channel):[^\s"\']+' "$line" | string replace stream: channel:)
    set -l own (string match -- "* $channel[1]" $lines)
    set -q own[1]; or set own $lines
    string replace -r -- "^$kind(\S*).*" "$operator\$1" $own
end

complete -c wyzepal-tail -s n -l lines -d 'Begin with the last N matching messages' -r -f
complete -c wyzepal-tail -l since -d 'Begin with messages since a time (2h, 10:00, today)' -r -f
complete -c wyzepal-tail -l until -d 'Print only messages before a time, then exit' -r -f
complete -c wyzepal-tail -l cursor-file -d 'Go on where the last run with FILE ended' -r -F
complete -c wyzepal-tail -l queue-ttl -d 'Keep the queue this long without a poll (10m to 7d)' -r -f
complete -c wyzepal-tail -l queue-id -d 'Take over a queue that something else registered' -r -f
complete -c wyzepal-tail -l last-event-id -d 'Go on after this event of the queue (default: -1, all)' -r -f
complete -c wyzepal-tail -s C -l count -d 'Exit after N printed events' -r -f
complete -c wyzepal-tail -s W -l timeout -d 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)' -r -f
complete -c wyzepal-tail -l give-up-after -d 'Exit with 4 if the server is out of reach so long' -r -f
complete -c wyzepal-tail -s o -l output -d 'Print as auto, chat, summary or json (default: auto)' -r -f -a "auto\t'Chat on a terminal, else JSON lines'
chat\t'Conversations, as people read them'
summary\t'One readable line for each event'
json\t'One JSON object for each event'"
complete -c wyzepal-tail -l color -d 'Colour lines: auto, always or never (default: auto)' -r -f -a "auto\t'On a terminal'
always\t'In a pipe as well'
never\t'Not at all'"
complete -c wyzepal-tail -s c -l config -d 'Read address, key and site from this wyzepalrc' -r -F
complete -c wyzepal-tail -l site -d 'Use this server instead of the config file\'s' -r -f
complete -c wyzepal-tail -l user -d 'Use this address instead of the config file\'s' -r -f
complete -c wyzepal-tail -l cert-bundle -d 'Trust these certificates (PEM), not the system\'s' -r -F
complete -c wyzepal-tail -l client-cert -d 'Present this certificate (PEM) to the server' -r -F
complete -c wyzepal-tail -l client-cert-key -d 'Take the key of --client-cert from this file (PEM)' -r -F
complete -c wyzepal-tail -l replay -d 'Print saved JSON lines (- is stdin); no server' -r -F
complete -c wyzepal-tail -l generate -d 'Print man page, completions, or a unit for systemd' -r -f -a "man\t'The manual page, in roff'
bash\t'Completions for bash'
zsh\t'Completions for zsh'
fish\t'Completions for fish'
powershell\t'Completions for PowerShell'
elvish\t'Completions for elvish'
systemd\t'A unit for systemd'"
complete -c wyzepal-tail -s e -l event-types -d 'Print only these kinds (message,reaction,…)' -r -f -a "(__wyzepal_tail_kinds)"
complete -c wyzepal-tail -s E -l exclude-types -d 'Leave these kinds of event out' -r -f -a "(__wyzepal_tail_kinds)"
complete -c wyzepal-tail -l narrow -d 'The same in one argument; repeated: any of them' -r -f -a "(__wyzepal_tail_terms)"
complete -c wyzepal-tail -s m -l messages -d 'Print messages only, as bare message objects'
complete -c wyzepal-tail -l all-public -d 'Include public channels without a subscription'
complete -c wyzepal-tail -l apply-markdown -d 'In JSON, give messages as HTML, not as they were typed'
complete -c wyzepal-tail -l no-catch-up -d 'Do not fetch messages that were missed'
complete -c wyzepal-tail -l fail-on-gap -d 'Exit with 5 when events were lost'
complete -c wyzepal-tail -l once -d 'Print what there is, then exit'
complete -c wyzepal-tail -s f -l follow -d 'Go on with live events, which it does anyway'
complete -c wyzepal-tail -l full -d 'Show whole messages, not just three lines or one'
complete -c wyzepal-tail -l utc -d 'Show times in UTC instead of local time'
complete -c wyzepal-tail -l meta -d 'In JSON, add records of the connection and of gaps'
complete -c wyzepal-tail -l show-secrets -d 'Print credentials in events instead of redacting them'
complete -c wyzepal-tail -s v -l verbose -d 'Say more on stderr; twice: each request'
complete -c wyzepal-tail -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c wyzepal-tail -l insecure -d 'Do not check the server\'s certificate'
complete -c wyzepal-tail -l check -d 'Log in, say what works and what does not, then exit'
complete -c wyzepal-tail -l demo -d 'Tail a small server inside this process; no account'
complete -c wyzepal-tail -s h -l help -d 'Print help: -h on one screen, --help in full'
complete -c wyzepal-tail -s V -l version -d 'Print the version'
