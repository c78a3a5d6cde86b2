#include "streams.hpp"

#include <unistd.h>

#include <cstddef>

std::optional<std::string_view> read_fully(int stream, std::span<char> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t more = read(stream, bytes.data() + have, bytes.size() - have);
    if (more < 0) {
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
  while (!bytes.empty()) {
    const ssize_t done = write(stream, bytes.data(), bytes.size());
    if (done < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}
