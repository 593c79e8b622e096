
use builtin;
use str;

set edit:completion:arg-completer[wyzepal-tail] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'wyzepal-tail'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'wyzepal-tail'= {
            cand -n 'Begin with the last N matching messages'
            cand --lines 'Begin with the last N matching messages'
            cand --since 'Begin with messages since a time (2h, 10:00, today)'
            cand --until 'Print only messages before a time, then exit'
            cand --cursor-file 'Go on where the last run with FILE ended'
            cand --queue-ttl 'Keep the queue this long without a poll (10m to 7d)'
            cand --queue-id 'Take over a queue that something else registered'
            cand --last-event-id 'Go on after this event of the queue (default: -1, all)'
            cand -C 'Exit after N printed events'
            cand --count 'Exit after N printed events'
            cand -W 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)'
            cand --timeout 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)'
            cand --give-up-after 'Exit with 4 if the server is out of reach so long'
            cand -o 'Print as auto, chat, summary or json (default: auto)'
            cand --output 'Print as auto, chat, summary or json (default: auto)'
            cand --color 'Colour lines: auto, always or never (default: auto)'
            cand -c 'Read address, key and site from this wyzepalrc'
            cand --config 'Read address, key and site from this wyzepalrc'
            cand --site 'Use this server instead of the config file''s'
            cand --user 'Use this address instead of the config file''s'
            cand --cert-bundle 'Trust these certificates (PEM), not the system''s'
            cand --client-cert 'Present this certificate (PEM) to the server'
            cand --client-cert-key 'Take the key of --client-cert from this file (PEM)'
            cand --replay 'Print saved JSON lines (- is stdin); no server'
            cand --generate 'Print man page, completions, or a unit for systemd'
            cand -e 'Print only these kinds (message,reaction,…)'
            cand --event-types 'Print only these kinds (message,reaction,…)'
            cand -E 'Leave these kinds of event out'
            cand --exclude-types 'Leave these kinds of event out'
            cand --narrow 'The same in one argument; repeated: any of them'
            cand -m 'Print messages only, as bare message objects'
            cand --messages 'Print messages only, as bare message objects'
            cand --all-public 'Include public channels without a subscription'
            cand --apply-markdown 'In JSON, give messages as HTML, not as they were typed'
            cand --no-catch-up 'Do not fetch messages that were missed'
            cand --fail-on-gap 'Exit with 5 when events were lost'
            cand --once 'Print what there is, then exit'
            cand -f 'Go on with live events, which it does anyway'
            cand --follow 'Go on with live events, which it does anyway'
            cand --full 'Show whole messages, not just three lines or one'
            cand --utc 'Show times in UTC instead of local time'
            cand --meta 'In JSON, add records of the connection and of gaps'
            cand --show-secrets 'Print credentials in events instead of redacting them'
            cand -v 'Say more on stderr; twice: each request'
            cand --verbose 'Say more on stderr; twice: each request'
            cand -q 'Say nothing on stderr but errors'
            cand --quiet 'Say nothing on stderr but errors'
            cand --insecure 'Do not check the server''s certificate'
            cand --check 'Log in, say what works and what does not, then exit'
            cand --demo 'Tail a small server inside this process; no account'
            cand -h 'Print help: -h on one screen, --help in full'
            cand --help 'Print help: -h on one screen, --help in full'
            cand -V 'Print the version'
            cand --version 'Print the version'
        }
    ]
    $completions[$command]
}

# Options that take a value, those that take the same in one row.
use re
var rows = '-n --lines:
--since:
--until:
--cursor-file: FILE
--queue-ttl:
--queue-id:
--last-event-id:
-C --count:
-W --timeout:
--give-up-after:
-o --output: auto chat summary json
--color: auto always never
-c --config: FILE
--site:
--user:
--cert-bundle: FILE
--client-cert: FILE
--client-cert-key: FILE
--replay: FILE
--generate: man bash zsh fish powershell elvish systemd
-e --event-types: message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client
-E --exclude-types: message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client
--narrow: channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions'
var options~ = $edit:completion:arg-completer[wyzepal-tail]
set edit:completion:arg-completer[wyzepal-tail] = {|@words|
    var option before typed = $words[-2] '' $words[-1]
    if (re:match '^--[a-z-]+=' $typed) {
        set option typed = (str:split &max=2 '=' $typed)
        set before = $option'='
    }
    var values = $nil
    str:split "\n" $rows | each {|row|
        var names taken = (str:split &max=2 ':' $row)
        if (has-value [(str:split ' ' $names)] $option) {
            set values = $taken
        }
    }
    if (eq $values $nil) {
        options $@words
    } elif (eq $values ' FILE') {
        edit:complete-filename $typed | each {|file|
            edit:complex-candidate $before$file[stem] &code-suffix=$file[code-suffix] &display=$file[display]
        }
    } else {
        # Of a list or of several terms the last one.
        var last = (if (eq $option --narrow) { put '^(.*\s)?-?' } else { put '^(.*,)?' })
        var head = (re:find $last $typed)[text]
        str:split ' ' $values | each {|value|
            if (str:has-suffix $value ':') {
                edit:complex-candidate $before$head$value
            } elif (not-eq $value '') {
                put $before$head$value
            }
        }
    }
}
