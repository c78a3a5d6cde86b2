#!/bin/sh
# Names each tool that is missing or too old, and how to get it.
set -u
failed=0

# need COMMAND LEAST_VERSION HOW_TO_GET_IT [VERSION_COMMAND]: LEAST_VERSION is 0 where any will do.
need() {
  if ! command -v "$1" >/dev/null 2>&1; then
    echo "missing  $1: $3"
    failed=1
    return
  fi
  version=$(${4:-$1 --version} 2>&1 | grep -Eo '[0-9]+(\.[0-9]+)*' | head -n 1)
  oldest=$(printf '%s\n%s\n' "$2" "${version:-0}" | sort -V | head -n 1)
  if [ "$oldest" = "$2" ]; then
    echo "ok       $1 ${version:-}"
  else
    echo "too old  $1 $version, $2 or newer is needed: $3"
    failed=1
  fi
}

case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*)
    echo 'On Windows, work inside WSL: wsl --install'
    failed=1
    ;;
esac
