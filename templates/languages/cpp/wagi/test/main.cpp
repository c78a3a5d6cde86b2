// Runs the unit tests.
#include "check.hpp"
#include "tests.hpp"

int main() {
  test_query();
  test_utf8();
  test_handler();
  return check_result();
}
