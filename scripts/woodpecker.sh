#!/usr/bin/env bash
# Builds Woodpecker's command line from the Go module proxy, for `npm run test:extended`: its linter, and its runner with the
# local backend. It has the clients of Docker and Kubernetes in it: the first build compiles a thousand packages.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.cache/woodpecker
version=3.17.0
export GOMODCACHE=$PWD/.cache/go/mod GOCACHE=$PWD/.cache/go/build GOFLAGS=-modcacherw CGO_ENABLED=0

mkdir -p "$bin"
GOBIN=$bin nice go install "go.woodpecker-ci.org/woodpecker/v3/cmd/cli@v$version"
mv "$bin/cli" "$bin/woodpecker-cli"
