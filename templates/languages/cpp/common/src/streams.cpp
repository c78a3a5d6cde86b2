#include "streams.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace {

constexpr std::string_view program = "wasm-example";
constexpr std::string_view colon = ": ";
constexpr std::string_view newline = "\n";

bool write_all(int stream, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = write(stream, bytes.data(), bytes.size());
    if (done < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

void report(std::string_view problem) {
  const std::string_view reason = std::strerror(errno);
  for (const auto part : std::array{program, colon, problem, colon, reason, newline}) {
    write_all(STDERR_FILENO, part);
  }
}

} // namespace

std::optional<std::string_view> read_fully(int stream, std::span<char> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t more = read(stream, bytes.data() + have, bytes.size() - have);
    if (more < 0) {
      report("cannot read");
      return std::nullopt;
    }
    if (more == 0) {
      break;
    }
    have += static_cast<std::size_t>(more);
  }
  return std::string_view(bytes.data(), have);
}

bool write_fully(int stream, std::string_view bytes) {
  const bool written = write_all(stream, bytes);
  if (!written) {
    report("cannot write");
  }
  return written;
}
