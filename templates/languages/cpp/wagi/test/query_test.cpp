#include "../src/query.hpp"

#include <source_location>
#include <string_view>

#include "check.hpp"
#include "tests.hpp"

using namespace std::string_view_literals;

namespace {

void check_name(std::string_view query, std::string_view expected,
                std::source_location where = std::source_location::current()) {
  check_equal(query_parameter(query, "name"), expected, where);
}

} // namespace

void test_query() {
  check_name("", "");
  check_name("name=Ada", "Ada");
  check_name("lang=en&name=Ada&name=Grace", "Ada");
  check_name("name", "");
  check_name("rename=Ada", "");
  check_name("name=a=b", "a=b");
  check_name("n%61me=Ada", "Ada");
  check_name("name=Ada+Lovelace", "Ada Lovelace");
  check_name("name=%41%64%61", "Ada");
  check_name("name=%C3%A8%c3%a8", "\xc3\xa8\xc3\xa8");
  check_name("name=a%00b", "a\0b"sv);
  check_name("name=100%", "100%");
  check_name("name=%4", "%4");
  check_name("name=%4&lang=1", "%4");
  check_name("name=%zz%2", "%zz%2");
}
