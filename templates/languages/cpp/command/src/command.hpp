// Decides what the arguments ask for: all of the command line but input and output.
#pragma once

#include <span>
#include <string>

enum class Action {
  // Print the output.
  print,
  // Count standard input.
  count,
  // Print the output on standard error: the arguments make no sense.
  refuse,
};

struct Command {
  Action action;
  std::string output;
};

// The arguments are without the name of the program.
Command parse(std::span<const char *const> arguments);
