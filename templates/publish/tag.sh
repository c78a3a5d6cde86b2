#!/bin/sh
# Prints the tag of the commit that is checked out, or else the output of git describe. CI sets TAG instead.
set -eu

git rev-parse --verify --quiet HEAD >/dev/null 2>&1 || {
  echo 'Error: no tag found, because there is no commit. Pass one: make push TAG=v1.0.0' >&2
  exit 1
}
tags=$(git tag --points-at HEAD | tr '\n' ' ')
case $tags in
  *' '*' ')
    echo "Error: this commit has several tags: ${tags% }. Pass one: make push TAG=${tags%% *}" >&2
    exit 1
    ;;
esac
git describe --tags --always --dirty
