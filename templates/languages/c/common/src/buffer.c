#include "buffer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void buffer_add(struct buffer *buffer, const void *bytes, size_t length) {
  if (length == 0) {
    return;
  }
  if (length > buffer->capacity - buffer->length) {
    size_t capacity = 2 * buffer->capacity + length;
    /* Not realloc, which alone is 2 kB of the module. */
    char *grown = malloc(capacity);
    if (grown == NULL) {
      abort();
    }
    if (buffer->length > 0) {
      memcpy(grown, buffer->bytes, buffer->length);
    }
    free(buffer->bytes);
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
}

void buffer_add_text(struct buffer *buffer, const char *text) {
  buffer_add(buffer, text, strlen(text));
}

void buffer_add_byte(struct buffer *buffer, char byte) { buffer_add(buffer, &byte, 1); }

void buffer_add_number(struct buffer *buffer, unsigned long long number) {
  char digits[20];
  size_t first = sizeof digits;
  do {
    digits[--first] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  buffer_add(buffer, digits + first, sizeof digits - first);
}

bool buffer_equals(const struct buffer *buffer, const void *bytes, size_t length) {
  return buffer->length == length && (length == 0 || memcmp(buffer->bytes, bytes, length) == 0);
}

void buffer_free(struct buffer *buffer) {
  free(buffer->bytes);
  *buffer = (struct buffer){0};
}
