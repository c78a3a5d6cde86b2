#!/bin/sh
# Signs what `make push` pushed, by its digest, and attests what is in it and how it was built. A project with a cosign.pub
# is signed with that key, and nothing is told to a public log; any other, or with KEYLESS=yes, by who the CI is, or you are,
# in the public Sigstore.
set -eu
. scripts/secret.sh

fail() {
  echo "Error: $1" >&2
  exit 1
}

reference=$(cat build/pushed 2>/dev/null) || fail 'nothing was pushed from here. Run make push first.'
secret COSIGN_PRIVATE_KEY
secret COSIGN_PASSWORD
if [ -f cosign.pub ] && [ -z "${KEYLESS:-}" ]; then
  [ -n "$COSIGN_PRIVATE_KEY" ] || fail 'COSIGN_PRIVATE_KEY is not set, the other half of cosign.pub.'
  pem COSIGN_PRIVATE_KEY
  export COSIGN_PRIVATE_KEY COSIGN_PASSWORD
  cosign signing-config create --out build/signing.json
  how='with the key of cosign.pub'
  set -- --key env://COSIGN_PRIVATE_KEY --signing-config build/signing.json
elif [ -n "$COSIGN_PRIVATE_KEY" ] && [ ! -f cosign.pub ]; then
  fail 'there is no cosign.pub to verify with. Make and commit it: cosign public-key --key env://COSIGN_PRIVATE_KEY >cosign.pub'
else
  how='in the public Sigstore'
fi

# A release that is run again adds only what is missing. The provenance comes first: it tells a repeated push of this commit
# that what the tag names is ours.
missing() { ! node scripts/verify.mjs "$reference" "$1" >/dev/null 2>&1; }

if missing provenance; then
  node scripts/provenance.mjs >build/provenance.json
  cosign attest --yes "$@" --type slsaprovenance1 --predicate build/provenance.json "$reference"
fi
if missing SBOM; then cosign attest --yes "$@" --type spdxjson --predicate build/sbom.spdx.json "$reference"; fi
if missing signature; then cosign sign --yes "$@" "$reference"; fi
echo "$how" >build/signed
echo "Signed: $reference, $how"
