// The standard streams, without iostream, which would be most of the module.
#pragma once

#include <optional>
#include <span>
#include <string_view>

// Reads until `bytes` is full or the input ends, and shows what was read; nothing on an
// error, which it reports on standard error.
std::optional<std::string_view> read_fully(int stream, std::span<char> bytes);

// Writes all of the bytes; false on an error, which it reports on standard error.
bool write_fully(int stream, std::string_view bytes);
