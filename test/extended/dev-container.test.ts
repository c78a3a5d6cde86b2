/**
 * Dev containers, built and used: the image of a project by podman, in which the project's user runs `make setup` as
 * devcontainer.json says, then builds and tests. Its base image is in no package registry, so `FROM` alone is replaced, by the image
 * of scripts/dev-container.sh. mise installs from the stand-in for release pages.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { nodeImage, wasiSdkVersion } from '../../src/catalog/tools.ts';
import { programArchives, releasePages, runBeside, sdkArchive } from '../e2e/release-pages.ts';
import { bin } from '../e2e/world.ts';
import { environment, exists, need, needFrom, ok, root, run, scratch } from '../support/programs.ts';

const base = join(root, '.cache/dev-container');
const storage = ['--root', join(base, 'storage'), '--runroot', join(base, 'run')];

/** What the base image has already, as the machine of the tests. */
const inBase = 'rust';

describe('the dev container', function () {
  this.timeout(1_800_000);
  before(function () {
    need(this, 'wasmtime', 'oras', 'cosign', 'clang-22');
    needFrom('scripts/dev-container.sh', this, ['podman', 'buildah']);
    if (exists(base, 'imported')) return;
    assert.notEqual(process.env.E2E, 'required', 'There is no base image. Get it with: bash scripts/dev-container.sh');
    console.log('      skipped: there is no base image. Get it with: bash scripts/dev-container.sh');
    this.skip();
  });

  const registry = ['--registry', 'ghcr', '--namespace', 'ghcr.io/octo-org'];
  for (const [name, flags, modules, tools] of [
    ['assemblyscript', [], [''], []],
    ['c', ['--language', 'c'], [''], ['clang', 'wasm-opt', 'wasmtime']],
    ['rust', ['--language', 'rust', '--kind', 'command'], [''], ['wasm-opt', 'wasmtime']],
    [
      'several',
      [...registry, '--module', 'api:assemblyscript:wagi', '--module', 'jobs:c:command'],
      ['api', 'jobs'],
      ['clang', 'wasm-opt', 'wasmtime', 'oras', 'cosign'],
    ],
  ] as const)
    it(`builds and tests a fresh project: ${name}`, async () => {
      const folder = join(mkdtempSync(join(scratch, 'container-')), name);
      ok(bin(), [folder, '--yes', '--no-git', '--editor', 'devcontainer', ...flags], scratch);
      const printed = readFileSync(join(folder, '.devcontainer/Dockerfile'), 'utf8');
      const dockerfile = printed.replace(`FROM ${nodeImage}\n`, 'FROM localhost/base\n');
      assert.notEqual(dockerfile, printed);
      const replaced = join(folder, '..', 'Dockerfile');
      writeFileSync(replaced, dockerfile);
      const image = `localhost/dev-container-${name}`;
      ok(
        'podman',
        [...storage, 'build', '--isolation=chroot', '-f', replaced, '-t', image, join(folder, '.devcontainer')],
        folder,
      );
      const container = ok('buildah', [...storage, 'from', image], folder).trim();

      const pins = existsSync(join(folder, 'mise.toml'))
        ? (parse(readFileSync(join(folder, 'mise.toml'), 'utf8')) as { tools: Record<string, string> }).tools
        : {};
      const pages = await releasePages({
        ...(pins.wasmtime && programArchives({ wasmtime: pins.wasmtime, oras: pins.oras ?? '' })),
        ...sdkArchive(wasiSdkVersion),
      });
      /** As the Dev Container CLI runs a command: by a shell, in the folder of the workspace, as the user of the image. */
      const workspace = `/workspaces/${name}`;
      const variables = {
        ...pages.settings,
        // Nothing of the stand-in is signed by its maker.
        MISE_AQUA_COSIGN: 'false',
        MISE_DISABLE_TOOLS: inBase,
        MISE_NPM_PACKAGE_MANAGER: 'npm',
      };
      const inside = (command: string) =>
        runBeside(
          'buildah',
          [
            ...[...storage, 'run', '--isolation', 'chroot', '--volume', `${folder}:${workspace}`],
            ...[
              '--workingdir',
              workspace,
              ...Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
            ],
            ...[container, '--', 'sh', '-c', command],
          ],
          folder,
          environment,
        );
      try {
        const { updateContentCommand } = JSON.parse(
          readFileSync(join(folder, '.devcontainer/devcontainer.json'), 'utf8'),
        );
        const user = (await inside('id -un')).said.trim();
        assert.equal(user, 'node');
        // As Docker Desktop and updateRemoteUserUID have it: the files are the user's own.
        ok('chown', ['-R', '1000:1000', folder], folder);
        for (const command of [updateContentCommand, 'make build test']) {
          const { code, said } = await inside(command);
          assert.equal(code, 0, `${command}\n${said.slice(-6000)}`);
        }
        for (const tool of tools) {
          const { said } = await inside(`command -v ${tool}`);
          assert.equal(said.trim(), `/home/node/.local/share/mise/shims/${tool}`);
        }
        for (const module of modules)
          assert.ok(readFileSync(join(folder, module, 'build', `${module || name}.wasm`)).length > 1000);
      } finally {
        pages.close();
        ok('buildah', [...storage, 'rm', container], scratch);
        run('buildah', [...storage, 'rmi', image], scratch);
      }
    });
});
