#include "streams.h"

#include <unistd.h>

long long read_fully(int stream, void *bytes, size_t length) {
  size_t have = 0;
  while (have < length) {
    ssize_t more = read(stream, (char *)bytes + have, length - have);
    if (more < 0) {
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
  size_t done = 0;
  while (done < length) {
    ssize_t more = write(stream, (const char *)bytes + done, length - done);
    if (more < 0) {
      return false;
    }
    done += (size_t)more;
  }
  return true;
}
