(( $+functions[_wyzepal-tail_kinds] )) ||
_wyzepal-tail_kinds() {
    _values -s , 'kind of event' @KINDS@
}

(( $+functions[_wyzepal-tail_terms] )) ||
_wyzepal-tail_terms() {
    # Of several terms in quotes the last one.
    [[ -z $compstate[quote] ]] || compset -q
    compset -P '-'
    local -a terms=(@TERMS@) seen own
    local kind file
    case $PREFIX in
        stream:*|channel:*) kind=channel: ;;
        topic:*|subject:*) kind=topic: ;;
    esac
    if [[ -n $kind ]]; then
        # The names that earlier runs have seen: of topics those of the channel in the line, if it has any.
        compset -P '[^:]#:'
        for file in ${XDG_CACHE_HOME:-~/.cache}/wyzepal-tail/names ~/Library/Caches/wyzepal-tail/names; do
            # A pipe would be waited for.
            [[ ! -f $file || ! -r $file ]] || seen+=(${${(M)${(f)"$(<$file)"}:#$kind*}#$kind})
        done
        own=(${(M)seen:#*\ channel:${${(M)words:#(stream|channel):*}[1]#*:}})
        (( $#own )) || own=($seen)
        compadd -- ${own%% *}
        return
    fi
    compadd -S '' -- ${(M)terms:#*:}
    compadd -- ${terms:#*:}
}
