/* Runs the unit tests. */
#include "check.h"
#include "tests.h"

int main(void) {
  test_query();
  test_utf8();
  test_handler();
  return check_result();
}
