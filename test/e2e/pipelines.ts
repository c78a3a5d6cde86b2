/** Pipelines of generated projects where no provider is: a repository as CI checks it out, and act without containers. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { action, actions } from '../../src/catalog/actions.ts';
import type { Choices } from '../../src/model/choices.ts';
import { environment, ok, scratch } from '../support/programs.ts';
import { project, taskEnvironment } from './world.ts';

/** A copy of a project that is a repository with one commit of it and of these files, a remote, and a tag where one is named. */
export function repository(choices: Choices, files: Record<string, string> = {}, tag?: string): string {
  const folder = mkdtempSync(join(scratch, 'repository-'));
  cpSync(project(choices), folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  const git = (...args: string[]) => ok('git', args, folder);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '-A');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'all');
  git('remote', 'add', 'origin', `git@gitlab.example.com:team/${choices.name}.git`);
  if (tag) git('tag', tag);
  return folder;
}

/**
 * Where a module is published that was built elsewhere: a clone, whose files are younger than what is brought into it, and an
 * environment without compilers, and without the scripts of packages.
 */
export function publishingPlace(folder: string, handed: readonly string[]): { place: string; env: NodeJS.ProcessEnv } {
  const place = join(mkdtempSync(join(scratch, 'publishing-')), 'clone');
  ok('git', ['clone', '--quiet', folder, place], scratch);
  ok('git', ['remote', 'set-url', 'origin', ok('git', ['remote', 'get-url', 'origin'], folder).trim()], place);
  for (const path of handed) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    cpSync(join(folder, path), join(place, path));
    utimesSync(join(place, path), 0, 0);
  }
  return { place, env: { PATH: programs([...ofImage, ...publishers]) } };
}

/** A folder with these programs alone. */
function programs(names: readonly string[]): string {
  const folder = mkdtempSync(join(scratch, 'programs-'));
  for (const name of names) symlinkSync(pathOf(name), join(folder, name));
  return folder;
}
const pathOf = (name: string): string => ok('sh', ['-c', `command -v ${name}`], scratch).trim();

/** What a job that publishes may call: what an image of Node has besides compilers, and the tools that publish. */
const ofImage = `
  sh bash env make git node npm base64 cat dirname basename grep mkdir mktemp rm sed sha256sum tr uname`
  .trim()
  .split(/\s+/);
const publishers = ['oras', 'cosign'];

/**
 * A folder with a program that has the name of an image, as the local backend of Woodpecker calls it: a shell with an empty home
 * of its own. Steps that publish have no other programs than the image. The tools that publish are there once a step has had npm
 * install mise, and mise install them: in the folder of npm's prefix, and in mise's below the home.
 */
export function standInForImage(image: string): string {
  const folder = mkdtempSync(join(scratch, 'image-'));
  const script = (path: string, text: string) =>
    writeFileSync(join(folder, path), `#!/bin/sh\n${text}`, { mode: 0o755 });
  const inside = programs([...ofImage.filter((name) => name !== 'npm'), 'cp', 'ln']);
  script(
    image,
    `HOME=$(mktemp -d "${folder}/home-XXXXXX")
export HOME
unset MISE_DATA_DIR npm_config_prefix
case $CI_STEP_NAME in build | check) ;; *) PATH=${inside} ;; esac
PATH=${folder}:$PATH exec sh "$@"
`,
  );
  script(
    'npm',
    `case "$*" in "install --global @jdxcode/mise@"*) ;; *) exec ${pathOf('npm')} "$@" ;; esac
bin=\${NPM_CONFIG_PREFIX:-$HOME}/bin
mkdir -p "$bin"
cp ${folder}/mise-stand-in "$bin/mise"
`,
  );
  script(
    'mise-stand-in',
    `shims=$HOME/.local/share/mise/shims
mkdir -p "$shims"
shift
for tool; do ln -s "${programs(publishers)}/$tool" "$shims/$tool"; done
`,
  );
  return folder;
}

/** What the machines of a CI provider have, and these tests bring. */
export const brought = () =>
  Object.entries({ ...taskEnvironment(), MISE_DISABLE_TOOLS: String(environment.MISE_DISABLE_TOOLS) });

