
# Lists of kinds and narrows: bash breaks words at = and :, so the line itself is looked at.
_wyzepal__tail__values() {
    local line="${COMP_LINE:0:COMP_POINT}" value typed head words word before
    local text="[^[:blank:]\"']*|'[^']*|\"[^\"]*"
    local list='[[:blank:]](-e|-E|--event-types|--exclude-types)([[:blank:]]+|=)([^[:blank:]]*)$'
    local narrow="[[:blank:]]--narrow([[:blank:]]+|=)(${text})\$"
    local free="(^|[[:blank:]])([^[:blank:]]+)[[:blank:]]+(${text})\$"

    if [[ ${line} =~ ${list} ]]; then
        value="${BASH_REMATCH[3]}"
        typed="${value#[\"\']}"
        head="${typed%"${typed##*,}"}"
        words="@KINDS@"
    elif [[ ${line} =~ ${narrow} ]]; then
        value="${BASH_REMATCH[2]}"
        words="@TERMS@"
    elif [[ ${COMP_CWORD} -ge 2 && ${COMP_WORDS[COMP_CWORD - 1]} == "=" ]]; then
        _wyzepal__tail "$1" "$2" "${COMP_WORDS[COMP_CWORD - 2]}"
        return
    else
        [[ ${line} =~ ${free} ]]
        before="${BASH_REMATCH[2]}"
        value="${BASH_REMATCH[3]}"
        # What begins with a dash is an option, but for negated terms; and options may want a value.
        if [[ ${value} == -* && ${value} != *:* || " @VALUED@ " == *" ${before} "* ]]; then
            _wyzepal__tail "$@"
            return
        fi
        words="@TERMS@"
    fi
    if [[ ${words} == "@TERMS@" ]]; then
        typed="${value#[\"\']}"
        word="${typed##*[[:blank:]]}"
        head="${typed%"${word#-}"}"
        words+=" $(_wyzepal__tail__seen "${word#-}")"
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

# Terms with the names that earlier runs have seen, for an operator that is typed: of topics those of the channel in
# the line, if it has any.
_wyzepal__tail__seen() {
    local operator="${1%%:*}:" kind folder file line channel term all own
    local named="[[:blank:]\"'=](stream|channel):([^[:blank:]\"']+)"
    case "$1" in
        stream:* | channel:*) kind="channel:" ;;
        topic:* | subject:*) kind="topic:" ;;
        *) return ;;
    esac
    [[ ! ${COMP_LINE} =~ ${named} ]] || channel=" channel:${BASH_REMATCH[2]}"
    for folder in "${XDG_CACHE_HOME:-${HOME}/.cache}" "${HOME}/Library/Caches"; do
        file="${folder}/wyzepal-tail/names"
        # A pipe would be waited for.
        [[ -f ${file} && -r ${file} ]] || continue
        while IFS= read -r line; do
            [[ ${line} == "${kind}"* ]] || continue
            term="${line#"${kind}"}"
            term="${operator}${term%% *}"$'\n'
            all+="${term}"
            [[ -z ${channel} || ${line} != *"${channel}" ]] || own+="${term}"
        done <"${file}"
    done
    printf '%s' "${own:-${all}}"
}

complete -F _wyzepal__tail__values -o bashdefault -o default wyzepal-tail
