
# Lists of kinds and narrows: bash breaks words at = and :, so the line itself is looked at.
_wyzepal__tail__values() {
    local line="${COMP_LINE:0:COMP_POINT}" value typed head words word
    local list='[[:blank:]](-e|-E|--event-types|--exclude-types)([[:blank:]]+|=)([^[:blank:]]*)$'
    local narrow="[[:blank:]]--narrow([[:blank:]]+|=)([^[:blank:]\"']*|'[^']*|\"[^\"]*)\$"

    if [[ ${line} =~ ${list} ]]; then
        value="${BASH_REMATCH[3]}"
        typed="${value#[\"\']}"
        head="${typed%"${typed##*,}"}"
        words="@KINDS@"
    elif [[ ${line} =~ ${narrow} ]]; then
        value="${BASH_REMATCH[2]}"
        typed="${value#[\"\']}"
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
        word="${head}${word}"
        if [[ ${word} == "${typed}"* && ! (${word} == *: && ${word} == "${typed}") ]]; then
            COMPREPLY+=("${word#"${kept}"}")
        fi
    done
    # A name follows the colon: no space there, and no closing quote, which one answer alone would bring.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]]; then
        if [[ ${value} != "${typed}" ]]; then
            COMPREPLY+=("${COMPREPLY[0]} ")
        elif [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
            compopt -o nospace
        fi
    fi
}

complete -F _wyzepal__tail__values -o bashdefault -o default wyzepal-tail
