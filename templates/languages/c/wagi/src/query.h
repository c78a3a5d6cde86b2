/* Reads query strings: `name=Ada&lang=en`. */
#ifndef QUERY_H
#define QUERY_H

#include "buffer.h"

/* Adds the value of the first parameter with this name, decoded; nothing where there is none. */
void query_parameter(const char *query, const char *name, struct buffer *value);

#endif
