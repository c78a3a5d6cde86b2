#!/bin/sh
# Logs in to a registry with REGISTRY_USER and REGISTRY_PASSWORD. Usage: login.sh HOST
set -eu
. scripts/secret.sh

secret REGISTRY_USER
secret REGISTRY_PASSWORD
printf %s "${REGISTRY_PASSWORD:?is not set. docs/release.md describes it.}" | oras login --username "${REGISTRY_USER:?is not set. docs/release.md describes it.}" --password-stdin "$1"
