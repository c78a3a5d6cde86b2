/* Decides what the arguments ask for: all of the command line but input and output. */
#ifndef COMMAND_H
#define COMMAND_H

#include "buffer.h"

enum action {
  /* Print the output. */
  ACTION_PRINT,
  /* Count standard input. */
  ACTION_COUNT,
  /* Print the output on standard error: the arguments make no sense. */
  ACTION_REFUSE,
};

/* `arguments` ends with NULL and is without the name of the program. */
enum action command_parse(char **arguments, struct buffer *output);

#endif
