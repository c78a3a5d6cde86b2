#include "command.hpp"

#include <algorithm>
#include <string_view>

namespace {

using namespace std::string_view_literals;

constexpr auto usage = R"(Usage: wasm-example [NAME...]
       wasm-example --count < FILE

Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.
)";

std::string greet(std::string_view name) { return "Hello, " + std::string(name) + "!\n"; }

Command refuse(const std::string &problem) {
  const std::string program = "wasm-example";
  return {.action = Action::refuse,
          .output = program + ": " + problem + "\nTry '" + program + " --help'.\n"};
}

} // namespace

Command parse(std::span<const char *const> arguments) {
  bool help = false;
  bool count = false;
  const auto end_of_options = std::ranges::find(arguments, "--"sv);
  for (const std::string_view argument : std::span(arguments.begin(), end_of_options)) {
    if (argument == "--help") {
      help = true;
    } else if (argument == "--count") {
      count = true;
    } else if (argument.starts_with('-') && argument != "-") {
      return refuse("unknown option '" + std::string(argument) + "'");
    }
  }
  if (help) {
    return {.action = Action::print, .output = usage};
  }
  if (count) {
    return arguments.size() == 1 ? Command{.action = Action::count, .output = ""}
                                 : refuse("--count takes no other argument");
  }

  std::string output;
  for (auto each = arguments.begin(); each != arguments.end(); ++each) {
    if (each != end_of_options) {
      output += greet(*each);
    }
  }
  return {.action = Action::print, .output = output.empty() ? greet("world") : output};
}
