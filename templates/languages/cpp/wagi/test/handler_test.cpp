#include "../src/handler.hpp"

#include <map>
#include <source_location>
#include <string>
#include <string_view>

#include "check.hpp"
#include "tests.hpp"

using namespace std::string_view_literals;

namespace {

void check_answer(const Request &request, std::string_view expected_head,
                  std::string_view expected_body,
                  std::source_location where = std::source_location::current()) {
  const Response response = respond(request);
  check_equal(response.head, expected_head, where);
  check_equal(response.body, expected_body, where);
}

std::string plain(std::string_view length) {
  return "content-type: text/plain; charset=utf-8\ncontent-length: " + std::string(length) + "\n";
}

// Stands in for the environment.
std::string_view variable(const char *name) {
  static const std::map<std::string_view, std::string_view> variables{
      {"REQUEST_METHOD", "POST"},
      {"PATH_INFO", ""},
      {"CONTENT_TYPE", ""},
      {"HTTP_CONTENT_TYPE", "text/css"},
  };
  const auto found = variables.find(name);
  return found == variables.end() ? "" : found->second;
}

void takes_variables() {
  const Request request = Request::from(variable);
  check_equal(request.method, "POST");
  check_equal(request.path, "/");
  check_equal(request.query, "");
  check_equal(request.content_type, "text/css");
}

void greets() {
  check_answer({.method = "GET"}, plain("14") + "\n", "Hello, world!\n");
  check_answer({.method = "GET", .query = "name=Ada"}, plain("12") + "\n", "Hello, Ada!\n");
  check_answer({.method = "GET", .query = "name=%ff"},
               "status: 400 Bad Request\n" + plain("12") + "\n", "Bad Request\n");
}

void describes() {
  check_answer({.method = "HEAD",
                .path = "/request",
                .query = "a=1",
                .accept = "*/*",
                .content_type = "text/css"},
               plain("73") + "\n",
               "method: GET\npath: /request\nquery: a=1\n"
               "accept: */*\ncontent-type: text/css\n");
}

void refuses() {
  check_answer({.method = "PUT", .path = "/nothing"},
               "status: 404 Not Found\n" + plain("10") + "\n", "Not Found\n");
  check_answer({.method = "PUT"},
               "status: 405 Method Not Allowed\n" + plain("19") + "allow: GET, HEAD\n\n",
               "Method Not Allowed\n");
  check_answer({.method = "GET", .path = "/echo"},
               "status: 405 Method Not Allowed\n" + plain("19") + "allow: POST\n\n",
               "Method Not Allowed\n");
}

void echoes() {
  Request request{.method = "POST", .path = "/echo", .body = "a\0b"sv};
  check(request.takes_body());
  check_answer(request,
               "content-type: application/octet-stream\n"
               "content-length: 3\nx-body-bytes: 3\n\n",
               "a\0b"sv);

  const std::string bytes(max_body + 1, 'a');
  request.body = std::string_view(bytes).substr(1);
  check(respond(request).status == 200);
  check_equal(respond(request).body, request.body);

  request.body = bytes;
  check(respond(request).status == 413);
  check_equal(respond(request).body, "Content Too Large\n");
}

void logs() {
  const Request request{.method = "GET", .path = "/a\nb\x7f"};
  check_equal(log_line(request, respond(request)), "GET /a?b? 404\n");
}

} // namespace

void test_handler() {
  takes_variables();
  greets();
  describes();
  refuses();
  echoes();
  logs();
}
