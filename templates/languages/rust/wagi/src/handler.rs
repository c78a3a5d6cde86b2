//! Answers a request: all that the program does but input and output.

use std::io::{self, Read};

use crate::query;

/// The largest body that `/echo` takes, in bytes.
const MAX_BODY: u64 = 1 << 20;

/// A request as the variables of CGI 1.1 describe it: bytes that need not be UTF-8.
pub struct Request {
    method: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    accept: Vec<u8>,
    accept_language: Vec<u8>,
    content_type: Vec<u8>,
    user_agent: Vec<u8>,
    request_id: Vec<u8>,
}

impl Request {
    /// Takes what it needs from the environment; a variable that is not set is empty.
    pub fn from_variables(variable: impl Fn(&str) -> Vec<u8>) -> Self {
        Self {
            method: variable("REQUEST_METHOD"),
            path: or(variable("PATH_INFO"), b"/"),
            query: variable("QUERY_STRING"),
            accept: variable("HTTP_ACCEPT"),
            accept_language: variable("HTTP_ACCEPT_LANGUAGE"),
            // WAGI 0.8.1 leaves `CONTENT_TYPE` empty and has the header as it came.
            content_type: or(variable("CONTENT_TYPE"), &variable("HTTP_CONTENT_TYPE")),
            user_agent: variable("HTTP_USER_AGENT"),
            request_id: variable("HTTP_X_REQUEST_ID"),
        }
    }

    /// Whether the client wants the headers alone.
    pub fn is_head(&self) -> bool {
        self.method == b"HEAD"
    }
}

/// What the first line of an HTTP response says.
#[derive(Clone, Copy, PartialEq)]
struct Status {
    code: u16,
    reason: &'static str,
}

impl Status {
    const OK: Self = Self::new(200, "OK");
    const BAD_REQUEST: Self = Self::new(400, "Bad Request");
    const NOT_FOUND: Self = Self::new(404, "Not Found");
    const METHOD_NOT_ALLOWED: Self = Self::new(405, "Method Not Allowed");
    const CONTENT_TOO_LARGE: Self = Self::new(413, "Content Too Large");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason }
    }
}

/// The answer to a request.
pub struct Response {
    status: Status,
    content_type: Vec<u8>,
    /// A header beyond those that every response has.
    extra: Option<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    fn text(status: Status, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            content_type: b"text/plain; charset=utf-8".into(),
            extra: None,
            body: body.into(),
        }
    }

    fn problem(status: Status) -> Self {
        Self::text(status, format!("{}\n", status.reason))
    }

    fn not_allowed(allow: &str) -> Self {
        Self {
            extra: Some(("allow", allow.into())),
            ..Self::problem(Status::METHOD_NOT_ALLOWED)
        }
    }

    /// The header lines of CGI and the empty line after them.
    pub fn head(&self) -> Vec<u8> {
        let Status { code, reason } = self.status;
        let mut head = Vec::new();
        if self.status != Status::OK {
            head.extend(line("status", format!("{code} {reason}")));
        }
        head.extend(line("content-type", &self.content_type));
        head.extend(line("content-length", self.body.len().to_string()));
        if let Some((name, value)) = &self.extra {
            head.extend(line(name, value));
        }
        head.push(b'\n');
        head
    }

    /// What follows the head, except in an answer to `HEAD`.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Answers a request. Reads its body only where the answer depends on it.
pub fn respond(request: &Request, input: impl Read) -> io::Result<Response> {
    Ok(match (&request.path[..], &request.method[..]) {
        (b"/", b"GET" | b"HEAD") => greet(request),
        (b"/request", b"GET" | b"HEAD") => describe(request),
        (b"/echo", b"POST") => echo(request, input)?,
        (b"/" | b"/request", _) => Response::not_allowed("GET, HEAD"),
        (b"/echo", _) => Response::not_allowed("POST"),
        _ => Response::problem(Status::NOT_FOUND),
    })
}

/// What goes to the log: `GET /request 200`, on one line whatever the path holds.
pub fn log_line(request: &Request, response: &Response) -> Vec<u8> {
    let mut line = [&request.method, &b" "[..], &request.path].concat();
    for byte in line.iter_mut().filter(|byte| byte.is_ascii_control()) {
        *byte = b'?';
    }
    line.extend(format!(" {}\n", response.status.code).bytes());
    line
}

fn greet(request: &Request) -> Response {
    let name = query::parameter(&request.query, "name").unwrap_or_default();
    match String::from_utf8(or(name, b"world")) {
        Ok(name) => Response::text(Status::OK, format!("Hello, {name}!\n")),
        Err(_) => Response::problem(Status::BAD_REQUEST),
    }
}

/// Shows the request, without the rest of the environment: it may hold secrets.
fn describe(request: &Request) -> Response {
    // HEAD has the headers of GET, so the length is that of what GET shows.
    let mut text = line("method", "GET");
    text.extend(line("path", &request.path));
    text.extend(line("query", &request.query));
    for (name, value) in [
        ("accept", &request.accept),
        ("accept-language", &request.accept_language),
        ("content-type", &request.content_type),
        ("user-agent", &request.user_agent),
        ("x-request-id", &request.request_id),
    ] {
        if !value.is_empty() {
            text.extend(line(name, value));
        }
    }
    Response::text(Status::OK, text)
}

