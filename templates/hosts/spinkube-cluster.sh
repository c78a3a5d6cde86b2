#!/bin/sh
# Creates a local cluster with k3d and SpinKube: nodes with Spin's shim, cert-manager, the operator, an executor.
# To delete it: k3d cluster delete wasm-example
set -eu

shim=SPIN_SHIM_VERSION
operator=SPIN_OPERATOR_VERSION
certificates=CERT_MANAGER_VERSION
files=https://github.com/spinframework/spin-operator/releases/download/v$operator/spin-operator

k3d cluster create wasm-example --image "ghcr.io/spinframework/containerd-shim-spin/k3d:v$shim"
kubectl apply --filename "https://github.com/cert-manager/cert-manager/releases/download/v$certificates/cert-manager.yaml"
kubectl wait --for condition=available --timeout 5m --namespace cert-manager deployment/cert-manager-webhook
kubectl apply --filename "$files.runtime-class.yaml" --filename "$files.crds.yaml"
helm install spin-operator oci://ghcr.io/spinframework/charts/spin-operator \
  --version "$operator" --namespace spin-operator --create-namespace --wait
kubectl apply --filename "$files.shim-executor.yaml"
