"""Talks to the host by wasi:http: reads the request, sends what handler.py answers."""

import sys
from contextlib import suppress

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports.streams import InputStream, StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    Method,
    Method_Other,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)

from app.handler import MAX_BODY, Request, Response, log_line, respond, split_target, takes_body

# The most that a stream takes at once, as wasi:io has it.
CHUNK = 4096

# The most that is read of a body after its answer, in bytes.
MAX_REST = 4 << 20


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        with request.consume() as incoming, incoming.stream() as stream:
            asked = read(request, stream)
            response = respond(asked)
            send(response, response_out, with_body=asked.method != "HEAD")
            print(log_line(asked, response), file=sys.stderr)
            discard(stream)


def read(request: IncomingRequest, stream: InputStream) -> Request:
    method = method_name(request.method())
    path, query = split_target(request.path_with_query() or "")
    headers = dict(request.headers().entries())
    body = read_body(stream) if takes_body(method, path) else b""
    return Request(method, path, query, headers, body)


def method_name(method: Method) -> str:
    if isinstance(method, Method_Other):
        return method.value
    # The classes of the others are called Method_Get and so on.
    return type(method).__name__.removeprefix("Method_").upper()


def read_body(stream: InputStream) -> bytes:
    """The body, or the first MAX_BODY + 1 bytes of it."""
    body = bytearray()
    while len(body) <= MAX_BODY:
        try:
            body += stream.blocking_read(MAX_BODY + 1 - len(body))
        except Err as error:
            if isinstance(error.value, StreamError_Closed):
                break
            raise
    return bytes(body)


def discard(stream: InputStream) -> None:
    """Reads the rest of a body. If it is left unread, the host closes the connection."""
    left = MAX_REST
    with suppress(Err):
        while left > 0:
            left -= stream.blocking_skip(left)


def send(response: Response, response_out: ResponseOutparam, *, with_body: bool) -> None:
    outgoing = OutgoingResponse(Fields.from_list(response.headers))
    outgoing.set_status_code(response.status)
    # A body that is opened has to be as long as content-length says.
    body = outgoing.body() if with_body else None
    ResponseOutparam.set(response_out, Ok(outgoing))
    if body:
        with body.write() as stream:
            for start in range(0, len(response.body), CHUNK):
                stream.blocking_write_and_flush(response.body[start : start + CHUNK])
        OutgoingBody.finish(body, None)
