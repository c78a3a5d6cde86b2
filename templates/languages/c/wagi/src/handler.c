#include "handler.h"

#include <string.h>

#include "query.h"
#include "utf8.h"

static bool same(const char *a, const char *b) { return strcmp(a, b) == 0; }

static const char *either(const char *value, const char *fallback) {
  return value != NULL && *value != '\0' ? value : fallback;
}

struct request request_from(char *(*variable)(const char *name)) {
  return (struct request){
      .method = either(variable("REQUEST_METHOD"), ""),
      .path = either(variable("PATH_INFO"), "/"),
      .query = either(variable("QUERY_STRING"), ""),
      .accept = either(variable("HTTP_ACCEPT"), ""),
      .accept_language = either(variable("HTTP_ACCEPT_LANGUAGE"), ""),
      /* WAGI 0.8.1 leaves CONTENT_TYPE empty and has the header as it came. */
      .content_type = either(variable("CONTENT_TYPE"), either(variable("HTTP_CONTENT_TYPE"), "")),
      .user_agent = either(variable("HTTP_USER_AGENT"), ""),
      .request_id = either(variable("HTTP_X_REQUEST_ID"), ""),
  };
}

bool request_takes_body(const struct request *request) {
  return same(request->method, "POST") && same(request->path, "/echo");
}

static void add_line(struct buffer *lines, const char *name, const char *value) {
  buffer_add_text(lines, name);
  buffer_add_text(lines, ": ");
  buffer_add_text(lines, value);
  buffer_add_byte(lines, '\n');
}

static void add_line_if_any(struct buffer *lines, const char *name, const char *value) {
  if (*value != '\0') {
    add_line(lines, name, value);
  }
}

static void add_number_line(struct buffer *lines, const char *name, size_t number) {
  buffer_add_text(lines, name);
  buffer_add_text(lines, ": ");
  buffer_add_number(lines, number);
  buffer_add_byte(lines, '\n');
}

/* The header lines that every response has; the body must be there. */
static void begin_head(struct response *response, int status, const char *reason,
                       const char *content_type) {
  struct buffer *head = &response->head;
  response->status = status;
  if (status != 200) {
    buffer_add_text(head, "status: ");
    buffer_add_number(head, (unsigned)status);
    buffer_add_byte(head, ' ');
    buffer_add_text(head, reason);
    buffer_add_byte(head, '\n');
  }
  add_line(head, "content-type", content_type);
  add_number_line(head, "content-length", response->body.length);
}

static const char plain_text[] = "text/plain; charset=utf-8";

static void refuse(struct response *response, int status, const char *reason, const char *allow) {
  buffer_add_text(&response->body, reason);
  buffer_add_byte(&response->body, '\n');
  begin_head(response, status, reason, plain_text);
  add_line_if_any(&response->head, "allow", allow);
}

static void greet(const struct request *request, struct response *response) {
  struct buffer name = {0};
  query_parameter(request->query, "name", &name);
  if (name.length == 0) {
    buffer_add_text(&name, "world");
  }
  if (is_utf8(name.bytes, name.length)) {
    buffer_add_text(&response->body, "Hello, ");
    buffer_add(&response->body, name.bytes, name.length);
    buffer_add_text(&response->body, "!\n");
    begin_head(response, 200, "OK", plain_text);
  } else {
    refuse(response, 400, "Bad Request", "");
  }
  buffer_free(&name);
}

/* Shows the request, without the rest of the environment: it may hold secrets. */
static void describe(const struct request *request, struct response *response) {
  struct buffer *body = &response->body;
  /* HEAD has the headers of GET, so the length is that of what GET shows. */
  add_line(body, "method", "GET");
  add_line(body, "path", request->path);
  add_line(body, "query", request->query);
  add_line_if_any(body, "accept", request->accept);
  add_line_if_any(body, "accept-language", request->accept_language);
  add_line_if_any(body, "content-type", request->content_type);
  add_line_if_any(body, "user-agent", request->user_agent);
  add_line_if_any(body, "x-request-id", request->request_id);
  begin_head(response, 200, "OK", plain_text);
}

static void echo(const struct request *request, struct response *response) {
  if (request->body.length > MAX_BODY) {
    refuse(response, 413, "Content Too Large", "");
    return;
  }
  buffer_add(&response->body, request->body.bytes, request->body.length);
  begin_head(response, 200, "OK", either(request->content_type, "application/octet-stream"));
  add_number_line(&response->head, "x-body-bytes", request->body.length);
}

static void answer(const struct request *request, struct response *response) {
  if (same(request->path, "/echo")) {
    if (same(request->method, "POST")) {
      echo(request, response);
    } else {
      refuse(response, 405, "Method Not Allowed", "POST");
    }
  } else if (!same(request->path, "/") && !same(request->path, "/request")) {
    refuse(response, 404, "Not Found", "");
  } else if (!same(request->method, "GET") && !same(request->method, "HEAD")) {
    refuse(response, 405, "Method Not Allowed", "GET, HEAD");
  } else if (same(request->path, "/")) {
    greet(request, response);
  } else {
    describe(request, response);
  }
}

void respond(const struct request *request, struct response *response) {
  answer(request, response);
  buffer_add_byte(&response->head, '\n');
}

void log_line(const struct request *request, const struct response *response, struct buffer *line) {
  buffer_add_text(line, request->method);
  buffer_add_byte(line, ' ');
  for (const char *c = request->path; *c != '\0'; c++) {
    unsigned char byte = (unsigned char)*c;
    buffer_add_byte(line, byte < 0x20 || byte == 0x7f ? '?' : *c);
  }
  buffer_add_byte(line, ' ');
  buffer_add_number(line, (unsigned)response->status);
  buffer_add_byte(line, '\n');
}
