#!/bin/sh
# Runs the tasks of a release and stops at the first that fails. The next run continues there, unless something has changed.
# Usage: ship.sh MODULE TAG REFERENCE WHERE TASK...
set -eu

module=$1
tag=$2
reference=$3
where=$4
shift 4

# The state identifies the tag and the sources. Without a repository, changes cannot be detected.
if git rev-parse --verify --quiet HEAD >/dev/null; then
  # Besides files, git lists links without a target, and folders that are repositories.
  new=$(git ls-files --others --exclude-standard -z | tr '\0' '\n' | while IFS= read -r path; do
    find "./$path" -name .git -prune -o ! -type d -print -exec git hash-object {} \;
  done 2>&1 || true)
  state=$(printf '%s\n' "$reference" "$(git rev-parse HEAD)" "$(git diff HEAD)" "$new" | git hash-object --stdin)
else
  state=$(date +%s)
fi
mkdir -p build
if [ "$(head -n 1 build/shipping 2>/dev/null)" != "$state" ]; then echo "$state" >build/shipping; fi

for task; do
  # A login may have expired.
  if [ "$task" != login ] && grep -qx "$task" build/shipping; then
    echo "== $task: already done"
    continue
  fi
  echo "== $task"
  if ! "${MAKE:-make}" --no-print-directory "$task" "TAG=$tag"; then
    echo "Stopped at '$task'. Fix the problem and run make ship again: it continues there." >&2
    exit 1
  fi
  echo "$task" >>build/shipping
done
rm build/shipping

echo
echo "Shipped  $reference"
echo "digest   $(sed 's/.*@//' build/pushed)"
echo "size     $(($(wc -c <"$module"))) bytes"
echo "signed   $(cat build/signed)"
echo "runs     $where"
