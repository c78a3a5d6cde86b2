#include "check.hpp"

#include <iostream>

namespace {

int made = 0;
int failed = 0;

std::ostream &fail(const std::source_location &where) {
  failed++;
  return std::cerr << where.file_name() << ':' << where.line() << ':' << where.column()
                   << ": error: ";
}

} // namespace

void check(bool holds, std::source_location where) {
  made++;
  if (!holds) {
    fail(where) << "this does not hold\n";
  }
}

void check_equal(std::string_view actual, std::string_view expected, std::source_location where) {
  made++;
  if (actual != expected) {
    fail(where) << "expected '" << expected << "', got '" << actual << "'\n";
  }
}

int check_result() {
  std::cerr << made - failed << " of " << made << " checks hold\n";
  return failed == 0 ? 0 : 1;
}
