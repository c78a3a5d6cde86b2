#include "../src/command.hpp"

#include <initializer_list>
#include <string_view>

#include "check.hpp"
#include "tests.hpp"

namespace {

Command parsed(std::initializer_list<const char *> arguments) { return parse(arguments); }

void check_prints(std::initializer_list<const char *> arguments, std::string_view expected,
                  std::source_location where = std::source_location::current()) {
  const Command command = parsed(arguments);
  check(command.action == Action::print, where);
  check_equal(command.output, expected, where);
}

void check_refuses(std::initializer_list<const char *> arguments, std::string_view expected,
                   std::source_location where = std::source_location::current()) {
  const Command command = parsed(arguments);
  check(command.action == Action::refuse, where);
  check_equal(command.output, expected, where);
}

} // namespace

void test_command() {
  check_prints({}, "Hello, world!\n");
  check_prints({"Ada", "Grace"}, "Hello, Ada!\nHello, Grace!\n");
  check_prints({"--"}, "Hello, world!\n");
  check_prints({"-", "--", "--count", "--"}, "Hello, -!\nHello, --count!\nHello, --!\n");

  check(parsed({"--count"}).action == Action::count);
  check_refuses({"--count", "Ada"}, "wasm-example: --count takes no other argument\n"
                                    "Try 'wasm-example --help'.\n");
  check_refuses({"--help", "--loud", "-x"}, "wasm-example: unknown option '--loud'\n"
                                            "Try 'wasm-example --help'.\n");

  const Command help = parsed({"--count", "--help"});
  check(help.action == Action::print);
  check(help.output.starts_with("Usage: "));
}
