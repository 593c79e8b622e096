
    # Options that take a value, those that take the same in one row.
    $rows = @'
@ROWS@
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
