#include "../src/counter.h"

#include "check.h"
#include "tests.h"

#define CHECK_COUNT(expected, first, second)                                                       \
  do {                                                                                             \
    struct counter counter = {0};                                                                  \
    counter_add(&counter, first, sizeof(first) - 1);                                               \
    counter_add(&counter, second, sizeof(second) - 1);                                             \
    struct buffer shown = {0};                                                                     \
    counter_show(&counter, &shown);                                                                \
    CHECK_HOLDS(&shown, expected "\n");                                                            \
    buffer_free(&shown);                                                                           \
  } while (0)

void test_counter(void) {
  CHECK_COUNT("0 0 0", "", "");
  CHECK_COUNT("1 2 8", "Ada\n", "Lace");
  CHECK_COUNT("0 1 3", "Ad", "a");
  CHECK_COUNT("0 2 3", "a ", "b");
  CHECK_COUNT("1 3 9", " a\tb\v\f\r\n", "\xff");
  CHECK_COUNT("0 1 3", "a\0", "b");
}
