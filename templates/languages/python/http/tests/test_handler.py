import pytest

from app.handler import MAX_BODY, Request, Response, log_line, respond, split_target, takes_body


def ask(
    method: str, target: str, headers: dict[str, bytes] | None = None, body: bytes = b""
) -> Response:
    path, query = split_target(target)
    return respond(Request(method, path, query, headers or {}, body))


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("", "/", ""),
        ("?a", "/", "a"),
        ("/a?b?c=%20", "/a", "b?c=%20"),
        ("/a%2Fb+%C3%A8", "/a/b+è", ""),
        ("/100%/%4/%zz", "/100%/%4/%zz", ""),
        ("/%FF", "/\ufffd", ""),
    ],
)
def test_splits_the_target(target: str, path: str, query: str) -> None:
    assert split_target(target) == (path, query)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "world"),
        ("name", "world"),
        ("name=&name=Ada", "world"),
        ("Name=Ada&names=Ada", "world"),
        ("a=%FF&name=Ada&name=%FF", "Ada"),
        ("name=a=b", "a=b"),
        ("n%61me=Ada+Lovelace", "Ada Lovelace"),
        ("name=a%2Bb%26c", "a+b&c"),
        ("name=Gr%c3%A8ta", "Grèta"),
        ("name=%00", "\0"),
        ("name=100%%41%4", "100%A%4"),
    ],
)
def test_greets(query: str, name: str) -> None:
    assert ask("GET", f"/?{query}").body == f"Hello, {name}!\n".encode()


def test_has_a_type_and_a_length_in_bytes() -> None:
    response = ask("GET", "/?name=%C3%A8")
    assert response.status == 200
    assert response.headers == [
        ("content-type", b"text/plain; charset=utf-8"),
        ("content-length", b"11"),
    ]


def test_refuses_a_name_that_is_not_utf_8() -> None:
    response = ask("GET", "/?name=%FF")
    assert (response.status, response.body) == (400, b"Bad Request\n")


def test_shows_the_request_and_those_headers_that_are_there() -> None:
    headers = {"x-request-id": b"\xff", "accept": b"*/*", "user-agent": b"", "cookie": b"secret"}
    shown = b"method: GET\npath: /request\nquery: a=%20&b\naccept: */*\nx-request-id: \xff\n"
    assert ask("GET", "/request?a=%20&b", headers).body == shown


def test_answers_head_with_the_headers_of_get() -> None:
    assert ask("HEAD", "/request").headers == ask("GET", "/request").headers


def test_echoes_the_bytes_with_their_type() -> None:
    response = ask("POST", "/echo", {"content-type": b"image/png"}, b"\0\xff\r\n")
    assert response.body == b"\0\xff\r\n"
    assert response.headers == [
        ("content-type", b"image/png"),
        ("content-length", b"4"),
        ("x-body-bytes", b"4"),
    ]


def test_echoes_bytes_that_have_no_type() -> None:
    assert ask("POST", "/echo").content_type == b"application/octet-stream"


def test_takes_1_mib_and_not_a_byte_more() -> None:
    assert ask("POST", "/echo", body=bytes(MAX_BODY)).status == 200
    response = ask("POST", "/echo", body=bytes(MAX_BODY + 1))
    assert (response.status, response.body) == (413, b"Content Too Large\n")


def test_takes_a_body_only_to_echo_it() -> None:
    assert takes_body("POST", "/echo")
    assert not takes_body("POST", "/")
    assert not takes_body("PUT", "/echo")


@pytest.mark.parametrize("path", ["/Echo", "/echo/", "/request/x", "//"])
def test_finds_nothing_elsewhere(path: str) -> None:
    response = ask("POST", path)
    assert (response.status, response.body) == (404, b"Not Found\n")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "/", b"GET, HEAD"),
        ("DELETE", "/request", b"GET, HEAD"),
        ("PUT", "/?name=%FF", b"GET, HEAD"),
        ("HEAD", "/echo", b"POST"),
    ],
)
def test_names_the_methods_that_are_allowed(method: str, path: str, allow: bytes) -> None:
    response = ask(method, path)
    assert (response.status, response.body) == (405, b"Method Not Allowed\n")
    assert response.headers[-1] == ("allow", allow)


def test_logs_one_line_whatever_the_path_holds() -> None:
    request = Request("GET", "/a\nb\x1f\x7f\x80 ", "")
    assert log_line(request, respond(request)) == "GET /a?b??\x80  404"
