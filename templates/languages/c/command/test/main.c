/* Runs the unit tests. */
#include "check.h"
#include "tests.h"

int main(void) {
  test_command();
  test_counter();
  return check_result();
}
