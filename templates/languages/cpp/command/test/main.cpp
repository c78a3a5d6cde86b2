// Runs the unit tests.
#include "check.hpp"
#include "tests.hpp"

int main() {
  test_command();
  test_counter();
  return check_result();
}
