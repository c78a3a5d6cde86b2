#include "query.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

namespace {

// The byte that `%41` stands for; nothing where the text does not begin like that.
std::optional<char> escaped_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') {
    return std::nullopt;
  }
  unsigned char byte = 0;
  const char *const end = text.data() + 3;
  if (std::from_chars(text.data() + 1, end, byte, 16).ptr != end) {
    return std::nullopt;
  }
  return static_cast<char>(byte);
}

// `+` is a space and `%41` a byte; a `%` without two hexadecimal digits stands for itself.
std::string decode(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    const auto escaped = escaped_byte(text);
    decoded += escaped.value_or(text.front() == '+' ? ' ' : text.front());
    text.remove_prefix(escaped ? 3 : 1);
  }
  return decoded;
}

} // namespace

std::string query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (decode(pair.substr(0, equals)) == name) {
      return decode(pair.substr(std::min(equals + 1, pair.size())));
    }
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  return {};
}
