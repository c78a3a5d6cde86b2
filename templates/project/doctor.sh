#!/bin/sh
# Lists missing and outdated tools and how to install them. With COMMANDs, checks only these and prints only problems.
# Usage: doctor.sh [COMMAND...]
set -u
wanted=$*
failed=0

# need COMMAND LEAST_VERSION HOW_TO_GET_IT [VERSION_COMMAND]: LEAST_VERSION is 0 for any version.
need() {
  case " ${wanted:-$1} " in *" $1 "*) ;; *) return ;; esac
  if ! command -v "$1" >/dev/null 2>&1; then
    echo "missing  $1: $3"
    failed=1
    return
  fi
  # A version manager fails without a version for the project, and may print other numbers.
  said=$(${4:-$1 --version} 2>&1) || said=
  version=$(echo "$said" | grep -Eo '[0-9]+(\.[0-9]+)*' | head -n 1)
  # A tool built from source may not know its version.
  oldest=$(printf '%s\n%s\n' "$2" "${version:-$2}" | sort -V | head -n 1)
  if [ "$oldest" = "$2" ]; then
    [ "$wanted" ] || echo "ok       $1 ${version:-}"
  else
    echo "too old  $1 $version, $2 or newer is needed: $3"
    failed=1
  fi
}

case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*) echo 'On Windows, work inside WSL: wsl --install' && failed=1 ;;
esac
