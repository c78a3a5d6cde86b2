#!/bin/sh
# Pushes a module in the layout that WAGI and Krustlet pull and `oras push` cannot write:
# wasm-to-oci's media types, and a manifest without a top-level mediaType.
# Usage: push.sh MODULE IMAGE:TAG
set -eu

module=$1
reference=$2
repository=${reference%:*}

config=$(mktemp)
trap 'rm -f "$config"' EXIT
printf '{}' >"$config"

config_descriptor=$(oras blob push --descriptor \
  --media-type application/vnd.wasm.config.v1+json "$repository" "$config")
layer_descriptor=$(oras blob push --descriptor \
  --media-type application/vnd.wasm.content.layer.v1+wasm "$repository" "$module")

# The title is the file name that `oras pull` gives the module.
title=$(printf '"annotations":{"org.opencontainers.image.title":"%s"}' "$(basename "$module")")
printf '{"schemaVersion":2,"config":%s,"layers":[%s,%s}]}' \
  "$config_descriptor" "${layer_descriptor%\}}" "$title" |
  oras manifest push --media-type application/vnd.oci.image.manifest.v1+json "$reference" -
