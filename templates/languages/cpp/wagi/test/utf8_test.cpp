#include "../src/utf8.hpp"

#include "check.hpp"
#include "tests.hpp"

void test_utf8() {
  check(is_utf8(""));
  check(is_utf8("Ada"));
  check(is_utf8("\xc3\xa8"));
  check(is_utf8("\xe2\x82\xac"));
  check(is_utf8("\xf0\x9f\xa6\x80"));
  check(is_utf8("\xf4\x8f\xbf\xbf"));

  // Alone, cut short, and a lead byte that is none.
  check(!is_utf8("\x80"));
  check(!is_utf8("\xc3"));
  check(!is_utf8("\xc3("));
  check(!is_utf8("\xe2\x82"));
  check(!is_utf8("\xff"));
  // Overlong, a surrogate, above U+10FFFF.
  check(!is_utf8("\xc0\xaf"));
  check(!is_utf8("\xe0\x80\xaf"));
  check(!is_utf8("\xed\xa0\x80"));
  check(!is_utf8("\xf4\x90\x80\x80"));
}
