#include "counter.h"

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

void counter_add(struct counter *counter, const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    counter->lines += bytes[i] == '\n';
    bool in_word = !is_space(bytes[i]);
    counter->words += in_word && !counter->in_word;
    counter->in_word = in_word;
  }
  counter->bytes += length;
}

void counter_show(const struct counter *counter, struct buffer *output) {
  buffer_add_number(output, counter->lines);
  buffer_add_byte(output, ' ');
  buffer_add_number(output, counter->words);
  buffer_add_byte(output, ' ');
  buffer_add_number(output, counter->bytes);
  buffer_add_byte(output, '\n');
}
