
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'wyzepal-tail' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

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
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Begin with messages since a time (2h, 2026-11-22)')
            [CompletionResult]::new('--cursor-file', '--cursor-file', [CompletionResultType]::ParameterName, 'Go on where the last run with FILE ended')
            [CompletionResult]::new('--queue-ttl', '--queue-ttl', [CompletionResultType]::ParameterName, 'Keep the queue so long while nobody polls (10m to 7d)')
            [CompletionResult]::new('--queue-id', '--queue-id', [CompletionResultType]::ParameterName, 'Take over a queue that something else registered')
            [CompletionResult]::new('--last-event-id', '--last-event-id', [CompletionResultType]::ParameterName, 'Go on after this event of the queue (default: -1, all)')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Exit after N printed events')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after N printed events')
            [CompletionResult]::new('-W', '-W ', [CompletionResultType]::ParameterName, 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after this time (30s, 5m, 1h30m, 2d, 500ms)')
            [CompletionResult]::new('--give-up-after', '--give-up-after', [CompletionResultType]::ParameterName, 'Exit with 4 when out of reach for so long')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print lines as auto, summary or json (default: auto)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print lines as auto, summary or json (default: auto)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour lines: auto, always or never (default: auto)')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read address, key and site from this wyzepalrc')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read address, key and site from this wyzepalrc')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'Use this server instead of the file''s')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Use this address instead of the file''s')
            [CompletionResult]::new('--cert-bundle', '--cert-bundle', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM), not the system''s')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to the server')
            [CompletionResult]::new('--client-cert-key', '--client-cert-key', [CompletionResultType]::ParameterName, 'Take the key of --client-cert from this file (PEM)')
            [CompletionResult]::new('--replay', '--replay', [CompletionResultType]::ParameterName, 'Print saved JSON lines (- is stdin); no server')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Print the man page or a shell''s completions')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print only these kinds (message,reaction,…)')
            [CompletionResult]::new('--event-types', '--event-types', [CompletionResultType]::ParameterName, 'Print only these kinds (message,reaction,…)')
            [CompletionResult]::new('-E', '-E ', [CompletionResultType]::ParameterName, 'Leave these kinds of event out')
            [CompletionResult]::new('--exclude-types', '--exclude-types', [CompletionResultType]::ParameterName, 'Leave these kinds of event out')
            [CompletionResult]::new('--narrow', '--narrow', [CompletionResultType]::ParameterName, 'Print only matching messages (''stream:ops -is:dm'')')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Print messages only, as bare message objects')
            [CompletionResult]::new('--messages', '--messages', [CompletionResultType]::ParameterName, 'Print messages only, as bare message objects')
            [CompletionResult]::new('--all-public', '--all-public', [CompletionResultType]::ParameterName, 'Include public channels without a subscription')
            [CompletionResult]::new('--apply-markdown', '--apply-markdown', [CompletionResultType]::ParameterName, 'Ask for message content as HTML, not as Markdown')
            [CompletionResult]::new('--no-catch-up', '--no-catch-up', [CompletionResultType]::ParameterName, 'Do not fetch messages that were missed')
            [CompletionResult]::new('--fail-on-gap', '--fail-on-gap', [CompletionResultType]::ParameterName, 'Exit with 5 when events were lost')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Print what there is, then exit')
            [CompletionResult]::new('--full', '--full', [CompletionResultType]::ParameterName, 'Show whole messages in summaries, not just a line')
            [CompletionResult]::new('--utc', '--utc', [CompletionResultType]::ParameterName, 'Show times in UTC instead of local time')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'Print our own records in JSON: connected, lost, gap, …')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Print credentials in events instead of redacting them')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr; twice: each request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr; twice: each request')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Log in, say what works and what does not, then exit')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Tail a small server inside this process; no account')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
