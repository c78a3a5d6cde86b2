// Takes the request from the environment and standard input, as CGI does, and writes the answer.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "src/handler.hpp"
#include "src/streams.hpp"

namespace {

// One byte more than is taken tells that there is too much.
std::array<char, max_body + 1> body;

std::string_view variable(const char *name) {
  const char *const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

} // namespace

int main() {
  Request request = Request::from(variable);
  if (request.takes_body()) {
    const auto read = read_fully(STDIN_FILENO, body);
    if (!read) {
      return EXIT_FAILURE;
    }
    request.body = *read;
  }

  const Response response = respond(request);
  const bool written = write_fully(STDOUT_FILENO, response.head) &&
                       (request.method == "HEAD" || write_fully(STDOUT_FILENO, response.body)) &&
                       write_fully(STDERR_FILENO, log_line(request, response));
  return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
