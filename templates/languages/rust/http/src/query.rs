//! Reads query strings, `name=Ada&lang=en`, and the escapes of URLs.

/// The value of the first parameter with this name, decoded; its bytes need not be UTF-8.
pub fn parameter(query: &str, name: &str) -> Option<Vec<u8>> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key) == name.as_bytes()).then(|| decode(value))
    })
}

/// In a query, `+` is a space.
fn decode(text: &str) -> Vec<u8> {
    unescape(&text.replace('+', " "))
}

/// `%41` is a byte; a `%` without two hexadecimal digits stands for itself.
pub fn unescape(text: &str) -> Vec<u8> {
    let mut text = text.as_bytes();
    let mut bytes = Vec::with_capacity(text.len());
    while let [first, rest @ ..] = text {
        text = rest;
        if *first == b'%'
            && let [high, low, rest @ ..] = text
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            bytes.push(high << 4 | low);
            text = rest;
        } else {
            bytes.push(*first);
        }
    }
    bytes
}

/// The value of a hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(query: &str) -> Option<Vec<u8>> {
        parameter(query, "name")
    }

    #[test]
    fn finds_the_first_parameter_with_the_name() {
        assert_eq!(name("a=1&b&name=Ada&name=Grace"), Some(b"Ada".into()));
        assert_eq!(name("&&name=a=b&"), Some(b"a=b".into()));
        assert_eq!(name("n%61me=Ada"), Some(b"Ada".into()));
    }

    #[test]
    fn tells_an_empty_value_from_none() {
        assert_eq!(name("name=&name=Grace"), Some(vec![]));
        assert_eq!(name("name"), Some(vec![]));
        assert_eq!(name(""), None);
        assert_eq!(name("names=Ada&NAME=Bob&name+=Eve"), None);
    }

    #[test]
    fn decodes_once_and_into_bytes() {
        assert_eq!(name("name=a+b%20c%2B"), Some(b"a b c+".into()));
        assert_eq!(
            name("name=%2541%c3%A9%FF%00"),
            Some(b"%41\xc3\xa9\xff\0".into())
        );
    }

    #[test]
    fn keeps_what_is_no_escape() {
        assert_eq!(name("name=100%"), Some(b"100%".into()));
        assert_eq!(name("name=%4%41%zz%%41%+1"), Some(b"%4A%zz%A% 1".into()));
    }
}
