complete -c wyzepal-tail -s e -l event-types -d 'Print only these kinds of event (message,reaction,…)' -r
complete -c wyzepal-tail -s E -l exclude-types -d 'Leave these kinds of event out' -r
complete -c wyzepal-tail -l narrow -d 'Print only messages that match, e.g. \'stream:ops -sender:me\'' -r
complete -c wyzepal-tail -s n -l lines -d 'Begin with the last N matching messages' -r
complete -c wyzepal-tail -l since -d 'Begin with the messages since a time (2h, 2026-11-22)' -r
complete -c wyzepal-tail -l cursor-file -d 'Go on where the last run with FILE ended' -r -F
complete -c wyzepal-tail -l queue-ttl -d 'Keep the queue so long while nobody polls (10m to 7d)' -r
complete -c wyzepal-tail -l queue-id -d 'Take over a queue that something else registered' -r
complete -c wyzepal-tail -l last-event-id -d 'Go on after this event of the queue (default: -1, all)' -r
complete -c wyzepal-tail -s C -l count -d 'Exit after N printed events' -r
complete -c wyzepal-tail -s W -l timeout -d 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)' -r
complete -c wyzepal-tail -l give-up-after -d 'Exit with 4 when the server was out of reach so long' -r
complete -c wyzepal-tail -s o -l output -d 'Choose the form of each line (default: auto)' -r -f -a "auto\t'Summary on a terminal, else JSON lines'
summary\t'One readable line for each event'
json\t'One JSON object for each event'"
complete -c wyzepal-tail -l color -d 'Choose when to colour (default: auto)' -r -f -a "auto\t'On a terminal'
always\t'In a pipe as well'
never\t'Not at all'"
complete -c wyzepal-tail -s c -l config -l config-file -d 'Read address, key and site from this wyzepalrc' -r -F
complete -c wyzepal-tail -l site -d 'Use this server instead of the file\'s' -r
complete -c wyzepal-tail -l user -d 'Use this address instead of the file\'s' -r
complete -c wyzepal-tail -l cert-bundle -d 'Trust these certificates (PEM) instead of the system\'s' -r -F
complete -c wyzepal-tail -l client-cert -d 'Show this certificate (PEM) to the server' -r -F
complete -c wyzepal-tail -l client-cert-key -d 'Take the key of --client-cert from this file (PEM)' -r -F
complete -c wyzepal-tail -l replay -d 'Print saved JSON lines instead (- is stdin); no server' -r -F
complete -c wyzepal-tail -l generate -d 'Print the man page or a shell\'s completions' -r -f -a "man\t'The manual page, in roff'
bash\t'Completions for bash'
zsh\t'Completions for zsh'
fish\t'Completions for fish'
powershell\t'Completions for PowerShell'
elvish\t'Completions for elvish'"
complete -c wyzepal-tail -s m -l messages -d 'Print messages only, as bare message objects'
complete -c wyzepal-tail -l all-public -l all-public-streams -d 'Include public channels without a subscription'
complete -c wyzepal-tail -l apply-markdown -d 'Ask for message content as HTML instead of Markdown'
complete -c wyzepal-tail -l no-catch-up -d 'Do not fetch messages that were missed'
complete -c wyzepal-tail -l fail-on-gap -d 'Exit with 5 when events were lost'
complete -c wyzepal-tail -l once -l dont-block -d 'Print what there is, then exit'
complete -c wyzepal-tail -l full -d 'Show whole messages in summaries, not just a line'
complete -c wyzepal-tail -l utc -d 'Show times in UTC instead of local time'
complete -c wyzepal-tail -l meta -d 'Print records of our own in JSON: connected, lost, gap, …'
complete -c wyzepal-tail -l show-secrets -d 'Print credentials in events instead of redacting them'
complete -c wyzepal-tail -s v -l verbose -d 'Say more on stderr; twice: each request'
complete -c wyzepal-tail -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c wyzepal-tail -l insecure -d 'Do not check the server\'s certificate'
complete -c wyzepal-tail -l check -d 'Log in, say what works and what does not, then exit'
complete -c wyzepal-tail -l demo -d 'Tail a small server inside this process; no account'
complete -c wyzepal-tail -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wyzepal-tail -s V -l version -d 'Print version'
