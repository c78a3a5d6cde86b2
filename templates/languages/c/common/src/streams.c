#include "streams.h"

#include <errno.h> /* IWYU pragma: keep */
#include <string.h>
#include <unistd.h>

static bool write_all(int stream, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t done = write(stream, bytes, length);
    if (done < 0) {
      return false;
    }
    bytes += done;
    length -= (size_t)done;
  }
  return true;
}

static const char program[] = "wasm-example";

static void report(const char *problem) {
  const char *parts[] = {program, ": ", problem, ": ", strerror(errno), "\n"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    write_all(STDERR_FILENO, parts[i], strlen(parts[i]));
  }
}

long long read_fully(int stream, void *bytes, size_t length) {
  size_t have = 0;
  while (have < length) {
    ssize_t more = read(stream, (char *)bytes + have, length - have);
    if (more < 0) {
      report("cannot read");
      return -1;
    }
    if (more == 0) {
      break;
    }
    have += (size_t)more;
  }
  return (long long)have;
}

bool write_fully(int stream, const void *bytes, size_t length) {
  bool written = write_all(stream, bytes, length);
  if (!written) {
    report("cannot write");
  }
  return written;
}
