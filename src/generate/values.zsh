(( $+functions[_wyzepal-tail_kinds] )) ||
_wyzepal-tail_kinds() {
    _values -s , 'kind of event' @KINDS@
}

(( $+functions[_wyzepal-tail_terms] )) ||
_wyzepal-tail_terms() {
    # Of several terms in quotes the last one.
    [[ -z $compstate[quote] ]] || compset -q
    compset -P '-'
    local -a terms=(@TERMS@)
    compadd -S '' -- ${(M)terms:#*:}
    compadd -- ${terms:#*:}
}
