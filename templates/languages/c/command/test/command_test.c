#include "../src/command.h"

#include <stddef.h>

#include "check.h"
#include "tests.h"

#define CHECK_PARSE(expected_action, expected_output, ...)                                         \
  do {                                                                                             \
    char *arguments[] = {__VA_ARGS__};                                                             \
    struct buffer output = {0};                                                                    \
    CHECK(command_parse(arguments, &output) == (expected_action));                                 \
    CHECK_HOLDS(&output, expected_output);                                                         \
    buffer_free(&output);                                                                          \
  } while (0)

#define PROGRAM "wasm-example"
#define TRY "\nTry '" PROGRAM " --help'.\n"

void test_command(void) {
  CHECK_PARSE(ACTION_PRINT, "Hello, world!\n", NULL);
  CHECK_PARSE(ACTION_PRINT, "Hello, Ada!\nHello, Grace!\n", "Ada", "Grace", NULL);
  CHECK_PARSE(ACTION_PRINT, "Hello, world!\n", "--", NULL);
  CHECK_PARSE(ACTION_PRINT, "Hello, -!\nHello, --count!\nHello, --!\n", "-", "--", "--count", "--",
              NULL);

  CHECK_PARSE(ACTION_COUNT, "", "--count", NULL);
  CHECK_PARSE(ACTION_REFUSE, PROGRAM ": --count takes no other argument" TRY, "--count", "Ada",
              NULL);
  CHECK_PARSE(ACTION_REFUSE, PROGRAM ": unknown option '--loud'" TRY, "--help", "--loud", "-x",
              NULL);

  struct buffer help = {0};
  char *arguments[] = {"--count", "--help", NULL};
  CHECK(command_parse(arguments, &help) == ACTION_PRINT);
  CHECK(help.length > 0 && help.bytes[0] == 'U');
  buffer_free(&help);
}
