#!/bin/sh
# Prints the tag of the commit that is checked out, or what git describe says where it has none. CI gives TAG instead.
set -eu

tags=$(git tag --points-at HEAD | tr '\n' ' ')
case $tags in
  *' '*' ')
    echo "Error: this commit has several tags: ${tags% }. Say which one is meant: make push TAG=${tags%% *}" >&2
    exit 1
    ;;
esac
git describe --tags --always --dirty
