#include "../src/counter.hpp"

#include <initializer_list>
#include <string_view>

#include "check.hpp"
#include "tests.hpp"

using namespace std::string_view_literals;

namespace {

std::string counted(std::initializer_list<std::string_view> chunks) {
  Counter counter;
  for (const std::string_view chunk : chunks) {
    counter.add(chunk);
  }
  return counter.show();
}

} // namespace

void test_counter() {
  check_equal(counted({}), "0 0 0\n");
  check_equal(counted({"Ada\n", "Lace"}), "1 2 8\n");
  check_equal(counted({"Ad", "a"}), "0 1 3\n");
  check_equal(counted({"a ", "b"}), "0 2 3\n");
  check_equal(counted({" a\tb\v\f\r\n", "\xff"}), "1 3 9\n");
  check_equal(counted({"a\0"sv, "b"}), "0 1 3\n");
}
