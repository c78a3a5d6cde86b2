#!/usr/bin/env bash
# Gives Debian's rustc (packages rustc-web, rust-web-src, wasi-libc, clang-22, lld-22) a standard library for
# wasm32-wasip1, built from its own sources, since rustup's cannot be fetched where only package registries are reached.
# Usage: rust-wasip1.sh BIN, a folder on PATH that gets `rust-lld`.
set -euo pipefail
target=/usr/lib/rustlib/wasm32-wasip1/lib
ln -sfn /usr/bin/lld-22 "$1/rust-lld"
[ -e "$target/self-contained/libc.a" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cargo new --quiet --vcs none --lib seed
cd seed
PATH=$1:$PATH RUSTUP_TOOLCHAIN=$(rustup default | cut -d ' ' -f 1) RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
  cargo build --quiet -Z build-std=std,panic_abort,test --target wasm32-wasip1 --release

mkdir -p "$target/self-contained"
find target/wasm32-wasip1/release/deps -name '*.rlib' ! -name 'libseed-*' -exec cp {} "$target" \;

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
cp /usr/lib/wasm32-wasi/{crt1-command.o,crt1-reactor.o,libc.a} "$target/self-contained/"
ar r "$target/self-contained/libc.a" pthread.o
