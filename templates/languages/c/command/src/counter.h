/* Counts as POSIX `wc` does, chunk by chunk, so that input of any size takes the same memory. */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* Zero at the start. */
struct counter {
  unsigned long long lines;
  unsigned long long words;
  unsigned long long bytes;
  bool in_word;
};

void counter_add(struct counter *counter, const char *bytes, size_t length);

/* Adds `lines words bytes` and a line break. */
void counter_show(const struct counter *counter, struct buffer *output);

#endif
