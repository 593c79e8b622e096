_wyzepal__tail() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="wyzepal__tail"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        wyzepal__tail)
            opts="-m -n -f -C -W -o -v -q -c -h -V -e -E --messages --all-public --apply-markdown --lines --since --until --cursor-file --queue-ttl --no-catch-up --fail-on-gap --queue-id --last-event-id --once --follow --count --timeout --give-up-after --output --color --full --utc --meta --show-secrets --verbose --quiet --config --site --user --cert-bundle --client-cert --client-cert-key --insecure --check --demo --replay --generate --help --version --event-types --exclude-types --narrow channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --lines)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -n)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --since)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --until)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --cursor-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --queue-ttl)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --queue-id)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --last-event-id)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --count)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -C)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -W)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --give-up-after)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(compgen -W "auto chat summary json" -- "${cur}"))
                    return 0
                    ;;
                -o)
                    COMPREPLY=($(compgen -W "auto chat summary json" -- "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                -c)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --site)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --user)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cert-bundle)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-cert-key)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --replay)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --generate)
                    COMPREPLY=($(compgen -W "man bash zsh fish powershell elvish systemd" -- "${cur}"))
                    return 0
                    ;;
                --event-types)
                    COMPREPLY=($(compgen -W "message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client" -- "${cur}"))
                    return 0
                    ;;
                -e)
                    COMPREPLY=($(compgen -W "message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client" -- "${cur}"))
                    return 0
                    ;;
                --exclude-types)
                    COMPREPLY=($(compgen -W "message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client" -- "${cur}"))
                    return 0
                    ;;
                -E)
                    COMPREPLY=($(compgen -W "message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client" -- "${cur}"))
                    return 0
                    ;;
                --narrow)
                    COMPREPLY=($(compgen -W "channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _wyzepal__tail -o nosort -o bashdefault -o default wyzepal-tail
else
    complete -F _wyzepal__tail -o bashdefault -o default wyzepal-tail
fi

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
        words="message update_message delete_message reaction submessage typing typing_edit_message update_message_flags pointer stream subscription default_streams default_stream_groups channel_folder muted_topics user_topic realm_user realm_bot presence user_status user_group muted_users custom_profile_fields invites_changed realm realm_domains realm_emoji realm_filters realm_linkifiers realm_playgrounds realm_export realm_export_consent realm_user_settings_defaults realm_billing alert_words update_display_settings update_global_notifications user_settings attachment drafts scheduled_messages reminders saved_snippets navigation_view onboarding_steps hotspots has_zoom_token has_webex_token push_device device heartbeat restart web_reload_client"
    elif [[ ${line} =~ ${narrow} ]]; then
        value="${BASH_REMATCH[2]}"
        words="channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions"
    elif [[ ${COMP_CWORD} -ge 2 && ${COMP_WORDS[COMP_CWORD - 1]} == "=" ]]; then
        _wyzepal__tail "$1" "$2" "${COMP_WORDS[COMP_CWORD - 2]}"
        return
    else
        [[ ${line} =~ ${free} ]]
        before="${BASH_REMATCH[2]}"
        value="${BASH_REMATCH[3]}"
        # What begins with a dash is an option, but for negated terms; and options may want a value.
        if [[ ${value} == -* && ${value} != *:* || " -n --lines --since --until --cursor-file --queue-ttl --queue-id --last-event-id -C --count -W --timeout --give-up-after -o --output --color -c --config --site --user --cert-bundle --client-cert --client-cert-key --replay --generate -e --event-types -E --exclude-types --narrow " == *" ${before} "* ]]; then
            _wyzepal__tail "$@"
            return
        fi
        words="channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions"
    fi
    if [[ ${words} == "channel: stream: topic: subject: sender: from: sender:me from:me dm: pm: pm-with: dm-with: dm-including: group-pm-with: is:private is:dm is:mentioned mentions:me is:starred is:unread is:alerted is:resolved has:reaction has:reactions" ]]; then
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
