#!/bin/sh
# Creates a local cluster with kind, with runwasi's wasmtime shim on its node and the RuntimeClass for it.
# To delete it: kind delete cluster --name wasm-example
set -eu

version=RUNWASI_VERSION
case $(uname -m) in
  x86_64) arch=x86_64 digest=a9b1215ee670f11414c8fd8e970b52679085929c8ec73a0fe6ed9cf215cf9ba1 ;;
  aarch64 | arm64) arch=aarch64 digest=0ae922715dd484a923825fd4fa25052fe00f8769d29c236704f1f5638f735ae0 ;;
  *) echo "runwasi has no release for $(uname -m). Build it from its sources." >&2 && exit 1 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl --fail --silent --show-error --location --output "$work/shim.tar.gz" \
  "https://github.com/containerd/runwasi/releases/download/containerd-shim-wasmtime%2Fv$version/containerd-shim-wasmtime-$arch-linux-musl.tar.gz"
found=$(node -p 'require("node:crypto").hash("sha256", require("node:fs").readFileSync(process.argv[1]))' "$work/shim.tar.gz")
if [ "$found" != "$digest" ]; then
  echo "The shim of runwasi $version has the SHA-256 $found instead of $digest. No cluster was created." >&2
  exit 1
fi
tar -xzf "$work/shim.tar.gz" -C "$work"

kind create cluster --name wasm-example --config - <<'YAML'
apiVersion: kind.x-k8s.io/v1alpha4
kind: Cluster
containerdConfigPatches:
  - |
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.wasmtime]
      runtime_type = "io.containerd.wasmtime.v1"
YAML
# containerd looks for the shim only when it starts a Pod.
docker cp "$work/containerd-shim-wasmtime-v1" wasm-example-control-plane:/usr/local/bin/
kubectl apply --filename cluster
