// Counts as POSIX `wc` does, chunk by chunk, so that input of any size takes the same memory.
#pragma once

#include <string>
#include <string_view>

class Counter {
public:
  void add(std::string_view chunk);

  // `lines words bytes` and a line break.
  [[nodiscard]] std::string show() const;

private:
  unsigned long long lines = 0;
  unsigned long long words = 0;
  unsigned long long bytes = 0;
  bool in_word = false;
};
