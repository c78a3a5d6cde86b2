#!/bin/sh
# Prints the tag of the commit that is checked out, or what git describe says where it has none. CI gives TAG instead.
set -eu

git rev-parse --verify --quiet HEAD >/dev/null 2>&1 || {
  echo 'Error: there is no commit here to take a tag from. Name one: make push TAG=v1.0.0' >&2
  exit 1
}
tags=$(git tag --points-at HEAD | tr '\n' ' ')
case $tags in
  *' '*' ')
    echo "Error: this commit has several tags: ${tags% }. Say which one is meant: make push TAG=${tags%% *}" >&2
    exit 1
    ;;
esac
git describe --tags --always --dirty
