//! Links: where they lead, and what is shown of that.
//!
//! A hyperlink leads to http and https only, and is what a library made of the address. Where there is
//! none, or where a title looks like another place than that, the address or its host is shown.

use std::borrow::Cow;
use std::rc::Rc;

use percent_encoding::percent_decode_str;
use url::Url;

use super::signs::Place;
use crate::output::palette::Styles;
use crate::output::sanitize::find_hidden;

/// Terminals take no longer addresses.
const LONGEST: usize = 2083;
/// Those that servers make links of.
const SCHEMES: [&str; 8] = [
    "http", "https", "ftp", "mailto", "file", "bitcoin", "sms", "tel",
];

/// An address that stands in a text, and how long it is.
pub fn bare(text: &str, place: &mut Place) -> Option<usize> {
    let behind = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"))?;
    let mut depth = 0_usize;
    let is_over = |c: char| {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ => return c.is_whitespace() || matches!(c, ')' | '<' | '>' | '"' | '`'),
        }
        false
    };
    let (inside, _) = behind.split_at(behind.find(is_over).unwrap_or(behind.len()));
    let inside = inside.trim_end_matches(['!', ':', ';', '?', ',', '.', '\'', '*', '~']);
    if inside.is_empty() {
        return None;
    }
    let (address, _) = text.split_at(text.len() - behind.len() + inside.len());
    let link = if is_as_written(inside) && address.len() <= LONGEST {
        Some(address.into())
    } else {
        parsed(address).as_ref().and_then(hyperlink)
    };
    place.push(address, Styles::LINK, link.as_ref());
    Some(address.len())
}

/// A link with a title. None where servers make none of it. `sign` stands before a picture.
pub fn titled(
    title: &str,
    address: &str,
    sign: &str,
    site: Option<&str>,
    place: &mut Place,
) -> Option<()> {
    // Behind it may be a title in quotes.
    let quoted = address.trim_end().strip_suffix('"');
    let quoted = quoted.and_then(|quoted| quoted.split_once(" \""));
    let address = quoted.map_or(address, |(address, _)| address).trim();
    let inner = address.strip_prefix('<');
    let inner = inner.and_then(|inner| inner.strip_suffix('>'));
    let address = inner.unwrap_or(address);
    if address.is_empty() || address.contains('\n') {
        return None;
    }
    let is_path = address.starts_with(['/', '#']) && !address.starts_with("//");
    let url = if is_path {
        site.and_then(|site| parsed(site)?.join(address).ok())
    } else {
        parsed(&with_scheme(address)?)
    };
    let is_own = is_path || url.as_ref().is_some_and(|url| is_own(url, site));
    let is_upload = is_own && address.contains("/user_uploads/");
    let title = match title.trim() {
        "" if is_upload => &file_name(address),
        "" => address,
        title => title,
    };
    let link = url.as_ref().and_then(hyperlink);
    let sign = if is_upload { "📎 " } else { sign };
    place.push(sign, Styles::default(), None);
    match narrow_name(title).filter(|_| is_own && address.contains("#narrow/")) {
        Some(name) => place.push(&name, Styles::LINK.and(Styles::CHANNEL), link.as_ref()),
        None => place.push(title, Styles::LINK, link.as_ref()),
    }
    if !is_own {
        let mut aside = |text: &str, styles| place.push(&[" (", text, ")"].concat(), styles, None);
        match &link {
            _ if without_scheme(title) == without_scheme(address) => {}
            Some(_) => aside(address, Styles::ADDRESS),
            None => aside(address, Styles::default()),
        }
        let url = url.filter(|_| link.is_some());
        if let Some(host) = url.and_then(|url| foreign_host(title, &url)) {
            aside(&host, Styles::HOST);
        }
    }
    Some(())
}

/// Whether a library would leave a web address as it is, by what follows its scheme: a host of small letters, a path,
/// and in it only what stands for itself. Most are so, and reading them would take half of the time of a link.
fn is_as_written(address: &str) -> bool {
    let Some((host, path)) = address.split_once('/') else {
        return false;
    };
    let is_of_host = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-');
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/?#=&+,;:@".contains(&byte);
    let has_host = host.starts_with(|c: char| c.is_ascii_lowercase()) && !host.contains("--");
    has_host
        && host.bytes().all(is_of_host)
        && path.bytes().all(is_of_path)
        // `..` is a step back.
        && !path.starts_with('.')
        && !path.contains("/.")
}

/// None for an address with something in it that cannot be seen.
fn parsed(address: &str) -> Option<Url> {
    Url::parse(address)
        .ok()
        .filter(|_| find_hidden(address).is_none())
}

