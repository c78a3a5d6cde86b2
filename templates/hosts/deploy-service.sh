#!/bin/sh
# Applies deploy/ to the cluster with the digest of a tag as the image, or shows what that would change.
# Usage: deploy.sh apply|diff IMAGE:TAG
set -eu

reference=$2
repository=${reference%:*}
image=$repository@$(oras resolve "$reference")

manifests() {
  for file in deploy/*.yaml; do
    echo '---'
    sed "s|image: $repository:.*|image: $image|" "$file"
  done
}

case $1 in
  apply) manifests | kubectl apply --filename - ;;
  # It exits with 1 if there are differences.
  diff) manifests | kubectl diff --filename - || [ $? -eq 1 ] ;;
esac
