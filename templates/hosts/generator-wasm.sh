#!/bin/sh
# Runs the generator-wasm of package.json here. The first run writes package-lock.json with the checksum of each
# package: commit it, so that npm installs only the same bytes again. Usage: run.sh COMMAND...
folder=$(dirname "$0")
if ! said=$(npm install --prefix "$folder" --package-lock --ignore-scripts --no-audit --no-fund 2>&1); then
  case $said in
    *EINTEGRITY*) why="the checksum of a package is not the one in $folder/package-lock.json. Nothing was installed: check your registry" ;;
    *)
      reason=$(printf '%s\n' "$said" | sed -E -n '/^npm error (code|syscall|errno) /d; s/^npm error //p' | head -n 1)
      why="npm cannot install it: ${reason:-$said}. If you have it: make serve GENERATOR_WASM=/path/to/generator-wasm"
      ;;
  esac
  echo "make serve needs wagi (WAGI_RELEASES) or generator-wasm, but $why" >&2
  exit 1
fi
exec "$folder/node_modules/.bin/generator-wasm" "$@"
