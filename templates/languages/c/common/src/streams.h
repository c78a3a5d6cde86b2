/* The standard streams, without the buffers and formats of stdio, which would be most of the
 * module. */
#ifndef STREAMS_H
#define STREAMS_H

#include <stdbool.h>
#include <stddef.h>

/* Reads until `length` bytes are there or the input ends, and says how many there are; -1 on an
 * error, which it reports on standard error. */
long long read_fully(int stream, void *bytes, size_t length);

/* Writes all of the bytes; false on an error, which it reports on standard error. */
bool write_fully(int stream, const void *bytes, size_t length);

#endif
