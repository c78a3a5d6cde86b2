#!/bin/sh
# Says why the compiler cannot use the Swift SDK that SWIFT_SDK names, and the command that helps.
set -u
command -v swift >/dev/null 2>&1 || exit 0
release=${SWIFT_SDK%%_*}
# An SDK's modules can be read by the compiler of the same release only, which names it in brackets.
compiler=$(swift --version 2>&1 | sed -n 's/.*\(Swift version [^(]*([^)]*)\).*/\1/p')
case $release in
  swift-*-RELEASE)
    number=${release#swift-}
    number=${number%-RELEASE}
    case $compiler in
      *"($release)") ;;
      *)
        echo "mismatch Swift SDK $SWIFT_SDK is for Swift $number, and this is $compiler: swiftly install --use $number"
        exit 1
        ;;
    esac
    ;;
esac
swift sdk list 2>/dev/null | grep -qxF "$SWIFT_SDK" || {
  echo "missing  Swift SDK $SWIFT_SDK: make setup"
  exit 1
}
