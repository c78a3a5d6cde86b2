#!/usr/bin/env bash
# Installs what only `npm run test:extended` needs, besides scripts/toolchains.sh: tools that take too long to build for each run.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.cache/tools

cargo install --quiet --locked --debug --root "$tools/cargo" wkg@0.16.1
ln -sfn "$tools/cargo/bin/wkg" "$tools/bin/wkg"

python3 -m venv "$tools/aws"
"$tools/aws/bin/pip" install --quiet awscli==1.46.3
ln -sfn "$tools/aws/bin/aws" "$tools/bin/aws"
# A browser for the board of workshops and the pages of explain.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
npm install --silent --no-fund --no-audit --prefix "$tools/browser" playwright-core@1.65.1 axe-core@4.14.1
ln -sfn "$tools/browser/node_modules/.bin/playwright-core" "$tools/bin/playwright-core"

# A registry of npm. It names node-fetch by a tag that not every mirror has.
mkdir -p "$tools/verdaccio"
echo '{"private":true,"overrides":{"node-fetch":"2.7.0"},"dependencies":{"verdaccio":"6.8.0"}}' >"$tools/verdaccio/package.json"
npm install --silent --no-fund --no-audit --prefix "$tools/verdaccio"
ln -sfn "$tools/verdaccio/node_modules/.bin/verdaccio" "$tools/bin/verdaccio"
