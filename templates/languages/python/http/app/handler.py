"""Answers a request: all that the component does but input and output."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

# The largest body that `/echo` takes, in bytes.
MAX_BODY = 1 << 20

SHOWN = ("accept", "accept-language", "content-type", "user-agent", "x-request-id")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    # By name, in lower case. A value is bytes, in no certain encoding.
    headers: dict[str, bytes] = field(default_factory=dict)
    # At most one byte more than MAX_BODY.
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    status: int
    content_type: bytes
    body: bytes
    extra: dict[str, bytes] = field(default_factory=dict)

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        length = str(len(self.body)).encode()
        return [
            ("content-type", self.content_type),
            ("content-length", length),
            *self.extra.items(),
        ]


def split_target(target: str) -> tuple[str, str]:
    """The path, decoded, and the query, as it came."""
    path, _, query = target.partition("?")
    return unquote(path) or "/", query


def takes_body(method: str, path: str) -> bool:
    """Whether the answer depends on the body, so that it has to be read."""
    return (method, path) == ("POST", "/echo")


def respond(request: Request) -> Response:
    match request.path:
        case "/" | "/request" if request.method not in ("GET", "HEAD"):
            return not_allowed(b"GET, HEAD")
        case "/":
            return greet(request)
        case "/request":
            return describe(request)
        case "/echo" if request.method != "POST":
            return not_allowed(b"POST")
        case "/echo":
            return echo(request)
        case _:
            return problem(404, b"Not Found")


def log_line(request: Request, response: Response) -> str:
    """What goes to the log: `GET /request 200`, on one line whatever the path holds."""
    line = f"{request.method} {request.path} {response.status}"
    return "".join("?" if char < " " or char == "\x7f" else char for char in line)


def greet(request: Request) -> Response:
    parameters = parse_qsl(request.query, keep_blank_values=True, errors="surrogateescape")
    name = next((value for key, value in parameters if key == "name"), "") or "world"
    try:
        return text(200, f"Hello, {name}!\n".encode())
    except UnicodeEncodeError:
        # What was not UTF-8 has become surrogates.
        return problem(400, b"Bad Request")


def describe(request: Request) -> Response:
    """Shows the request, without the rest of the headers: they may hold secrets."""
    shown = {
        # HEAD has the headers of GET, so the length is that of what GET shows.
        "method": b"GET",
        "path": request.path.encode(),
        "query": request.query.encode(),
        **{name: value for name in SHOWN if (value := request.headers.get(name))},
    }
    return text(
        200, b"".join(b"%b: %b\n" % (name.encode(), value) for name, value in shown.items())
    )


def echo(request: Request) -> Response:
    body = request.body
    if len(body) > MAX_BODY:
        return problem(413, b"Content Too Large")
    content_type = request.headers.get("content-type") or b"application/octet-stream"
    return Response(200, content_type, body, {"x-body-bytes": str(len(body)).encode()})


def not_allowed(allow: bytes) -> Response:
    return problem(405, b"Method Not Allowed", {"allow": allow})


def problem(status: int, reason: bytes, extra: dict[str, bytes] | None = None) -> Response:
    return text(status, reason + b"\n", extra)


def text(status: int, body: bytes, extra: dict[str, bytes] | None = None) -> Response:
    return Response(status, b"text/plain; charset=utf-8", body, extra or {})
