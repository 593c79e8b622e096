# A tab and no more: else the option's own description would stand beside each value.
function __wyzepal_tail_kinds
    printf '%s\t\n' @KINDS@
end

# What stands before the last term stays.
function __wyzepal_tail_terms
    set -l typed (commandline -ct | string replace -r '^(--narrow=)?["\']?' '')
    set -l head (string match -r -- '^.*\s-?|^-?' $typed)
    printf '%s\t\n' "$head"(printf "%s\n" @TERMS@)
end

