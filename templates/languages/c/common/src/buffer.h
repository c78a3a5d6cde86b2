/* Bytes that grow. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* Empty when all is zero. The bytes may hold NUL and have none at their end. */
struct buffer {
  char *bytes;
  size_t length;
  size_t capacity;
};

/* Each of these ends the program where there is no memory. */
void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_number(struct buffer *buffer, unsigned long long number);

bool buffer_equals(const struct buffer *buffer, const void *bytes, size_t length);

void buffer_free(struct buffer *buffer);

#endif
