#!/bin/sh
# Deploys the digest of a tag to a Kubernetes cluster, and waits until it is ready, or says why it is not.
# `diff` shows what `deploy` would change; `smoke` runs deploy/pod.yaml once and compares what it prints.
# Usage: deploy.sh diff|deploy KIND NAME IMAGE:TAG, or deploy.sh smoke pod NAME IMAGE:TAG EXPECTED
# Variables: CONTEXT and NAMESPACE, TIMEOUT in seconds, PULL_SECRET (`none` if the nodes have credentials of their own).
set -eu

task=$1 kind=$2 name=$3 reference=$4 expected=${5-}
repository=${reference%:*}
tag=${reference##*:}
timeout=${TIMEOUT:-300}

fail() {
  echo "Error: $*" >&2
  exit 1
}
case $timeout in *[!0-9]*) fail "TIMEOUT is '$timeout'. Write a number of seconds: TIMEOUT=300" ;; esac

. scripts/context.sh
kubectl() { command kubectl --context "$CONTEXT" --namespace "$NAMESPACE" "$@"; }
here="kubectl --context $CONTEXT --namespace $NAMESPACE"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# dash, the sh of Debian, runs the trap EXIT only if the signal has a trap too.
trap 'exit 130' HUP INT TERM

command -v oras >/dev/null || fail 'oras is not installed. Run: make doctor'
# If the registry answers without credentials, no pull secret is needed.
secret=
if ! digest=$(DOCKER_CONFIG=$work oras resolve "$reference" 2>/dev/null); then
  if ! digest=$(oras resolve "$reference" 2>"$work/error"); then
    cat "$work/error" >&2
    case $(cat "$work/error") in
      *'not found'* | *credential* | *nauthorized* | *orbidden* | *denied*)
        fail "$reference was not found, or you are not logged in. Run: make login push TAG=$tag"
        ;;
      *) fail "the registry ${repository%%/*} did not answer as expected. Check its address, and run the same command again." ;;
    esac
  fi
  secret=${PULL_SECRET:-$name-pull}
  [ "$secret" != none ] || secret=
fi
image=$repository@$digest
create="oras login --registry-config pull.json ${repository%%/*} && $here create secret generic $secret --type kubernetes.io/dockerconfigjson --from-file .dockerconfigjson=pull.json && rm pull.json"

# Not every user may read namespaces or secrets. The cluster then says itself what is missing.
get() {
  if ! kubectl get "$@" --ignore-not-found --output name 2>"$work/error"; then
    grep -q Forbidden "$work/error" || { cat "$work/error" >&2 && return 1; }
    echo unknown
  fi
}
exists=$(get namespace "$NAMESPACE") || fail "the cluster does not answer, or refuses your credentials. Check it: kubectl --context $CONTEXT cluster-info"
if [ -z "$exists" ]; then
  [ "$task" = deploy ] || fail "the cluster has no namespace '$NAMESPACE'. Create it: kubectl --context $CONTEXT create namespace $NAMESPACE"
  kubectl create namespace "$NAMESPACE" ||
    fail "you cannot create the namespace '$NAMESPACE'. Ask an administrator: kubectl --context $CONTEXT create namespace $NAMESPACE"
fi
if [ -n "$secret" ] && [ "$task" != diff ] && [ -z "$(get secret "$secret")" ]; then
  fail "the registry requires credentials, and the cluster has no secret '$secret'. Create it: $create
If the nodes have credentials of their own: PULL_SECRET=none"
fi

# manifests FILE...: with the digest and the tag, and with the pull secret if one is needed.
manifests() {
  for file; do
    echo '---'
    sed -e "s|image: $repository:.*|image: $image|" -e "s|change-cause: .*|change-cause: '$tag'|" \
      ${secret:+-e "s|# \(imagePullSecret.*: \)$name-pull|\1$secret|"} "$file"
  done
}

apply() {
  kubectl apply --filename - || fail "the cluster refused the manifests. Fix the problem and run the same command again.${undo:-}"
}

# find_pods: sets `pods`, the option that selects the Pods of this deployment, and `owner`, the uid of what creates them.
find_pods() {
  case $kind in
    workloaddeployment) pods='' owner='' ;;
    pod) pods=--field-selector=metadata.name=$name owner='' ;;
    job)
      owner=$(kubectl get job "$name" --output 'jsonpath={.metadata.uid}')
      pods=--selector=batch.kubernetes.io/controller-uid=$owner
      ;;
    *)
      # The Pods of the newest ReplicaSet: during an update, those of older ones are there too.
      uid=$(kubectl get deployment "$name" --ignore-not-found --output 'jsonpath={.metadata.uid}')
      revision=$(kubectl get deployment "$name" --ignore-not-found \
        --output 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}')
      newest=$(kubectl get replicasets --output "go-template={{range \$set := .items}}{{range .metadata.ownerReferences}}{{if eq .uid \"$uid\"}}{{with \$set.metadata}}{{if eq (index .annotations \"deployment.kubernetes.io/revision\") \"$revision\"}}{{index .labels \"pod-template-hash\"}} {{.uid}}{{end}}{{end}}{{end}}{{end}}{{end}}")
      pods=--selector=pod-template-hash=${newest% *} owner=${newest#* }
      ;;
  esac
}

