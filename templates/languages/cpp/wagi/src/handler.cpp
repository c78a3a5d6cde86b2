#include "handler.hpp"

#include <utility>

#include "query.hpp"
#include "utf8.hpp"

namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

struct Status {
  int code;
  std::string_view reason;
};
constexpr Status ok{.code = 200, .reason = "OK"};
constexpr Status bad_request{.code = 400, .reason = "Bad Request"};
constexpr Status not_found{.code = 404, .reason = "Not Found"};
constexpr Status method_not_allowed{.code = 405, .reason = "Method Not Allowed"};
constexpr Status content_too_large{.code = 413, .reason = "Content Too Large"};

std::string_view either(std::string_view value, std::string_view fallback) {
  return value.empty() ? fallback : value;
}

void add_line(std::string &lines, std::string_view name, std::string_view value) {
  lines += name;
  lines += ": ";
  lines += value;
  lines += '\n';
}

void add_line_if_any(std::string &lines, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    add_line(lines, name, value);
  }
}

Response respond_with(Status status, std::string_view content_type, std::string body) {
  std::string head;
  if (status.code != ok.code) {
    add_line(head, "status", std::to_string(status.code) + ' ' + std::string(status.reason));
  }
  add_line(head, "content-type", content_type);
  add_line(head, "content-length", std::to_string(body.size()));
  return {.status = status.code, .head = std::move(head), .body = std::move(body)};
}

Response refuse(Status status, std::string_view allow = "") {
  Response response = respond_with(status, plain_text, std::string(status.reason) + '\n');
  add_line_if_any(response.head, "allow", allow);
  return response;
}

Response greet(const Request &request) {
  std::string name = query_parameter(request.query, "name");
  if (name.empty()) {
    name = "world";
  }
  if (!is_utf8(name)) {
    return refuse(bad_request);
  }
  return respond_with(ok, plain_text, "Hello, " + name + "!\n");
}

// Shows the request, without the rest of the environment: it may hold secrets.
Response describe(const Request &request) {
  std::string body;
  // HEAD has the headers of GET, so the length is that of what GET shows.
  add_line(body, "method", "GET");
  add_line(body, "path", request.path);
  add_line(body, "query", request.query);
  add_line_if_any(body, "accept", request.accept);
  add_line_if_any(body, "accept-language", request.accept_language);
  add_line_if_any(body, "content-type", request.content_type);
  add_line_if_any(body, "user-agent", request.user_agent);
  add_line_if_any(body, "x-request-id", request.request_id);
  return respond_with(ok, plain_text, std::move(body));
}

Response echo(const Request &request) {
  if (request.body.size() > max_body) {
    return refuse(content_too_large);
  }
  const auto content_type = either(request.content_type, "application/octet-stream");
  Response response = respond_with(ok, content_type, std::string(request.body));
  add_line(response.head, "x-body-bytes", std::to_string(request.body.size()));
  return response;
}

Response answer(const Request &request) {
  if (request.path == "/echo") {
    return request.method == "POST" ? echo(request) : refuse(method_not_allowed, "POST");
  }
  if (request.path != "/" && request.path != "/request") {
    return refuse(not_found);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return refuse(method_not_allowed, "GET, HEAD");
  }
  return request.path == "/" ? greet(request) : describe(request);
}

} // namespace

Request Request::from(std::string_view (*variable)(const char *name)) {
  return {
      .method = variable("REQUEST_METHOD"),
      .path = either(variable("PATH_INFO"), "/"),
      .query = variable("QUERY_STRING"),
      .accept = variable("HTTP_ACCEPT"),
      .accept_language = variable("HTTP_ACCEPT_LANGUAGE"),
      // WAGI 0.8.1 leaves CONTENT_TYPE empty and has the header as it came.
      .content_type = either(variable("CONTENT_TYPE"), variable("HTTP_CONTENT_TYPE")),
      .user_agent = variable("HTTP_USER_AGENT"),
      .request_id = variable("HTTP_X_REQUEST_ID"),
  };
}

bool Request::takes_body() const { return method == "POST" && path == "/echo"; }

Response respond(const Request &request) {
  Response response = answer(request);
  response.head += '\n';
  return response;
}

std::string log_line(const Request &request, const Response &response) {
  std::string line(request.method);
  line += ' ';
  for (const char c : request.path) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return line + ' ' + std::to_string(response.status) + '\n';
}
