
# Lists of kinds and narrows: bash breaks words at = and :, so the line itself is looked at.
_wyzepal__tail__values() {
    local line="${COMP_LINE:0:COMP_POINT}" typed head words word
    local list='[[:blank:]](-e|-E|--event-types|--exclude-types)([[:blank:]]+|=)([^[:blank:]]*)$'
    local narrow="[[:blank:]]--narrow([[:blank:]]+|=)([^[:blank:]\"']*|'[^']*|\"[^\"]*)\$"

    if [[ ${line} =~ ${list} ]]; then
        typed="${BASH_REMATCH[3]#[\"\']}"
        head="${typed%"${typed##*,}"}"
        words="@KINDS@"
    elif [[ ${line} =~ ${narrow} ]]; then
        typed="${BASH_REMATCH[2]#[\"\']}"
        word="${typed##*[[:blank:]]}"
        head="${typed%"${word#-}"}"
        words="@TERMS@"
    elif [[ ${COMP_CWORD} -ge 2 && ${COMP_WORDS[COMP_CWORD - 1]} == "=" ]]; then
        _wyzepal__tail "$1" "$2" "${COMP_WORDS[COMP_CWORD - 2]}"
        return
    else
        _wyzepal__tail "$@"
        return
    fi

    # What is replaced begins after the last break.
    local replaced="${2#[\"\':=]}"
    local kept="${typed%"${replaced}"}"
    COMPREPLY=()
    for word in ${words}; do
        if [[ ${head}${word} == "${typed}"* ]]; then
            word="${head}${word}"
            COMPREPLY+=("${word#"${kept}"}")
        fi
    done
    if [[ "${BASH_VERSINFO[0]}" -ge 4 && ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]]; then
        compopt -o nospace
    fi
}

complete -F _wyzepal__tail__values -o bashdefault -o default wyzepal-tail
