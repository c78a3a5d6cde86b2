// Checks that do not stop at the first failure, and report in the form of a compiler's error.
#pragma once

#include <source_location>
#include <string_view>

void check(bool holds, std::source_location where = std::source_location::current());
void check_equal(std::string_view actual, std::string_view expected,
                 std::source_location where = std::source_location::current());

// 0 where every check held, else 1.
int check_result();
