#!/bin/sh
# Sets CONTEXT and NAMESPACE, which say where kubectl acts. Asks on a terminal unless both are set; fails without one.
# Usage: . scripts/context.sh

if ! command -v kubectl >/dev/null; then
  echo 'Error: kubectl is not installed. Run: make doctor' >&2
  exit 1
fi
if [ -z "${CONTEXT:-}" ] || [ -z "${NAMESPACE:-}" ]; then
  CONTEXT=${CONTEXT:-$(kubectl config current-context 2>/dev/null || true)}
  if [ -z "$CONTEXT" ]; then
    echo 'Error: kubectl has no current context. Pass one of kubectl config get-contexts: CONTEXT=NAME NAMESPACE=NAME' >&2
    exit 1
  fi
  NAMESPACE=${NAMESPACE:-$(kubectl config view --minify --context "$CONTEXT" --output 'jsonpath={..namespace}' 2>/dev/null || true)}
  NAMESPACE=${NAMESPACE:-default}
  if [ ! -t 0 ]; then
    echo "Error: not running in a terminal. Pass CONTEXT=$CONTEXT NAMESPACE=$NAMESPACE" >&2
    exit 1
  fi
  printf "Use context '%s', namespace '%s'? [y/N] " "$CONTEXT" "$NAMESPACE" >&2
  read -r answer || answer=
  case $answer in
    [Yy] | [Yy][Ee][Ss]) ;;
    *) echo 'Nothing was done.' >&2 && exit 1 ;;
  esac
fi
if ! kubectl config get-contexts "$CONTEXT" --output name >/dev/null 2>&1; then
  echo "Error: kubectl has no context '$CONTEXT'. List them: kubectl config get-contexts" >&2
  exit 1
fi
echo "Context '$CONTEXT', namespace '$NAMESPACE'" >&2
export CONTEXT NAMESPACE
