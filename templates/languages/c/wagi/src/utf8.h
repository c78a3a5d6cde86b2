/* Whether bytes are UTF-8. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Nothing overlong, no surrogates, nothing above U+10FFFF. */
bool is_utf8(const char *bytes, size_t length);

#endif