/** A key pair of cosign: what signs, and the text of cosign.pub. */
export function keys(COSIGN_PASSWORD = 'k3y-passw0rd'): {
  secrets: { COSIGN_PRIVATE_KEY: string; COSIGN_PASSWORD: string };
  public: string;
} {
  const folder = mkdtempSync(join(scratch, 'keys-'));
  ok('cosign', ['generate-key-pair'], folder, { COSIGN_PASSWORD });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { secrets: { COSIGN_PRIVATE_KEY: read('cosign.key'), COSIGN_PASSWORD }, public: read('cosign.pub') };
}

/**
 * Runs a workflow of GitHub's for a push to main, or of a tag, on machines with this label, and gives back what it said.
 * @param standingIn a folder of programs that come before all others
 * @param artifacts a folder for what jobs upload, by the artifact's name
 */
export function act(
  folder: string,
  workflow: string,
  {
    tag,
    label = 'ubuntu-24.04',
    secrets = {},
    variables = {},
    standingIn,
    artifacts = mkdtempSync(join(scratch, 'artifacts-')),
  }: {
    tag?: string;
    label?: string;
    secrets?: object;
    variables?: object;
    standingIn?: string;
    artifacts?: string;
  } = {},
): string {
  const event = join(mkdtempSync(join(scratch, 'event-')), 'event.json');
  writeFileSync(event, JSON.stringify({ ref: tag ? `refs/tags/${tag}` : 'refs/heads/main' }));
  return ok(
    'act',
    [
      'push',
      ...['--workflows', workflow, '--eventpath', event, '--platform', `${label}=-self-hosted`],
      ...['--pull=false', '--no-cache-server', '--action-offline-mode'],
      ...standIns(artifacts),
      ...[...brought(), ...Object.entries(variables)].flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...Object.keys(secrets).flatMap((name) => ['--secret', name]),
    ],
    folder,
    { ...secrets, PATH: [...(standingIn ? [standingIn] : []), standInForGh(), environment.PATH].join(delimiter) },
  );
}

/** The GitHub CLI, which the runners of GitHub have: there is no release, and it says what it is asked to make. */
function standInForGh(): string {
  const folder = mkdtempSync(join(scratch, 'gh-'));
  writeFileSync(join(folder, 'gh'), '#!/bin/sh\n[ "$2" != view ] || exit 1\necho "gh $*"\n', { mode: 0o755 });
  return folder;
}

/** Puts files into an artifact, which has them below the folder that all share: src/shared/search.ts of actions/upload-artifact. */
const upload = `node -e '
  const { dirname, join, relative } = require("node:path");
  const { FILE, STORE, NAME } = process.env;
  const files = FILE.trim().split("\\n");
  let root = dirname(files[0]);
  while (root !== "." && !files.every((file) => file.startsWith(root + "/"))) root = dirname(root);
  for (const file of files) require("node:fs").cpSync(file, join(STORE, NAME, relative(root, file)));
'`;

/** Exports the token that it is given: setEnvVars() in src/index.ts of jdx/mise-action. */
const exportsToken = `[ -z "$TOKEN" ] || [ -n "\${MISE_GITHUB_TOKEN:-}" ] || echo "MISE_GITHUB_TOKEN=$TOKEN" >>"$GITHUB_ENV"`;

/**
 * Actions cannot be fetched from here. Those that install tools have stand-ins that only export what they do, since the tools
 * are there; artifacts are files of a folder.
 */
function standIns(artifacts: string): string[] {
  const folder = mkdtempSync(join(scratch, 'actions-'));
  const does: Record<string, string> = {
    'actions/upload-artifact': upload,
    'actions/download-artifact': 'mkdir -p "${FILE:-.}" && cp -R "$STORE/$NAME"/. "${FILE:-.}"',
    'jdx/mise-action': exportsToken,
  };
  assert.ok(actions().includes('actions/setup-node'));
  return actions()
    .filter((name) => name !== 'actions/checkout')
    .flatMap((name) => {
      const path = join(folder, name.replace('/', '-'));
      const env = {
        STORE: artifacts,
        NAME: '${{ inputs.name }}',
        FILE: '${{ inputs.path }}',
        TOKEN: '${{ inputs.github_token }}',
      };
      mkdirSync(path);
      writeFileSync(
        join(path, 'action.yml'),
        JSON.stringify({
          name,
          description: 'stand-in',
          inputs: { name: {}, path: {}, github_token: { default: '${{ github.token }}' } },
          runs: { using: 'composite', steps: [{ run: does[name] ?? 'true', shell: 'sh', env }] },
        }),
      );
      return ['--local-repository', `${action(name).uses}=${path}`];
    });
}
