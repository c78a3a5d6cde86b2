#!/bin/sh
# Creates a local cluster with kind and wasmCloud, and forwards port 80 of this machine to the Service.
# To delete it: kind delete cluster --name wasm-example
set -eu

version=WASMCLOUD_VERSION

kind create cluster --name wasm-example --config - <<'YAML'
apiVersion: kind.x-k8s.io/v1alpha4
kind: Cluster
nodes:
  - role: control-plane
    extraPortMappings:
      - { listenAddress: 127.0.0.1, hostPort: 80, containerPort: 30950 }
YAML
helm install wasmcloud oci://ghcr.io/wasmcloud/charts/runtime-operator \
  --version "$version" --set gateway.enabled=false --wait
