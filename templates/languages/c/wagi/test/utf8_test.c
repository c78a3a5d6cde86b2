#include "../src/utf8.h"

#include "check.h"
#include "tests.h"

#define UTF8(text) is_utf8(text, sizeof(text) - 1)

void test_utf8(void) {
  CHECK(UTF8(""));
  CHECK(UTF8("Ada"));
  CHECK(UTF8("\xc3\xa8"));
  CHECK(UTF8("\xe2\x82\xac"));
  CHECK(UTF8("\xf0\x9f\xa6\x80"));
  CHECK(UTF8("\xf4\x8f\xbf\xbf"));

  /* Alone, cut short, and a lead byte that is none. */
  CHECK(!UTF8("\x80"));
  CHECK(!UTF8("\xc3"));
  CHECK(!UTF8("\xc3("));
  CHECK(!UTF8("\xe2\x82"));
  CHECK(!UTF8("\xff"));
  /* Overlong, a surrogate, above U+10FFFF. */
  CHECK(!UTF8("\xc0\xaf"));
  CHECK(!UTF8("\xe0\x80\xaf"));
  CHECK(!UTF8("\xed\xa0\x80"));
  CHECK(!UTF8("\xf4\x90\x80\x80"));
}
