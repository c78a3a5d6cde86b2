#!/bin/sh
# Checks the signature, the SBOM and the provenance of what a tag names, by its digest: with cosign.pub where the project
# has it, else by who has signed. Usage: verify.sh IMAGE:TAG
set -eu

digest=$(oras resolve "$1")
reference=${1%:*}@$digest
if [ -f cosign.pub ]; then
  set -- --key cosign.pub --insecure-ignore-tlog
else
  set -- --certificate-identity "${SIGNER_IDENTITY:?is not set: who has signed}" \
    --certificate-oidc-issuer "${SIGNER_ISSUER:?is not set: who vouches for the signer}"
fi

# check WHAT COMMAND...: cosign's own words only where it says no.
check() {
  what=$1
  shift
  if said=$(cosign "$@" "$reference" 2>&1); then
    echo "ok       $what"
  else
    printf '%s\nError: %s of %s cannot be trusted.\n' "$said" "$what" "$reference" >&2
    exit 1
  fi
}

check signature verify "$@"
check SBOM verify-attestation --type spdxjson "$@"
check provenance verify-attestation --type slsaprovenance1 "$@"
echo "Verified: $reference"
