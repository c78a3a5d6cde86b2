// Does what the arguments ask for.
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>

#include "src/command.hpp"
#include "src/counter.hpp"
#include "src/streams.hpp"

namespace {

// The exit code for arguments that make no sense.
constexpr int exit_usage = 2;

std::optional<std::string> count_input() {
  static std::array<char, 1 << 16> bytes;
  Counter counter;
  for (;;) {
    const auto chunk = read_fully(STDIN_FILENO, bytes);
    if (!chunk) {
      return std::nullopt;
    }
    if (chunk->empty()) {
      return counter.show();
    }
    counter.add(*chunk);
  }
}

} // namespace

int main(int argc, char **argv) {
  // A host may leave out even the name of the program.
  const std::span words(argv, static_cast<std::size_t>(argc));
  const Command command = parse(words.subspan(words.empty() ? 0 : 1));
  switch (command.action) {
  case Action::print:
    return write_fully(STDOUT_FILENO, command.output) ? EXIT_SUCCESS : EXIT_FAILURE;
  case Action::count: {
    const auto counts = count_input();
    return counts && write_fully(STDOUT_FILENO, *counts) ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  case Action::refuse:
    return write_fully(STDERR_FILENO, command.output) ? exit_usage : EXIT_FAILURE;
  }
}
