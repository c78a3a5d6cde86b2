//! Takes each request from the host by `wasi:http` and hands it the answer.

mod handler;
mod query;

use std::io::{self, Write};

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingRequest, InputStream, Method, OutgoingBody, OutgoingResponse,
    ResponseOutparam,
};

use handler::{Request, Response, log_line, respond};

/// The most that is read of a body after its answer, in bytes.
const MAX_REST: u64 = 4 << 20;

/// What the host calls.
pub struct Component;

#[cfg(all(target_os = "wasi", not(test)))]
wasip2::http::proxy::export!(Component);

impl Guest for Component {
    fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        let request = read_head(&incoming);
        let body = incoming.consume().expect("the body is taken once");
        let mut input = body.stream().expect("the stream is taken once");
        match respond(&request, &mut input) {
            Ok(response) => {
                eprintln!("{}", log_line(&request, &response));
                if let Err(error) = send(&request, &response, out) {
                    eprintln!("wasm-example: {error}");
                }
            }
            Err(error) => {
                eprintln!("wasm-example: {error}");
                ResponseOutparam::set(out, Err(ErrorCode::InternalError(None)));
            }
        }
        discard(&input);
    }
}

fn read_head(incoming: &IncomingRequest) -> Request {
    let headers = incoming.headers();
    Request::new(
        method_name(incoming.method()),
        &incoming.path_with_query().unwrap_or_default(),
        |name| headers.get(name).pop().unwrap_or_default(),
    )
}

fn method_name(method: Method) -> String {
    match method {
        Method::Get => "GET".into(),
        Method::Head => "HEAD".into(),
        Method::Post => "POST".into(),
        Method::Put => "PUT".into(),
        Method::Delete => "DELETE".into(),
        Method::Connect => "CONNECT".into(),
        Method::Options => "OPTIONS".into(),
        Method::Trace => "TRACE".into(),
        Method::Patch => "PATCH".into(),
        Method::Other(name) => name,
    }
}

fn send(request: &Request, response: &Response, out: ResponseOutparam) -> io::Result<()> {
    let headers = Fields::from_list(&response.headers()).expect("the headers are well-formed");
    let outgoing = OutgoingResponse::new(headers);
    outgoing
        .set_status_code(response.status())
        .expect("the status is one of HTTP");
    let body = outgoing.body().expect("the body is taken once");
    ResponseOutparam::set(out, Ok(outgoing));
    if !request.is_head() {
        let mut output = body.write().expect("the stream is taken once");
        output.write_all(response.body())?;
        output.blocking_flush().map_err(io::Error::other)?;
    }
    // Fails where the body is shorter than `content-length` says, as it is in the answer to `HEAD`.
    let _ = OutgoingBody::finish(body, None);
    Ok(())
}

/// Reads the rest of a body. If it is left unread, the host closes the connection, which the client may want to keep.
fn discard(input: &InputStream) {
    let mut left = MAX_REST;
    while left > 0 {
        let Ok(skipped) = input.blocking_skip(left) else {
            return;
        };
        left -= skipped;
    }
}
