#!/bin/sh
# Runs the module of a tag on the cluster, by its digest: `deploy` as the Job, `try` once as a Pod that is removed again.
# `diff` shows what the next `deploy` would change.
# Usage: deploy.sh deploy|try|diff IMAGE:TAG
set -eu

reference=$2
repository=${reference%:*}
image=$repository@$(oras resolve "$reference")

# apply MANIFEST: with the image's digest in it.
apply() {
  sed "s|image: $repository:.*|image: $image|" "$1" | kubectl apply --filename -
}

# ended RESOURCE JSONPATH GOOD BAD: waits for one of two words in the status; fails on the bad one, and after two minutes.
ended() {
  for _ in $(seq 60); do
    status=$(kubectl get "$1" --output "jsonpath=$2")
    case " $status " in
      *" $3 "*) return 0 ;;
      *" $4 "*) break ;;
    esac
    sleep 2
  done
  echo "$1 did not end well: ${status:-no status}. Look at: kubectl describe $1" >&2
  return 1
}

case $1 in
  deploy)
    kubectl apply --filename deploy/config.yaml
    # What a Job runs cannot be changed, so another run is another Job.
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
    # It ends with 1 where something differs, which is no failure.
    kubectl diff --filename deploy/config.yaml || [ $? -eq 1 ]
    # A Job is replaced, never changed, so there is no difference that the cluster could show.
    ran=$(kubectl get job wasm-example --ignore-not-found --output 'jsonpath={.spec.template.spec.containers[0].image}')
    [ "$ran" = "$image" ] || printf -- '-%s\n+%s\n' "${ran:-no Job}" "$image"
    ;;
esac
