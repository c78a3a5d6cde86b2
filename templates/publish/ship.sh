#!/bin/sh
# Takes the module from its sources to where it runs, task by task, and stops at the first that fails. The next run goes on
# there, unless something has changed since. Usage: ship.sh MODULE TAG REFERENCE WHERE TASK...
set -eu

module=$1
tag=$2
reference=$3
where=$4
shift 4

# What is being shipped: this tag of these sources. Without a repository, there is no way to tell whether they are the same.
if git rev-parse --verify --quiet HEAD >/dev/null; then
  new=$(git ls-files --others --exclude-standard | git hash-object --stdin-paths)
  state=$(printf '%s\n' "$reference" "$(git rev-parse HEAD)" "$(git diff HEAD)" "$new" | cksum)
else
  state=$(date +%s)
fi
mkdir -p build
if [ "$(head -n 1 build/shipping 2>/dev/null)" != "$state" ]; then echo "$state" >build/shipping; fi

for task; do
  # A login may have ended since.
  if [ "$task" != login ] && grep -qx "$task" build/shipping; then
    echo "== $task: done before"
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
