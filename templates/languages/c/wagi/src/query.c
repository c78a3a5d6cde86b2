#include "query.h"

#include <stdbool.h>
#include <string.h>

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

/* `+` is a space and `%41` a byte; a `%` without two hexadecimal digits stands for itself. */
static void decode(const char *text, size_t length, struct buffer *decoded) {
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (c == '%' && length - i > 2) {
      int high = hex_digit(text[i + 1]);
      int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        c = (char)(high * 16 + low);
        i += 2;
      }
    } else if (c == '+') {
      c = ' ';
    }
    buffer_add_byte(decoded, c);
  }
}

static bool decodes_to(const char *text, size_t length, const char *wanted) {
  struct buffer decoded = {0};
  decode(text, length, &decoded);
  bool same = buffer_equals(&decoded, wanted, strlen(wanted));
  buffer_free(&decoded);
  return same;
}

void query_parameter(const char *query, const char *name, struct buffer *value) {
  for (const char *pair = query;;) {
    size_t length = strcspn(pair, "&");
    size_t key = strcspn(pair, "=&");
    if (decodes_to(pair, key, name)) {
      if (key < length) {
        decode(pair + key + 1, length - key - 1, value);
      }
      return;
    }
    if (pair[length] == '\0') {
      return;
    }
    pair += length + 1;
  }
}
