
# Options that take a value, those that take the same in one row.
use re
var rows = '@ROWS@'
var options~ = $edit:completion:arg-completer[wyzepal-tail]
set edit:completion:arg-completer[wyzepal-tail] = {|@words|
    var option before typed = $words[-2] '' $words[-1]
    if (re:match '^--[a-z-]+=' $typed) {
        set option typed = (str:split &max=2 '=' $typed)
        set before = $option'='
    }
    var values = $nil
    str:split "\n" $rows | each {|row|
        var names taken = (str:split &max=2 ':' $row)
        if (has-value [(str:split ' ' $names)] $option) {
            set values = $taken
        }
    }
    if (eq $values $nil) {
        options $@words
    } elif (eq $values ' FILE') {
        edit:complete-filename $typed | each {|file|
            edit:complex-candidate $before$file[stem] &code-suffix=$file[code-suffix] &display=$file[display]
        }
    } else {
        # Of a list or of several terms the last one.
        var last = (if (eq $option --narrow) { put '^(.*\s)?-?' } else { put '^(.*,)?' })
        var head = (re:find $last $typed)[text]
        str:split ' ' $values | each {|value|
            if (str:has-suffix $value ':') {
                edit:complex-candidate $before$head$value
            } elif (not-eq $value '') {
                put $before$head$value
            }
        }
    }
}
