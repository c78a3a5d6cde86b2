#!/bin/sh
# Signs the pushed digest, and attests its SBOM and provenance: with the key of cosign.pub and without a public log; or, without
# cosign.pub or with KEYLESS=yes, with the identity of the CI or of yourself in the public Sigstore.
set -eu
. scripts/secret.sh

fail() {
  echo "Error: $1" >&2
  exit 1
}

reference=$(cat build/pushed 2>/dev/null) || fail 'build/pushed is missing. Run make push first.'
secret COSIGN_PRIVATE_KEY
secret COSIGN_PASSWORD
if [ -f cosign.pub ] && [ -z "${KEYLESS:-}" ]; then
  [ -n "$COSIGN_PRIVATE_KEY" ] || fail 'COSIGN_PRIVATE_KEY is not set: the private key of cosign.pub.'
  pem COSIGN_PRIVATE_KEY
  export COSIGN_PRIVATE_KEY COSIGN_PASSWORD
  cosign signing-config create --out build/signing.json
  how='with the key of cosign.pub'
  set -- --key env://COSIGN_PRIVATE_KEY --signing-config build/signing.json
elif [ -n "$COSIGN_PRIVATE_KEY" ] && [ ! -f cosign.pub ]; then
  fail 'cosign.pub is missing. Create and commit it: cosign public-key --key env://COSIGN_PRIVATE_KEY >cosign.pub'
else
  how='in the public Sigstore'
fi

# A repeated release adds only what is missing. The provenance comes first: a repeated push of this commit recognizes its tag by it.
missing() { ! node scripts/verify.mjs "$reference" "$1" >/dev/null 2>&1; }

if missing provenance; then
  node scripts/provenance.mjs >build/provenance.json
  cosign attest --yes "$@" --type slsaprovenance1 --predicate build/provenance.json "$reference"
fi
if missing SBOM; then cosign attest --yes "$@" --type spdxjson --predicate build/sbom.spdx.json "$reference"; fi
if missing signature; then cosign sign --yes "$@" "$reference"; fi
echo "$how" >build/signed
echo "Signed: $reference, $how"
