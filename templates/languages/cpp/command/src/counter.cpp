#include "counter.hpp"

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

} // namespace

void Counter::add(std::string_view chunk) {
  for (const char c : chunk) {
    lines += c == '\n';
    const bool was_in_word = in_word;
    in_word = !is_space(c);
    words += in_word && !was_in_word;
  }
  bytes += chunk.size();
}

std::string Counter::show() const {
  return std::to_string(lines) + ' ' + std::to_string(words) + ' ' + std::to_string(bytes) + '\n';
}
