#!/usr/bin/env bash
# Puts Swift on PATH. Of Debian's releases only sid has 6.2 or newer, so Swift gets a root of its own, whose /usr and /etc only
# its own processes see. Also makes a Swift SDK for Embedded Swift on WASI from that compiler's embedded standard library and
# Debian's wasi-libc, because the SDK of swift.org is in no package registry.
# Usage: swift.sh FOLDER BIN. FOLDER gets the root and the SDK, as ID.artifactbundle; BIN is a folder on PATH.
set -euo pipefail
folder=$1 bin=$2
root=$folder/root
if [ ! -e "$folder/installed" ]; then
  rm -rf --one-file-system "$root"
  mkdir -p "$folder"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)
  debootstrap --variant=minbase --include=ca-certificates sid "$root" "$mirror" >"$folder/debootstrap.log" ||
    { tail "$folder/debootstrap.log" >&2 && exit 1; }
  # What apt is told here of the mirror holds there too: proxies, and dates that are not checked.
  apt-config dump | sed -n '/^Acquire::\(Check-\|https\?::\)/p' >"$root/etc/apt/apt.conf.d/90acquire"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
  unshare --mount sh -c 'mount --bind /proc "$0/proc" && exec chroot "$0" sh -euc "$1"' "$root" '
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends swiftlang wasi-libc libclang-rt-dev-wasm32 g++ git >/dev/null
    apt-get clean
    # `swift test` links this library, which the package lacks.
    gcc -shared -x c /dev/null -o /usr/libexec/swift/lib/swift/linux/lib_Testing_Foundation.so'
  touch "$folder/installed"
fi

for command in swift swiftc sourcekit-lsp; do
  cat >"$bin/$command" <<SH
#!/bin/sh
# Swift looks for SDKs in the home of /etc/passwd, or in the folder of this variable.
export CFFIXED_USER_HOME="\$HOME"
# Swift leaves temporary folders and locks behind.
export TMPDIR="\$HOME/.cache/swift-temporary"
mkdir -p "\$TMPDIR"
exec unshare --mount sh -c 'mount --bind "\$0/etc" /etc && mount --bind "\$0/usr" /usr && exec "\$@"' "$root" /usr/bin/$command "\$@"
SH
  chmod +x "$bin/$command"
done

# The SDK uses Debian's files where they are, and adds what Debian lacks.
release=$("$bin/swiftc" --version | sed -n 's/.*(\(swift-[0-9.]*-RELEASE\)).*/\1/p')
sdk=$folder/${release}_wasm-embedded.artifactbundle
rm -rf "$folder"/*.artifactbundle
mkdir -p "$sdk/wasm32/WASILibc"
# The headers of swift.org's module that these projects, and what their users may add to them, are likely to need.
printf '#include <%s>\n' errno.h fcntl.h stdio.h stdlib.h string.h time.h unistd.h wasi/api.h >"$sdk/wasm32/WASILibc/all.h"
echo 'module WASILibc [system] { header "all.h" export * }' >"$sdk/wasm32/WASILibc/module.modulemap"
builtins=$(cd "$root" && find usr/lib -name libclang_rt.builtins-wasm32.a | tail -n 1)
node - "$sdk" "${release}_wasm-embedded" "/$builtins" <<'JS'
const { writeFileSync } = require('node:fs');
const [bundle, id, builtins] = process.argv.slice(2);
const write = (path, data) => writeFileSync(`${bundle}/${path}`, JSON.stringify(data, null, 2));
const clang = (...options) => options.flatMap((option) => ['-Xcc', option]);
write('info.json', {
  schemaVersion: '1.0',
  artifacts: { [id]: { type: 'swiftSDK', version: '1.0.0', variants: [{ path: 'wasm32' }] } },
});
// This compiler's embedded standard library is for a triple without a system, so WASI is what the C library makes of it.
write('wasm32/swift-sdk.json', {
  schemaVersion: '4.0',
  targetTriples: { 'wasm32-unknown-none-wasm': { sdkRootPath: '.', toolsetPaths: ['toolset.json'] } },
});
write('wasm32/toolset.json', {
  schemaVersion: '1.0',
  swiftCompiler: {
    extraCLIOptions: [
      ...['-enable-experimental-feature', 'Embedded', '-wmo', '-Xfrontend', '-disable-stack-protector'],
      ...clang('-D__wasi__', '-isystem', '/usr/include/wasm32-wasi'),
      ...['-I', `${bundle}/wasm32/WASILibc`, '-Xclang-linker', '-nostdlib'],
    ],
  },
  linker: {
    extraCLIOptions: [
      ...['/usr/lib/wasm32-wasi/crt1-command.o', '-L/usr/lib/wasm32-wasi', '-lc', builtins],
      '-L/usr/libexec/swift/lib/swift/embedded/wasm32-unknown-none-wasm',
    ],
  },
});
JS
