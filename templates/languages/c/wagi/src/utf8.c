#include "utf8.h"

bool is_utf8(const char *bytes, size_t length) {
  for (size_t i = 0; i < length;) {
    unsigned char lead = (unsigned char)bytes[i++];
    unsigned more = 0;
    unsigned least = 0;
    if (lead < 0x80) {
      continue;
    }
    if (lead >> 5 == 0x06) {
      more = 1;
      least = 0x80;
    } else if (lead >> 4 == 0x0e) {
      more = 2;
      least = 0x800;
    } else if (lead >> 3 == 0x1e) {
      more = 3;
      least = 0x10000;
    } else {
      return false;
    }

    unsigned point = lead & (0x3fU >> more);
    for (; more > 0; more--) {
      if (i == length || (unsigned char)bytes[i] >> 6 != 0x02) {
        return false;
      }
      point = point << 6 | ((unsigned char)bytes[i++] & 0x3fU);
    }
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      return false;
    }
  }
  return true;
}