# why: why it is not ready, from the status of the Pods, or else from the warnings about them.
why() {
  if [ "$kind" = workloaddeployment ]; then
    kubectl get workloaddeployment "$name" --output 'jsonpath={range .status.conditions[?(@.status=="False")]}{.type}: {.reason}: {.message}{"\n"}{end}'
    return
  fi
  found=$(kubectl get pods "$pods" --output go-template-file=scripts/reasons.tmpl)
  if [ -n "$found" ]; then
    printf '%s\n' "$found"
  else
    for uid in $owner $(kubectl get pods "$pods" --output 'jsonpath={.items[*].metadata.uid}'); do
      kubectl get events --field-selector "type=Warning,involvedObject.uid=$uid" \
        --output 'go-template={{range .items}}{{.reason}}: {{.message}}{{"\n"}}{{end}}'
    done | sort -u
  fi
}

# is_final REASON: whether it stays as it is however long one waits.
is_final() {
  case $1 in
    *InvalidImageName* | *'violates PodSecurity'*) ;;
    *ErrImagePull* | *ImagePullBackOff* | *CreateContainerConfigError* | *FailedMount*)
      case $1 in
        *'not found'* | *"couldn't find key"* | *nauthorized* | *orbidden* | *denied* | *'authorization failed'*) ;;
        *) return 1 ;;
      esac
      ;;
    *) return 1 ;;
  esac
}

# stop TEXT REASON: fails, with the last lines of the log and the command that helps.
stop() {
  case $2 in
    *nauthorized* | *denied* | *'authorization failed'*) help=${secret:+"$here delete secret $secret; $create"} ;;
    *ImagePull*'not found'*) help="make push TAG=$tag" ;;
    *Unschedulable*) help="$here get nodes --label-columns kubernetes.io/arch" ;;
    *) help= ;;
  esac
  if [ "$kind" != workloaddeployment ]; then
    for pod in $(kubectl get pods "$pods" --output name); do kubectl logs "$pod" --tail 10 2>/dev/null || true; done >&2
  fi
  fail "$kind $name $1${2:+: $2}
See: ${help:-$here describe $kind $name}${undo:-}"
}

# state: what the cluster says of the deployment.
state() {
  case $kind in
    job) kubectl get job "$name" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}' ;;
    pod) kubectl get pod "$name" --output 'jsonpath={.status.phase}' ;;
    workloaddeployment) kubectl wait --for condition=Ready "workloaddeployment/$name" --timeout 1s 2>/dev/null ;;
    *) kubectl rollout status "deployment/$name" --watch=false 2>/dev/null ;;
  esac || true
}

# ready: waits until the deployment is ready. A new reason is shown once.
ready() {
  end=$(($(date +%s) + timeout))
  shown=
  while :; do
    state=$(state)
    find_pods
    case " $state " in
      *' Complete '* | *' Succeeded '* | *' successfully rolled out '* | *' condition met '*) return ;;
      *' to be observed'*) reason= ;;
      *) reason=$(why) ;;
    esac
    case " $state " in *' Failed '*) stop failed "$reason" ;; esac
    if is_final "$reason"; then stop 'cannot start' "$reason"; fi
    if [ "$reason" != "$shown" ]; then
      printf '%s\n' "$reason" >&2
      case $reason in *CrashLoopBackOff*) kubectl logs "$pods" --tail 10 >&2 || true ;; esac
      shown=$reason
    fi
    [ "$(date +%s)" -lt "$end" ] || stop "is not ready after $timeout seconds" "$reason"
    sleep 2
  done
}

case $task in
  diff)
    if [ "$kind" = job ]; then
      # deploy replaces the Job, which cannot be changed.
      ran=$(kubectl get job "$name" --ignore-not-found --output 'jsonpath={.spec.template.spec.containers[0].image}')
      [ "$ran" = "$image" ] || printf -- '-%s\n+%s\n' "${ran:-no Job}" "$image"
    else
      # It exits with 1 if there are differences.
      manifests deploy/*.yaml | kubectl diff --filename - || [ $? -eq 1 ]
    fi
    ;;
  deploy)
    undo='
Remove everything that was applied: make undeploy'
    was=$(kubectl get "$kind" "$name" --ignore-not-found --output 'jsonpath={.metadata.annotations.kubernetes\.io/change-cause}')
    if [ -n "$was" ] && [ "$was" != "$tag" ]; then
      if git merge-base --is-ancestor "$tag" "$was" 2>/dev/null; then
        echo "Rolling back from $was to $tag"
      else
        echo "Updating from $was to $tag"
      fi
    fi
    if [ "$kind" = job ]; then
      kubectl delete job "$name" --ignore-not-found
      manifests deploy/job.yaml | apply
    else
      manifests deploy/*.yaml | apply
    fi
    ready
    echo "$kind $name runs $image"
    ;;
  smoke)
    manifest=$(manifests deploy/pod.yaml)
    name=$name-try
    kubectl delete pod "$name" --ignore-not-found
    trap 'kubectl delete pod "$name" --ignore-not-found --wait=false; rm -rf "$work"' EXIT
    printf '%s\n' "$manifest" | apply
    ready
    printed=$(kubectl logs "pod/$name")
    printf '%s\n' "$printed"
    [ "$printed" = "$expected" ] || fail "the program was expected to print '$expected', as the arguments in deploy/pod.yaml say."
    ;;
esac
