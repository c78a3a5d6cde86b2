/* A check that does not stop at the first failure, and reports in the form of a compiler's error.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>

#include "../src/buffer.h"

#define CHECK(condition) check(condition, __FILE__, __LINE__, #condition)

/* Whether a buffer holds exactly this text. */
#define CHECK_HOLDS(buffer, text) check_holds(buffer, text, sizeof(text) - 1, __FILE__, __LINE__)

void check(bool condition, const char *file, int line, const char *what);
void check_holds(const struct buffer *buffer, const char *text, size_t length, const char *file,
                 int line);

/* 0 where every check held, else 1. */
int check_result(void);

#endif
