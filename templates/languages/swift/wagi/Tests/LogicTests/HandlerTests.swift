import Testing

@testable import Logic

private let plain = "content-type: text/plain; charset=utf-8\n"

private struct Answer {
  let head: String
  let body: [UInt8]
  let log: [UInt8]
}

/// The answer to a request with these variables.
private func ask(
  _ method: String, _ path: String, _ variables: [String: String] = [:], body: [UInt8] = []
) -> Answer {
  var request = Request { name in
    switch name {
    case "REQUEST_METHOD": utf8(method)
    case "PATH_INFO": utf8(path)
    default: utf8(variables[name] ?? "")
    }
  }
  request.body = body
  let response = respond(to: request)
  return Answer(
    head: String(decoding: response.head, as: UTF8.self),
    body: response.body,
    log: logLine(request, response)
  )
}

@Suite struct Greeting {
  @Test(arguments: ["/", ""])
  func greetsTheWorld(path: String) {
    let answer = ask("GET", path)
    #expect(answer.head == "\(plain)content-length: 14\n\n")
    #expect(answer.body == utf8("Hello, world!\n"))
    #expect(answer.log == utf8("GET / 200\n"))
  }

  @Test func greetsByName() {
    let answer = ask("GET", "/", ["QUERY_STRING": "name=Gr%C3%A8ta"])
    #expect(answer.head == "\(plain)content-length: 15\n\n")
    #expect(answer.body == utf8("Hello, Grèta!\n"))
  }

  @Test func refusesANameThatIsNotUTF8() {
    let answer = ask("GET", "/", ["QUERY_STRING": "name=%FF"])
    #expect(answer.head == "status: 400 Bad Request\n\(plain)content-length: 12\n\n")
    #expect(answer.body == utf8("Bad Request\n"))
  }
}

@Suite struct Description {
  @Test func showsTheRequestAndThoseHeadersThatAreThere() {
    let variables = [
      "QUERY_STRING": "a=%20&b",
      "HTTP_X_REQUEST_ID": "42",
      "HTTP_ACCEPT": "*/*",
      "HTTP_USER_AGENT": "",
      "HTTP_COOKIE": "secret",
    ]
    let shown = "method: GET\npath: /request\nquery: a=%20&b\naccept: */*\nx-request-id: 42\n"
    #expect(ask("GET", "/request", variables).body == utf8(shown))
  }

  @Test func answersHeadWithTheHeadersOfGet() {
    #expect(ask("HEAD", "/request").head == ask("GET", "/request").head)
  }
}

@Suite struct Echo {
  @Test func sendsTheBytesBackWithTheirType() {
    let body: [UInt8] = [0x00, 0xFF, 0x0D, 0x0A]
    let answer = ask("POST", "/echo", ["CONTENT_TYPE": "image/png"], body: body)
    #expect(answer.head == "content-type: image/png\ncontent-length: 4\nx-body-bytes: 4\n\n")
    #expect(answer.body == body)
  }

  @Test func findsTheTypeInTheHeaderTooAndHasOneOfItsOwn() {
    let variables = ["CONTENT_TYPE": "", "HTTP_CONTENT_TYPE": "text/css"]
    #expect(ask("POST", "/echo", variables).head.hasPrefix("content-type: text/css\n"))
    #expect(ask("POST", "/echo").head.hasPrefix("content-type: application/octet-stream\n"))
  }

  @Test func takesOneMebibyteAndNotAByteMore() {
    let mebibyte = [UInt8](repeating: 0x41, count: maxBody)
    #expect(ask("POST", "/echo", body: mebibyte).body == mebibyte)
    let answer = ask("POST", "/echo", body: mebibyte + [0x41])
    #expect(answer.head.hasPrefix("status: 413 Content Too Large\n"))
    #expect(answer.body == utf8("Content Too Large\n"))
  }
}

@Suite struct EverythingElse {
  @Test(arguments: ["/request/", "/Echo", "/echo/x", "//"])
  func isNotFound(path: String) {
    let answer = ask("POST", path)
    #expect(answer.head == "status: 404 Not Found\n\(plain)content-length: 10\n\n")
    #expect(answer.body == utf8("Not Found\n"))
    #expect(answer.log == utf8("POST \(path) 404\n"))
  }

  @Test func namesTheMethodsThatAreAllowed() {
    let status = "status: 405 Method Not Allowed\n"
    let allow = "content-length: 19\nallow: GET, HEAD\n\n"
    #expect(ask("DELETE", "/").head == "\(status)\(plain)\(allow)")
    #expect(ask("HEAD", "/echo").head.hasSuffix("\nallow: POST\n\n"))
  }
}

@Test func logsOneLineWhateverThePathHolds() {
  #expect(ask("GET", "/a\nb\u{1F}\u{7F}é ").log == utf8("GET /a?b??é  404\n"))
}
