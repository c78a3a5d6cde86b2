#!/usr/bin/env bash
# Builds a real Kubernetes API server with its controller manager, kubectl, containerd and crictl from the Go module proxy, and installs Debian's etcd,
# for `npm run test:extended`. Not among the other tools: no project under test finds a real kubectl by chance.
# The first build takes ten minutes on two idle cores, and 2 GB of memory.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.cache/kubernetes
version=1.34.4
# The version of the nodes of kind 0.33.
containerd=2.3.4
crictl=1.34.0
mkdir -p "$bin"

if ! command -v etcd >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends etcd-server >/dev/null
fi
export GOMODCACHE=$PWD/.cache/go/mod GOCACHE=$PWD/.cache/go/build GOFLAGS=-modcacherw CGO_ENABLED=0
"$bin/containerd" --version 2>/dev/null | grep -q " $containerd" ||
  GOBIN=$bin nice go install "github.com/containerd/containerd/v2/cmd/containerd@v$containerd"
[ -x "$bin/crictl" ] || GOBIN=$bin nice go install "sigs.k8s.io/cri-tools/cmd/crictl@v$crictl"
[ -x "$bin/kube-controller-manager" ] && "$bin/kube-apiserver" --version 2>/dev/null | grep -qx "Kubernetes v$version" && exit 0

export GOFLAGS='-modcacherw -mod=mod'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init local 2>/dev/null
sources=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
go mod edit -require "k8s.io/kubernetes@v$version"
# Kubernetes takes its libraries from its folder `staging`; the proxy has them as modules of version 0.
sed -n 's|^\t\(k8s\.io/[a-z-]*\) => ./staging/.*|\1|p' "$sources/go.mod" | while read -r library; do
  go mod edit -replace "$library=$library@v0.${version#1.}"
done
cp "$sources/go.sum" . && chmod +w go.sum
nice go build -trimpath \
  -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$version" \
  -o "$bin/" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager k8s.io/kubernetes/cmd/kubectl
