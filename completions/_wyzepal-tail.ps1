
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'wyzepal-tail' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Options that take a value, those that take the same in one row.
    $rows = @'
-n --lines:
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
--narrow: channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions
'@ -split '\r?\n'

    # PowerShell breaks words at commas and behind -is:, so the line itself is looked at.
    $start = $commandAst.Extent.StartScriptPosition
    $line = $start.GetFullScript().Substring($start.Offset, $cursorPosition - $start.Offset)
    if ($line -match '\s(--?[\w-]+)(\s+|=)([^\s''"]*|''[^'']*|"[^"]*)$') {
        $option, $between, $typed = $Matches[1..3]
        $row = $rows | Where-Object { (-split $_.Split(':')[0]) -ccontains $option }
        if ($row) {
            $before = if ($between -eq '=') { "$option=" }
            $quote = [regex]::Match($typed, '^[''"]?').Value
            $typed = $typed.Substring($quote.Length)
            # Of a list or of several terms the last one.
            $last = if ($option -eq '--narrow') { '^(.*\s)?-?' } else { '^(.*,)?' }
            $head = [regex]::Match($typed, $last).Value
            # What stands before the word that PowerShell replaces.
            $kept = if (-not $quote) { [regex]::Match("$before$typed", '^.*,|^-\w+:').Value }
            foreach ($value in -split ($row -replace '^.*?:')) {
                if ($value -and $value -cne 'FILE' -and "$head$value".StartsWith($typed, [StringComparison]::Ordinal)) {
                    $end = if (-not $value.EndsWith(':')) { $quote }
                    $text = "$before$quote$head$value$end".Substring("$kept".Length)
                    [CompletionResult]::new($text, $value, [CompletionResultType]::ParameterValue, $value)
                }
            }
            # Without a result PowerShell offers files.
            return
        }
    }

    $commandElements = $commandAst.CommandElements
    $command = @(
        'wyzepal-tail'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'wyzepal-tail' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Begin with the last N matching messages')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Begin with the last N matching messages')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Begin with messages since a time (2h, 10:00, today)')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Print only messages before a time, then exit')
            [CompletionResult]::new('--cursor-file', '--cursor-file', [CompletionResultType]::ParameterName, 'Go on where the last run with FILE ended')
            [CompletionResult]::new('--queue-ttl', '--queue-ttl', [CompletionResultType]::ParameterName, 'Keep the queue this long without a poll (10m to 7d)')
            [CompletionResult]::new('--queue-id', '--queue-id', [CompletionResultType]::ParameterName, 'Take over a queue that something else registered')
            [CompletionResult]::new('--last-event-id', '--last-event-id', [CompletionResultType]::ParameterName, 'Go on after this event of the queue (default: -1, all)')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Exit after N printed events')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after N printed events')
            [CompletionResult]::new('-W', '-W ', [CompletionResultType]::ParameterName, 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)')
            [CompletionResult]::new('--give-up-after', '--give-up-after', [CompletionResultType]::ParameterName, 'Exit with 4 if the server is out of reach so long')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, chat, summary or json (default: auto)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, chat, summary or json (default: auto)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour lines: auto, always or never (default: auto)')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read address, key and site from this wyzepalrc')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read address, key and site from this wyzepalrc')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'Use this server instead of the config file''s')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Use this address instead of the config file''s')
            [CompletionResult]::new('--cert-bundle', '--cert-bundle', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM), not the system''s')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Present this certificate (PEM) to the server')
            [CompletionResult]::new('--client-cert-key', '--client-cert-key', [CompletionResultType]::ParameterName, 'Take the key of --client-cert from this file (PEM)')
            [CompletionResult]::new('--replay', '--replay', [CompletionResultType]::ParameterName, 'Print saved JSON lines (- is stdin); no server')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Print man page, completions, or a unit for systemd')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print only these kinds (message,reaction,…)')
            [CompletionResult]::new('--event-types', '--event-types', [CompletionResultType]::ParameterName, 'Print only these kinds (message,reaction,…)')
            [CompletionResult]::new('-E', '-E ', [CompletionResultType]::ParameterName, 'Leave these kinds of event out')
            [CompletionResult]::new('--exclude-types', '--exclude-types', [CompletionResultType]::ParameterName, 'Leave these kinds of event out')
            [CompletionResult]::new('--narrow', '--narrow', [CompletionResultType]::ParameterName, 'The same in one argument; repeated: any of them')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Print messages only, as bare message objects')
            [CompletionResult]::new('--messages', '--messages', [CompletionResultType]::ParameterName, 'Print messages only, as bare message objects')
            [CompletionResult]::new('--all-public', '--all-public', [CompletionResultType]::ParameterName, 'Include public channels without a subscription')
            [CompletionResult]::new('--apply-markdown', '--apply-markdown', [CompletionResultType]::ParameterName, 'In JSON, give messages as HTML, not as they were typed')
            [CompletionResult]::new('--no-catch-up', '--no-catch-up', [CompletionResultType]::ParameterName, 'Do not fetch messages that were missed')
            [CompletionResult]::new('--fail-on-gap', '--fail-on-gap', [CompletionResultType]::ParameterName, 'Exit with 5 when events were lost')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Print what there is, then exit')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Go on with live events, which it does anyway')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Go on with live events, which it does anyway')
            [CompletionResult]::new('--full', '--full', [CompletionResultType]::ParameterName, 'Show whole messages, not just three lines or one')
            [CompletionResult]::new('--utc', '--utc', [CompletionResultType]::ParameterName, 'Show times in UTC instead of local time')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'In JSON, add records of the connection and of gaps')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Print credentials in events instead of redacting them')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice: each request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice: each request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Log in, say what works and what does not, then exit')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Tail a small server inside this process; no account')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h on one screen, --help in full')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h on one screen, --help in full')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print the version')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
