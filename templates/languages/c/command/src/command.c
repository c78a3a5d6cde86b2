#include "command.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PROGRAM "wasm-example"

static const char usage[] =
    "Usage: " PROGRAM " [NAME...]\n"
    "       " PROGRAM " --count < FILE\n"
    "\n"
    "Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard "
    "input.\n";

static bool same(const char *a, const char *b) { return strcmp(a, b) == 0; }

static bool is_option(const char *argument) { return argument[0] == '-' && argument[1] != '\0'; }

static void greet(const char *name, struct buffer *output) {
  buffer_add_text(output, "Hello, ");
  buffer_add_text(output, name);
  buffer_add_text(output, "!\n");
}

static enum action refuse(const char *problem, const char *option, const char *end,
                          struct buffer *output) {
  buffer_add_text(output, PROGRAM ": ");
  buffer_add_text(output, problem);
  buffer_add_text(output, option);
  buffer_add_text(output, end);
  buffer_add_text(output, "\nTry '" PROGRAM " --help'.\n");
  return ACTION_REFUSE;
}

enum action command_parse(char **arguments, struct buffer *output) {
  bool help = false;
  bool count = false;
  for (char **each = arguments; *each != NULL && !same(*each, "--"); each++) {
    if (same(*each, "--help")) {
      help = true;
    } else if (same(*each, "--count")) {
      count = true;
    } else if (is_option(*each)) {
      return refuse("unknown option '", *each, "'", output);
    }
  }
  if (help) {
    buffer_add_text(output, usage);
    return ACTION_PRINT;
  }
  if (count) {
    return arguments[1] == NULL ? ACTION_COUNT
                                : refuse("--count takes no other argument", "", "", output);
  }

  bool options_ended = false;
  for (char **each = arguments; *each != NULL; each++) {
    if (!options_ended && same(*each, "--")) {
      options_ended = true;
    } else {
      greet(*each, output);
    }
  }
  if (output->length == 0) {
    greet("world", output);
  }
  return ACTION_PRINT;
}
