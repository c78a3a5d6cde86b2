#include "../src/query.h"

#include "check.h"
#include "tests.h"

#define CHECK_NAME(query, expected)                                                                \
  do {                                                                                             \
    struct buffer value = {0};                                                                     \
    query_parameter(query, "name", &value);                                                        \
    CHECK_HOLDS(&value, expected);                                                                 \
    buffer_free(&value);                                                                           \
  } while (0)

void test_query(void) {
  CHECK_NAME("", "");
  CHECK_NAME("name=Ada", "Ada");
  CHECK_NAME("lang=en&name=Ada&name=Grace", "Ada");
  CHECK_NAME("name", "");
  CHECK_NAME("rename=Ada", "");
  CHECK_NAME("name=a=b", "a=b");
  CHECK_NAME("n%61me=Ada", "Ada");
  CHECK_NAME("name=Ada+Lovelace", "Ada Lovelace");
  CHECK_NAME("name=%41%64%61", "Ada");
  CHECK_NAME("name=%C3%A8%c3%a8", "\xc3\xa8\xc3\xa8");
  CHECK_NAME("name=a%00b", "a\0b");
  CHECK_NAME("name=100%", "100%");
  CHECK_NAME("name=%4", "%4");
  CHECK_NAME("name=%4&lang=1", "%4");
  CHECK_NAME("name=%zz%2", "%zz%2");
}
