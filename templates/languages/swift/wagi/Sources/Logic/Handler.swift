// Answers a request: all that the program does but input and output.

/// The largest body that `/echo` takes, in bytes.
public let maxBody = 1 << 20

/// A request as the variables of CGI 1.1 describe it.
public struct Request {
  public var body: [UInt8] = []

  /// The value of a variable; empty where there is none.
  let variable: (String) -> [UInt8]

  public init(variable: @escaping (String) -> [UInt8]) {
    self.variable = variable
  }

  public var isHead: Bool { method == utf8("HEAD") }

  /// Whether the answer depends on the body, so that it has to be read.
  public var takesBody: Bool { method == utf8("POST") && path == utf8("/echo") }

  var method: [UInt8] { variable("REQUEST_METHOD") }

  var path: [UInt8] { variable("PATH_INFO").or("/") }

  var query: [UInt8] { variable("QUERY_STRING") }

  /// WAGI 0.8.1 leaves `CONTENT_TYPE` empty and has the header as it came.
  var contentType: [UInt8] {
    let named = variable("CONTENT_TYPE")
    return named.isEmpty ? variable("HTTP_CONTENT_TYPE") : named
  }
}

public struct Response {
  public let body: [UInt8]

  let status: Int
  let reason: String
  let contentType: [UInt8]
  /// Header lines beyond those that every response has.
  let extra: String

  /// The header lines of CGI and the empty line after them.
  public var head: [UInt8] {
    var lines: [UInt8] = []
    if status != 200 { lines += utf8("status: \(status) \(reason)\n") }
    lines += line("content-type", contentType)
    lines += utf8("content-length: \(body.count)\n\(extra)\n")
    return lines
  }
}

public func respond(to request: Request) -> Response {
  let isRead = request.isHead || request.method == utf8("GET")
  switch request.path {
  case utf8("/"):
    return isRead ? greet(request) : notAllowed("GET, HEAD")
  case utf8("/request"):
    return isRead ? describe(request) : notAllowed("GET, HEAD")
  case utf8("/echo"):
    return request.takesBody ? echo(request) : notAllowed("POST")
  default:
    return problem(404, "Not Found")
  }
}

/// What goes to the log: `GET /request 200`, on one line whatever the request holds.
public func logLine(_ request: Request, _ response: Response) -> [UInt8] {
  let asked = request.method + utf8(" ") + request.path
  let shown = asked.map { byte in
    byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte
  }
  return shown + utf8(" \(response.status)\n")
}

private func greet(_ request: Request) -> Response {
  let name = parameter("name", in: request.query).or("world")
  guard isUTF8(name) else { return problem(400, "Bad Request") }
  return text(200, "OK", utf8("Hello, ") + name + utf8("!\n"))
}

func isUTF8(_ bytes: [UInt8]) -> Bool {
  var decoder = UTF8()
  var rest = bytes.makeIterator()
  while true {
    switch decoder.decode(&rest) {
    case .scalarValue: continue
    case .emptyInput: return true
    case .error: return false
    }
  }
}

/// Shows the request, without the rest of the environment: it may hold secrets.
private func describe(_ request: Request) -> Response {
  let headers = [
    ("accept", request.variable("HTTP_ACCEPT")),
    ("accept-language", request.variable("HTTP_ACCEPT_LANGUAGE")),
    ("content-type", request.contentType),
    ("user-agent", request.variable("HTTP_USER_AGENT")),
    ("x-request-id", request.variable("HTTP_X_REQUEST_ID")),
  ]
  // HEAD has the headers of GET, so the length is that of what GET shows.
  var lines = line("method", utf8("GET"))
  lines += line("path", request.path)
  lines += line("query", request.query)
  for (name, value) in headers where !value.isEmpty {
    lines += line(name, value)
  }
  return text(200, "OK", lines)
}

private func echo(_ request: Request) -> Response {
  if request.body.count > maxBody { return problem(413, "Content Too Large") }
  return Response(
    body: request.body,
    status: 200,
    reason: "OK",
    contentType: request.contentType.or("application/octet-stream"),
    extra: "x-body-bytes: \(request.body.count)\n"
  )
}

private func notAllowed(_ methods: String) -> Response {
  problem(405, "Method Not Allowed", extra: "allow: \(methods)\n")
}

private func problem(_ status: Int, _ reason: String, extra: String = "") -> Response {
  text(status, reason, utf8("\(reason)\n"), extra: extra)
}

private func text(
  _ status: Int, _ reason: String, _ body: [UInt8], extra: String = ""
) -> Response {
  Response(
    body: body,
    status: status,
    reason: reason,
    contentType: utf8("text/plain; charset=utf-8"),
    extra: extra
  )
}

private func line(_ name: String, _ value: [UInt8]) -> [UInt8] {
  utf8("\(name): ") + value + utf8("\n")
}

extension [UInt8] {
  /// These bytes, or this text where there are none.
  fileprivate func or(_ fallback: String) -> [UInt8] {
    isEmpty ? utf8(fallback) : self
  }
}
