//! Answers a request: all that the program does but input and output.

use std::io::{self, Read};

use crate::query;

/// The largest body that `/echo` takes, in bytes.
const MAX_BODY: u64 = 1 << 20;

/// The head of a request. Values of headers are bytes that need not be UTF-8; a header that is not there is empty.
pub struct Request {
    method: String,
    path: String,
    query: String,
    accept: Vec<u8>,
    accept_language: Vec<u8>,
    content_type: Vec<u8>,
    user_agent: Vec<u8>,
    request_id: Vec<u8>,
}

impl Request {
    /// Takes what it needs from the target, a path with a query or without, and from the headers.
    pub fn new(method: String, target: &str, header: impl Fn(&str) -> Vec<u8>) -> Self {
        let (path, raw_query) = target.split_once('?').unwrap_or((target, ""));
        let path = if path.is_empty() { "/" } else { path };
        Self {
            method,
            path: String::from_utf8_lossy(&query::unescape(path)).into(),
            query: raw_query.into(),
            accept: header("accept"),
            accept_language: header("accept-language"),
            content_type: header("content-type"),
            user_agent: header("user-agent"),
            request_id: header("x-request-id"),
        }
    }

    /// Whether the client wants the headers alone.
    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }
}

/// The answer to a request.
pub struct Response {
    status: u16,
    content_type: Vec<u8>,
    /// A header beyond those that every response has.
    extra: Option<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            content_type: b"text/plain; charset=utf-8".into(),
            extra: None,
            body: body.into(),
        }
    }

    fn not_allowed(allow: &str) -> Self {
        Self {
            extra: Some(("allow", allow.into())),
            ..Self::text(405, "Method Not Allowed\n")
        }
    }

    /// The code of HTTP.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Names and values; the answer to `HEAD` has those of `GET`.
    pub fn headers(&self) -> Vec<(String, Vec<u8>)> {
        let mut headers = vec![
            ("content-type".into(), self.content_type.clone()),
            ("content-length".into(), self.body.len().to_string().into()),
        ];
        if let Some((name, value)) = &self.extra {
            headers.push(((*name).into(), value.clone().into()));
        }
        headers
    }

    /// What follows the headers, except in an answer to `HEAD`.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Answers a request. Reads its body only where the answer depends on it.
pub fn respond(request: &Request, input: impl Read) -> io::Result<Response> {
    Ok(match (&request.path[..], &request.method[..]) {
        ("/", "GET" | "HEAD") => greet(request),
        ("/request", "GET" | "HEAD") => describe(request),
        ("/echo", "POST") => echo(request, input)?,
        ("/" | "/request", _) => Response::not_allowed("GET, HEAD"),
        ("/echo", _) => Response::not_allowed("POST"),
        _ => Response::text(404, "Not Found\n"),
    })
}

/// What goes to the log: `GET /request 200`, on one line whatever the path holds.
pub fn log_line(request: &Request, response: &Response) -> String {
    let called = format!("{} {}", request.method, request.path);
    let printable = called.replace(|char: char| char.is_ascii_control(), "?");
    format!("{printable} {}", response.status)
}

fn greet(request: &Request) -> Response {
    let name = query::parameter(&request.query, "name").unwrap_or_default();
    match String::from_utf8(or(name, b"world")) {
        Ok(name) => Response::text(200, format!("Hello, {name}!\n")),
        Err(_) => Response::text(400, "Bad Request\n"),
    }
}

/// Shows the request, with no other headers than these: they may hold secrets.
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
    Response::text(200, text)
}

fn echo(request: &Request, input: impl Read) -> io::Result<Response> {
    let mut body = Vec::new();
    input.take(MAX_BODY + 1).read_to_end(&mut body)?;
    if body.len() as u64 > MAX_BODY {
        return Ok(Response::text(413, "Content Too Large\n"));
    }
    Ok(Response {
        status: 200,
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
        status: u16,
        headers: Vec<String>,
        body: Vec<u8>,
        log: String,
    }

    fn answer(method: &str, target: &str, headers: &[(&str, &str)], input: impl Read) -> Answer {
        let request = Request::new(method.into(), target, |name| {
            let found = headers.iter().find(|(key, _)| *key == name);
            found.map_or(vec![], |(_, value)| value.as_bytes().into())
        });
        let response = respond(&request, input).unwrap();
        let headers = response.headers().into_iter();
        Answer {
            status: response.status(),
            headers: headers
                .map(|(name, value)| format!("{name}: {}", String::from_utf8(value).unwrap()))
                .collect(),
            body: response.body().into(),
            log: log_line(&request, &response),
        }
    }

    fn get(target: &str) -> Answer {
        answer("GET", target, &[], io::empty())
    }

    fn call(method: &str, target: &str, input: impl Read) -> Answer {
        answer(method, target, &[], input)
    }

    #[test]
    fn greets_the_world() {
        let answer = get("");
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.headers,
            [
                "content-type: text/plain; charset=utf-8",
                "content-length: 14"
            ]
        );
        assert_eq!(answer.body, b"Hello, world!\n");
        assert_eq!(answer.log, "GET / 200");
    }

    #[test]
    fn greets_a_name() {
        assert_eq!(get("/?name=%C3%89va").body, "Hello, Éva!\n".as_bytes());
        assert_eq!(get("/?name=").body, b"Hello, world!\n");
    }

    #[test]
    fn refuses_a_name_that_is_not_utf_8() {
        let answer = get("/?name=%FF");
        assert_eq!(answer.status, 400);
        assert_eq!(answer.body, b"Bad Request\n");
    }

    #[test]
    fn shows_the_listed_headers_that_are_there() {
        let headers = [
            ("user-agent", "test"),
            ("content-type", "text/css"),
            ("cookie", "secret"),
        ];
        assert_eq!(
            answer("GET", "/request?a=%20?", &headers, io::empty()).body,
            b"method: GET\npath: /request\nquery: a=%20?\ncontent-type: text/css\nuser-agent: test\n"
        );
    }

    #[test]
    fn has_the_same_headers_for_head_as_for_get() {
        let head = call("HEAD", "/request", io::empty());
        assert_eq!(head.headers, get("/request").headers);
    }

    #[test]
    fn echoes_the_body() {
        let answer = call("POST", "/echo", &b"a\0\xff"[..]);
        assert_eq!(
            answer.headers,
            [
                "content-type: application/octet-stream",
                "content-length: 3",
                "x-body-bytes: 3"
            ]
        );
        assert_eq!(answer.body, b"a\0\xff");
    }

    #[test]
    fn takes_a_body_of_one_mebibyte_and_no_more() {
        let echo = |length| call("POST", "/echo", io::repeat(b'a').take(length));
        assert_eq!(echo(MAX_BODY).status, 200);
        assert_eq!(echo(MAX_BODY + 1).status, 413);
    }

    #[test]
    fn names_the_methods_that_a_path_allows() {
        let allowed = |method, target| {
            let answer = call(method, target, io::empty());
            assert_eq!(answer.status, 405);
            answer.headers[2].clone()
        };
        assert_eq!(allowed("POST", "/"), "allow: GET, HEAD");
        assert_eq!(allowed("GET", "/echo"), "allow: POST");
    }

    #[test]
    fn decodes_the_path_and_logs_it_on_one_line() {
        assert_eq!(get("/%72equest").status, 200);
        assert_eq!(get("/a%0Ab%7F%FF%4").log, "GET /a?b?\u{fffd}%4 404");
    }
}
