#include "../src/handler.h"

#include <string.h>

#include "check.h"
#include "tests.h"

/* Stands in for the environment: names and values by turns. */
static const char *const *variables;

static char *variable(const char *name) {
  for (const char *const *pair = variables; *pair != NULL; pair += 2) {
    if (strcmp(pair[0], name) == 0) {
      return (char *)pair[1];
    }
  }
  return NULL;
}

struct exchange {
  struct request request;
  struct response response;
};

static struct exchange exchange(const char *const *environment, struct buffer body) {
  variables = environment;
  struct exchange done = {.request = request_from(variable)};
  done.request.body = body;
  respond(&done.request, &done.response);
  return done;
}

static void discard(struct exchange *done) {
  buffer_free(&done->response.head);
  buffer_free(&done->response.body);
}

#define CHECK_ANSWER(expected_head, expected_body, ...)                                            \
  do {                                                                                             \
    const char *const environment[] = {__VA_ARGS__, NULL};                                         \
    struct exchange done = exchange(environment, (struct buffer){0});                              \
    CHECK_HOLDS(&done.response.head, expected_head);                                               \
    CHECK_HOLDS(&done.response.body, expected_body);                                               \
    discard(&done);                                                                                \
  } while (0)

#define PLAIN(length) "content-type: text/plain; charset=utf-8\ncontent-length: " length "\n"

static void greets(void) {
  CHECK_ANSWER(PLAIN("14") "\n", "Hello, world!\n", "REQUEST_METHOD", "GET");
  CHECK_ANSWER(PLAIN("12") "\n", "Hello, Ada!\n", "REQUEST_METHOD", "GET", "PATH_INFO", "/",
               "QUERY_STRING", "name=Ada");
  CHECK_ANSWER("status: 400 Bad Request\n" PLAIN("12") "\n", "Bad Request\n", "REQUEST_METHOD",
               "GET", "QUERY_STRING", "name=%ff");
}

static void describes(void) {
  CHECK_ANSWER(PLAIN("73") "\n",
               "method: GET\npath: /request\nquery: a=1\n"
               "accept: */*\ncontent-type: text/css\n",
               "REQUEST_METHOD", "HEAD", "PATH_INFO", "/request", "QUERY_STRING", "a=1",
               "CONTENT_TYPE", "", "HTTP_CONTENT_TYPE", "text/css", "HTTP_ACCEPT", "*/*",
               "HTTP_COOKIE", "secret");
}

static void refuses(void) {
  CHECK_ANSWER("status: 404 Not Found\n" PLAIN("10") "\n", "Not Found\n", "REQUEST_METHOD", "PUT",
               "PATH_INFO", "/nothing");
  CHECK_ANSWER("status: 405 Method Not Allowed\n" PLAIN("19") "allow: GET, HEAD\n\n",
               "Method Not Allowed\n", "REQUEST_METHOD", "PUT", "PATH_INFO", "/");
  CHECK_ANSWER("status: 405 Method Not Allowed\n" PLAIN("19") "allow: POST\n\n",
               "Method Not Allowed\n", "REQUEST_METHOD", "GET", "PATH_INFO", "/echo");
}

static void echoes(void) {
  const char *const environment[] = {"REQUEST_METHOD", "POST", "PATH_INFO", "/echo", NULL};
  static char bytes[MAX_BODY + 1] = "a\0b";
  struct exchange done = exchange(environment, (struct buffer){.bytes = bytes, .length = 3});
  CHECK(request_takes_body(&done.request));
  CHECK_HOLDS(&done.response.head, "content-type: application/octet-stream\n"
                                   "content-length: 3\nx-body-bytes: 3\n\n");
  CHECK_HOLDS(&done.response.body, "a\0b");
  discard(&done);

  done = exchange(environment, (struct buffer){.bytes = bytes, .length = MAX_BODY});
  CHECK(done.response.status == 200);
  CHECK(done.response.body.length == MAX_BODY);
  discard(&done);

  done = exchange(environment, (struct buffer){.bytes = bytes, .length = MAX_BODY + 1});
  CHECK(done.response.status == 413);
  CHECK_HOLDS(&done.response.body, "Content Too Large\n");
  discard(&done);
}

static void logs(void) {
  const char *const environment[] = {"REQUEST_METHOD", "GET", "PATH_INFO", "/a\nb\x7f", NULL};
  struct exchange done = exchange(environment, (struct buffer){0});
  struct buffer line = {0};
  log_line(&done.request, &done.response, &line);
  CHECK_HOLDS(&line, "GET /a?b? 404\n");
  buffer_free(&line);
  discard(&done);
}

void test_handler(void) {
  greets();
  describes();
  refuses();
  echoes();
  logs();
}
