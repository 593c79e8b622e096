# There are no words beside options, and nothing stands for the value of one that begins with a dash.
complete -c wyzepal-tail -f
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
    printf '%s\t\n' "$head"(printf "%s\n" @TERMS@) | string match -v -- $typed\t
end

