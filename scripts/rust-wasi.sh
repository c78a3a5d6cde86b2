#!/usr/bin/env bash
# Builds the standard library of Debian's rustc (packages rustc-web, rust-web-src, wasi-libc, clang-22, lld-22) for
# wasm32-wasip1 and wasm32-wasip2 from its own sources, because rustup's is in no package registry. Usage: rust-wasi.sh BIN, a folder on PATH that gets `rust-lld`, `wasm-component-ld` and `cargo`.
set -euo pipefail
bin=$1
targets=/usr/lib/rustlib
toolchain=$(rustup default | cut -d ' ' -f 1)
export RUSTUP_TOOLCHAIN=$toolchain
ln -sfn /usr/bin/lld-22 "$bin/rust-lld"
[ -x "$bin/wasm-component-ld" ] || cargo install --quiet --locked --root "${bin%/bin}/cargo" wasm-component-ld@0.5.31
ln -sfn "${bin%/bin}/cargo/bin/wasm-component-ld" "$bin/wasm-component-ld"
# clippy reads only what its own compiler has written; everything else is compiled by Debian's, which has those libraries.
cat >"$bin/cargo" <<SH
#!/bin/sh
export RUSTUP_TOOLCHAIN=\${RUSTUP_TOOLCHAIN:-$toolchain}
[ "\$1" = clippy ] || export RUSTC=/usr/bin/rustc
exec rustup run "\$RUSTUP_TOOLCHAIN" cargo "\$@"
SH
chmod +x "$bin/cargo"
[ -e "$targets/wasm32-wasip2/lib/self-contained/libc.a" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cargo new --quiet --vcs none --lib seed
cd seed
PATH=$bin:$PATH RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
  cargo build --quiet -Z build-std=std,panic_abort,test --target wasm32-wasip1 --target wasm32-wasip2 --release

# This wasi-libc is older than what std expects of a platform without threads.
cat >pthread.c <<'C'
#include <errno.h>
int pthread_attr_init(void *a) { return ENOTSUP; }
int pthread_attr_destroy(void *a) { return ENOTSUP; }
int pthread_attr_setstacksize(void *a, unsigned long s) { return ENOTSUP; }
int pthread_create(void *t, void *a, void *f, void *x) { return ENOTSUP; }
int pthread_join(void *t, void *r) { return ENOTSUP; }
int pthread_detach(void *t) { return ENOTSUP; }
C
clang-22 --target=wasm32-wasip1 -Oz -c pthread.c -o pthread.o
for name in wasm32-wasip1 wasm32-wasip2; do
  # For wasip2 too it is the libc of WASI 0.1, whose calls wasm-component-ld adapts.
  library=$targets/$name/lib
  mkdir -p "$library/self-contained"
  find "target/$name/release/deps" -name '*.rlib' ! -name 'libseed-*' -exec cp {} "$library" \;
  cp /usr/lib/wasm32-wasi/{crt1-command.o,crt1-reactor.o,libc.a} "$library/self-contained/"
  ar r "$library/self-contained/libc.a" pthread.o
done
