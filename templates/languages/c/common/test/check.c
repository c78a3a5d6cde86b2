#include "check.h"

#include <stdio.h>

static int made;
static int failed;

void check(bool condition, const char *file, int line, const char *what) {
  made++;
  if (!condition) {
    failed++;
    (void)fprintf(stderr, "%s:%d: error: %s\n", file, line, what);
  }
}

void check_holds(const struct buffer *buffer, const char *text, size_t length, const char *file,
                 int line) {
  made++;
  if (!buffer_equals(buffer, text, length)) {
    failed++;
    (void)fprintf(stderr, "%s:%d: error: expected '%s', got '%.*s'\n", file, line, text,
                  (int)buffer->length, buffer->length > 0 ? buffer->bytes : "");
  }
}

int check_result(void) {
  (void)fprintf(stderr, "%d of %d checks hold\n", made - failed, made);
  return failed == 0 ? 0 : 1;
}
