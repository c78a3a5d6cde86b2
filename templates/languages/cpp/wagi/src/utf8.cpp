#include "utf8.hpp"

#include <cstddef>

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto lead = static_cast<unsigned char>(bytes.front());
    std::size_t length = 1;
    unsigned least = 0;
    if (lead >> 5 == 0x06) {
      length = 2;
      least = 0x80;
    } else if (lead >> 4 == 0x0e) {
      length = 3;
      least = 0x800;
    } else if (lead >> 3 == 0x1e) {
      length = 4;
      least = 0x10000;
    } else if (lead >= 0x80) {
      return false;
    }
    if (bytes.size() < length) {
      return false;
    }

    unsigned point = length == 1 ? lead : lead & (0x7fU >> length);
    for (const char more : bytes.substr(1, length - 1)) {
      const auto byte = static_cast<unsigned char>(more);
      if (byte >> 6 != 0x02) {
        return false;
      }
      point = point << 6 | (byte & 0x3fU);
    }
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      return false;
    }
    bytes.remove_prefix(length);
  }
  return true;
}
