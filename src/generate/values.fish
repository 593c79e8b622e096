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
    printf '%s\t\n' $head(printf '%s\n' @KINDS@)
end

# What stands before the last term stays. A finished beginning is not offered: it would close the quote.
function __wyzepal_tail_terms
    set -l typed (__wyzepal_tail_typed)
    set -l head (string match -r -- '^.*\s-?|^-?' $typed)
    set -l terms @TERMS@ (__wyzepal_tail_seen (string sub -s (math 1 + (string length -- "$head")) -- $typed) (commandline -p))
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

