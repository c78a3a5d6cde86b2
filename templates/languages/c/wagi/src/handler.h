/* Answers a request: all that the program does but input and output. */
#ifndef HANDLER_H
#define HANDLER_H

#include <stdbool.h>

#include "buffer.h"

/* The largest body that /echo takes, in bytes. */
enum { MAX_BODY = 1 << 20 };

/* A request as the variables of CGI 1.1 describe it: empty where there is none, never NULL. */
struct request {
  const char *method;
  const char *path;
  const char *query;
  const char *accept;
  const char *accept_language;
  const char *content_type;
  const char *user_agent;
  const char *request_id;
  struct buffer body;
};

struct response {
  int status;
  /* The header lines of CGI and the empty line after them. */
  struct buffer head;
  struct buffer body;
};

/* Takes all but the body from the variables, which live as long as the request; `variable` is
 * getenv. */
struct request request_from(char *(*variable)(const char *name));

/* Whether the answer depends on the body, so that it has to be read. */
bool request_takes_body(const struct request *request);

/* Fills an empty response. */
void respond(const struct request *request, struct response *response);

/* What goes to the log: `GET /request 200`, on one line whatever the path holds. */
void log_line(const struct request *request, const struct response *response, struct buffer *line);

#endif
