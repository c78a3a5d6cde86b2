// Answers a request: all that the program does but input and output.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The largest body that /echo takes, in bytes.
inline constexpr std::size_t max_body = 1 << 20;

// A request as the variables of CGI 1.1 describe it: empty if there is none. The text belongs to
// the caller.
struct Request {
  std::string_view method = {};
  std::string_view path = "/";
  std::string_view query = {};
  std::string_view accept = {};
  std::string_view accept_language = {};
  std::string_view content_type = {};
  std::string_view user_agent = {};
  std::string_view request_id = {};
  std::string_view body = {};

  // Takes all but the body from the variables; `variable` finds one by its name.
  static Request from(std::string_view (*variable)(const char *name));

  // Whether the answer depends on the body, so that it has to be read.
  [[nodiscard]] bool takes_body() const;
};

struct Response {
  int status;
  // The header lines of CGI and the empty line after them.
  std::string head;
  std::string body;
};

Response respond(const Request &request);

// What goes to the log: `GET /request 200`, on one line whatever the path holds.
std::string log_line(const Request &request, const Response &response);