fn echo(request: &Request, input: impl Read) -> io::Result<Response> {
    let mut body = Vec::new();
    input.take(MAX_BODY + 1).read_to_end(&mut body)?;
    if body.len() as u64 > MAX_BODY {
        return Ok(Response::problem(Status::CONTENT_TOO_LARGE));
    }
    Ok(Response {
        status: Status::OK,
        content_type: or(request.content_type.clone(), b"application/octet-stream"),
        extra: Some(("x-body-bytes", body.len().to_string())),
        body,
    })
}

fn line(name: &str, value: impl AsRef<[u8]>) -> Vec<u8> {
    [name.as_bytes(), b": ", value.as_ref(), b"\n"].concat()
}

fn or(value: Vec<u8>, fallback: &[u8]) -> Vec<u8> {
    if value.is_empty() {
        fallback.into()
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answer {
        head: String,
        body: Vec<u8>,
        log: String,
    }

    fn answer(variables: &[(&str, &str)], input: impl Read) -> Answer {
        let request = Request::from_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map_or(vec![], |(_, value)| value.as_bytes().into())
        });
        let response = respond(&request, input).unwrap();
        Answer {
            head: String::from_utf8(response.head()).unwrap(),
            body: response.body().into(),
            log: String::from_utf8(log_line(&request, &response)).unwrap(),
        }
    }

    fn get(path: &str, query: &str) -> Answer {
        let method = ("REQUEST_METHOD", "GET");
        let variables = [method, ("PATH_INFO", path), ("QUERY_STRING", query)];
        answer(&variables, io::empty())
    }

    fn call(method: &str, path: &str, input: impl Read) -> Answer {
        answer(&[("REQUEST_METHOD", method), ("PATH_INFO", path)], input)
    }

    #[test]
    fn greets_the_world() {
        let answer = get("", "");
        assert_eq!(
            answer.head,
            "content-type: text/plain; charset=utf-8\ncontent-length: 14\n\n"
        );
        assert_eq!(answer.body, b"Hello, world!\n");
        assert_eq!(answer.log, "GET / 200\n");
    }

    #[test]
    fn greets_a_name() {
        assert_eq!(get("/", "name=%C3%89va").body, "Hello, Éva!\n".as_bytes());
        assert_eq!(get("/", "name=").body, b"Hello, world!\n");
    }

    #[test]
    fn refuses_a_name_that_is_not_utf_8() {
        let answer = get("/", "name=%FF");
        assert!(answer.head.starts_with("status: 400 Bad Request\n"));
        assert_eq!(answer.body, b"Bad Request\n");
    }

    #[test]
    fn shows_the_listed_headers_that_are_there() {
        let variables = [
            ("REQUEST_METHOD", "GET"),
            ("PATH_INFO", "/request"),
            ("QUERY_STRING", "a=%20"),
            ("HTTP_USER_AGENT", "test"),
            ("HTTP_CONTENT_TYPE", "text/css"),
            ("HTTP_COOKIE", "secret"),
        ];
        assert_eq!(
            answer(&variables, io::empty()).body,
            b"method: GET\npath: /request\nquery: a=%20\ncontent-type: text/css\nuser-agent: test\n"
        );
    }

    #[test]
    fn has_the_same_headers_for_head_as_for_get() {
        let head = call("HEAD", "/request", io::empty());
        assert_eq!(head.head, get("/request", "").head);
    }

    #[test]
    fn echoes_the_body() {
        let answer = call("POST", "/echo", &b"a\0\xff"[..]);
        assert_eq!(
            answer.head,
            "content-type: application/octet-stream\ncontent-length: 3\nx-body-bytes: 3\n\n"
        );
        assert_eq!(answer.body, b"a\0\xff");
    }

    #[test]
    fn takes_a_body_of_one_mebibyte_and_no_more() {
        let echo = |length| call("POST", "/echo", io::repeat(b'a').take(length));
        assert_eq!(echo(MAX_BODY).log, "POST /echo 200\n");
        assert_eq!(echo(MAX_BODY + 1).log, "POST /echo 413\n");
    }

    #[test]
    fn names_the_methods_that_a_path_allows() {
        let allowed = |method, path| {
            let head = call(method, path, io::empty()).head;
            assert!(head.starts_with("status: 405 Method Not Allowed\n"));
            head.lines().nth(3).map(String::from)
        };
        assert_eq!(allowed("POST", "/"), Some("allow: GET, HEAD".into()));
        assert_eq!(allowed("GET", "/echo"), Some("allow: POST".into()));
    }

    #[test]
    fn logs_an_unknown_path_on_one_line() {
        assert_eq!(get("/a\nb\x7f", "").log, "GET /a?b? 404\n");
    }
}
