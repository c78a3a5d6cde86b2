#include "../src/command.hpp"

#include <initializer_list>
#include <source_location>
#include <string>
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

void check_refuses(std::initializer_list<const char *> arguments, const std::string &problem,
                   std::source_location where = std::source_location::current()) {
  const std::string program = "wasm-example";
  const Command command = parsed(arguments);
  check(command.action == Action::refuse, where);
  check_equal(command.output, program + ": " + problem + "\nTry '" + program + " --help'.\n",
              where);
}

} // namespace

void test_command() {
  check_prints({}, "Hello, world!\n");
  check_prints({"Ada", "Grace"}, "Hello, Ada!\nHello, Grace!\n");
  check_prints({"--"}, "Hello, world!\n");
  check_prints({"-", "--", "--count", "--"}, "Hello, -!\nHello, --count!\nHello, --!\n");

  check(parsed({"--count"}).action == Action::count);
  check_refuses({"--count", "Ada"}, "--count takes no other argument");
  check_refuses({"--help", "--loud", "-x"}, "unknown option '--loud'");

  const Command help = parsed({"--count", "--help"});
  check(help.action == Action::print);
  check(help.output.starts_with("Usage: "));
}