/// What a terminal may open.
fn hyperlink(url: &Url) -> Option<Rc<str>> {
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_safe = is_web && url.as_str().len() <= LONGEST && url.as_str().is_ascii();
    is_safe.then(|| url.as_str().into())
}

/// Whether it leads to our own server, whose address is followed by a slash then.
fn is_own(url: &Url, site: Option<&str>) -> bool {
    let path = site.and_then(|site| url.as_str().strip_prefix(site));
    path.is_some_and(|path| path.starts_with('/'))
}

/// An address as a library reads it; none for what servers make no links of.
fn with_scheme(address: &str) -> Option<Cow<'_, str>> {
    if address.starts_with("//") {
        return Some(format!("http:{address}").into());
    }
    let (scheme, behind) = address.split_once(':').unwrap_or((address, "0"));
    if behind.len() < address.len()
        && SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return Some(address.into());
    }
    // A port, or nothing, may follow a host.
    let is_host = behind.starts_with(|c: char| c.is_ascii_digit());
    (is_host && address.contains(['.', '/', '#'])).then(|| format!("http://{address}").into())
}

fn without_scheme(address: &str) -> &str {
    let address = address.trim_end_matches('/');
    let bare = address.strip_prefix("https://");
    bare.or(address.strip_prefix("http://")).unwrap_or(address)
}

/// The last part of an address, as people write it.
fn file_name(address: &str) -> String {
    let name = address.rsplit('/').next().unwrap_or(address);
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

/// A part of a fragment, which has dots in place of percent signs.
pub fn decoded(part: &str) -> String {
    let part = part.replace('.', "%");
    percent_decode_str(&part).decode_utf8_lossy().into_owned()
}

/// `#ops › deploy 💬` for the title `#ops > deploy @ 💬` of a link to a conversation.
fn narrow_name(title: &str) -> Option<String> {
    let (channel, topic) = title.strip_prefix('#')?.split_once(" > ")?;
    let topic = topic.replace(" @ 💬", " 💬");
    Some(format!("#{channel} › {topic}"))
}

/// The host that a link leads to, if its title looks like another.
fn foreign_host(title: &str, url: &Url) -> Option<String> {
    let host = url.host_str()?;
    // Dots of other scripts are read as dots.
    let dots = ['.', '。', '．', '｡'];
    if !title.contains(dots) && !title.contains("://") {
        return None;
    }
    let without_www = |name: &str| name.trim_start_matches("www.").to_owned();
    let is_same = |word: &&str| without_www(&word.to_lowercase()) == without_www(host);
    let title_in_dots = title.replace(dots, ".");
    let is_part = |c: char| {
        c.is_alphanumeric() || matches!(c, '-' | '.') || !c.is_ascii() && !c.is_whitespace()
    };
    let words = title_in_dots.split(|c| !is_part(c));
    let words: Vec<&str> = words.map(|word| word.trim_matches(['.', '-'])).collect();
    let looks_like_host = |word: &&&str| {
        let last = word.rsplit_once('.').map_or("", |(_, last)| last);
        last.chars().filter(|c| c.is_alphabetic()).count() >= 2
    };
    let mut hosts = words.iter().filter(looks_like_host).peekable();
    let is_unsure = hosts.peek().is_some() || title.contains("://");
    let is_known = hosts.all(is_same) && words.iter().any(is_same);
    (is_unsure && !is_known).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{is_as_written, parsed};
    use proptest::prelude::*;

    #[test]
    fn addresses_as_people_send_them_are_as_a_library_writes_them() {
        for (address, expected) in [
            ("ci.example.com/jobs/4711", true),
            ("example.com/a/b?c=d&e=f#g", true),
            ("example.com/a/../b", false),
            ("example.com/a/%2e%2e/b", false),
            ("example.com", false),
            ("Example.com/", false),
            ("127.1/", false),
            ("xn--e1afmkfd.example/", false),
            ("bücher.example/", false),
            ("a@b.example/", false),
            ("a.example:80/", false),
            ("a.example/\\b", false),
        ] {
            assert_eq!(is_as_written(address), expected, "{address}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_as_it_is_a_library_writes_so(
            address in "[a-z.:@-]{1,8}[a-zA-Z0-9./?#&=%+,;:@~_-]{0,20}"
        ) {
            let address = format!("https://{address}");
            let behind = address.trim_start_matches("https://");
            if is_as_written(behind) {
                let url = parsed(&address).map(String::from);
                prop_assert_eq!(url, Some(address));
            }
        }
    }
}
