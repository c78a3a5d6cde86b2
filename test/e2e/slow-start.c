// A program with a slow start: it computes a table before it can answer, unless Wizer has let it do so at build time.
#include <stdint.h>
#include <stdio.h>

static uint32_t table[1 << 12];
static int ready;

__attribute__((export_name("wizer-initialize"))) void prepare(void) {
  if (ready) return;
  for (uint32_t round = 0; round < 20000; round++)
    for (uint32_t i = 0; i < 1 << 12; i++) table[i] = table[i] * 1664525U + i + round;
  ready = 1;
}

int main(void) {
  prepare();
  printf("%u\n", table[77]);
  return 0;
}
