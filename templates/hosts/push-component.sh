#!/bin/sh
# Pushes a component as a CNCF Wasm artifact, which runwasi, wasmCloud and wkg pull.
# Usage: push-component.sh COMPONENT IMAGE:TAG
set -eu

component=$1
reference=$2
config=build/config.json

digest=$(node -p 'require("node:crypto").hash("sha256", require("node:fs").readFileSync(process.argv[1]))' "$component")
created=$(git log -1 --format=%cI 2>/dev/null || date -u +%Y-%m-%dT%H:%M:%SZ)
printf '{"created":"%s","architecture":"wasm","os":"wasip2","layerDigests":["sha256:%s"]}' \
  "$created" "$digest" >"$config"

oras push --config "$config:application/vnd.wasm.config.v0+json" "$reference" "$component:application/wasm"
