/* Takes the request from the environment and standard input, as CGI does, and writes the answer. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/buffer.h"
#include "src/handler.h"
#include "src/streams.h"

/* One byte more than is taken tells that there is too much. */
static char body[MAX_BODY + 1];

int main(void) {
  struct request request = request_from(getenv);
  if (request_takes_body(&request)) {
    long long length = read_fully(STDIN_FILENO, body, sizeof body);
    if (length < 0) {
      return EXIT_FAILURE;
    }
    request.body = (struct buffer){.bytes = body, .length = (size_t)length};
  }

  struct response response = {0};
  respond(&request, &response);
  struct buffer line = {0};
  log_line(&request, &response, &line);

  bool head_only = strcmp(request.method, "HEAD") == 0;
  bool written =
      write_fully(STDOUT_FILENO, response.head.bytes, response.head.length) &&
      (head_only || write_fully(STDOUT_FILENO, response.body.bytes, response.body.length)) &&
      write_fully(STDERR_FILENO, line.bytes, line.length);
  return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
