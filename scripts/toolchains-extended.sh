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
# A browser for the board of workshops, the pages of explain and VS Code.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
npm install --silent --no-fund --no-audit --prefix "$tools/browser" playwright-core@1.65.1 axe-core@4.14.1
ln -sfn "$tools/browser/node_modules/.bin/playwright-core" "$tools/bin/playwright-core"

# A registry of npm. It names node-fetch by a tag that not every mirror has.
mkdir -p "$tools/verdaccio"
echo '{"private":true,"overrides":{"node-fetch":"2.7.0"},"dependencies":{"verdaccio":"6.8.0"}}' >"$tools/verdaccio/package.json"
npm install --silent --no-fund --no-audit --prefix "$tools/verdaccio"
ln -sfn "$tools/verdaccio/node_modules/.bin/verdaccio" "$tools/bin/verdaccio"

# VS Code in a browser: the newest code-server for Node 20. Its install scripts download; the parts in C++ are compiled here instead.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends build-essential libkrb5-dev ripgrep >/dev/null
code=$tools/code-server
npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$code" code-server@4.100.3 node-gyp@11.5.0
(
  # The headers of the Node that runs it.
  npm_config_nodedir=$(dirname "$(dirname "$(node -p process.execPath)")")
  export npm_config_nodedir PATH="$code/node_modules/.bin:$PATH"
  npm rebuild --silent --prefix "$code" argon2
  cd "$code/node_modules/code-server/lib/vscode"
  npm install --silent --no-fund --no-audit --ignore-scripts --omit=dev
  npm rebuild --silent node-pty @vscode/spdlog native-watchdog @parcel/watcher kerberos
  npm install --silent --no-fund --no-audit --ignore-scripts --omit=dev --prefix extensions
  mkdir -p node_modules/@vscode/ripgrep/bin
  ln -sfn "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
)
ln -sfn "$code/node_modules/.bin/code-server" "$tools/bin/code-server"

# More language servers. scripts/toolchains.sh installs clangd; make setup of a project installs biome, tsc and ruff.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rust-web-analyzer >/dev/null
GOBIN=$tools/bin GOFLAGS=-modcacherw go install golang.org/x/tools/gopls@v0.23.0
npm install --silent --no-fund --no-audit --prefix "$tools/pyright" pyright@1.1.414
ln -sfn "$tools/pyright/node_modules/.bin/pyright-langserver" "$tools/bin/pyright-langserver"
