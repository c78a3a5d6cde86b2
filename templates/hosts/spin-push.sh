#!/bin/sh
# Pushes the application of spin.toml, and writes into build/pushed by which digest the registry has it.
# Usage: push.sh IMAGE:TAG
set -eu

reference=$1
said=$(spin registry push "$reference")
echo "$said"
digest=$(printf '%s\n' "$said" | sed -n 's/^Pushed with digest \(sha256:[0-9a-f]*\).*/\1/p')
if [ -z "$digest" ]; then
  echo "The registry gave no digest for $reference, so it cannot be signed or deployed. Ask it: oras resolve $reference" >&2
  exit 1
fi
echo "${reference%:*}@$digest" >build/pushed
