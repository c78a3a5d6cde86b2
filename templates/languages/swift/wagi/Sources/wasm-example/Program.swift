// Takes the request from the environment and standard input, as CGI does, and writes the answer.

import Logic

@main
enum Program {
  static func main() {
    var request = Request(variable: environmentVariable)
    if request.takesBody { request.body = readInput(atMost: maxBody + 1) }
    let response = respond(to: request)
    writeAll(response.head, to: .output)
    if !request.isHead { writeAll(response.body, to: .output) }
    writeAll(logLine(request, response), to: .error)
  }
}
