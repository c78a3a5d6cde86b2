#!/bin/sh
# Runs the module of a tag in the cluster, by its digest: `deploy` as a Job, `try` once in a temporary Pod.
# `diff` shows what the next `deploy` would change.
# Usage: deploy.sh deploy|try|diff IMAGE:TAG
set -eu

reference=$2
repository=${reference%:*}
image=$repository@$(oras resolve "$reference")

# apply MANIFEST: applies it with the digest of the image.
apply() {
  sed "s|image: $repository:.*|image: $image|" "$1" | kubectl apply --filename -
}

# ended RESOURCE JSONPATH GOOD BAD: waits until the status is GOOD; fails if it is BAD, and after two minutes.
ended() {
  for _ in $(seq 60); do
    status=$(kubectl get "$1" --output "jsonpath=$2")
    case " $status " in
      *" $3 "*) return 0 ;;
      *" $4 "*) break ;;
    esac
    sleep 2
  done
  echo "$1 failed: ${status:-no status}. See: kubectl describe $1" >&2
  return 1
}

case $1 in
  deploy)
    kubectl apply --filename deploy/config.yaml
    # A Job cannot be changed, so each run is a new one.
    kubectl delete job wasm-example --ignore-not-found
    apply deploy/job.yaml
    ended job/wasm-example '{.status.conditions[?(@.status=="True")].type}' Complete Failed
    ;;
  try)
    kubectl apply --filename deploy/config.yaml
    kubectl delete pod wasm-example-try --ignore-not-found
    apply deploy/pod.yaml
    trap 'kubectl delete pod wasm-example-try --wait=false' EXIT
    ended pod/wasm-example-try '{.status.phase}' Succeeded Failed
    kubectl logs pod/wasm-example-try
    ;;
  diff)
    # It exits with 1 if there are differences.
    kubectl diff --filename deploy/config.yaml || [ $? -eq 1 ]
    # deploy replaces the Job, so kubectl diff cannot compare it.
    ran=$(kubectl get job wasm-example --ignore-not-found --output 'jsonpath={.spec.template.spec.containers[0].image}')
    [ "$ran" = "$image" ] || printf -- '-%s\n+%s\n' "${ran:-no Job}" "$image"
    ;;
esac
