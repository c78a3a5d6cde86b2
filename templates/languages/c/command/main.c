/* Does what the arguments ask for. */
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/buffer.h"
#include "src/command.h"
#include "src/counter.h"
#include "src/streams.h"

/* The exit code for arguments that make no sense. */
enum { EXIT_USAGE = 2 };

static bool count_input(struct buffer *output) {
  static char chunk[1 << 16];
  struct counter counter = {0};
  for (;;) {
    long long length = read_fully(STDIN_FILENO, chunk, sizeof chunk);
    if (length < 0) {
      return false;
    }
    if (length == 0) {
      break;
    }
    counter_add(&counter, chunk, (size_t)length);
  }
  counter_show(&counter, output);
  return true;
}

int main(int argc, char **argv) {
  struct buffer output = {0};
  /* A host may leave out even the name of the program. */
  enum action action = command_parse(argc > 0 ? argv + 1 : argv, &output);
  if (action == ACTION_COUNT && !count_input(&output)) {
    return EXIT_FAILURE;
  }
  int stream = action == ACTION_REFUSE ? STDERR_FILENO : STDOUT_FILENO;
  if (!write_fully(stream, output.bytes, output.length)) {
    return EXIT_FAILURE;
  }
  return action == ACTION_REFUSE ? EXIT_USAGE : EXIT_SUCCESS;
}
