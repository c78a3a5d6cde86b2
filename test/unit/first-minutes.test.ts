/** A newcomer's first commands say what is missing, what was done, and what to do next. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { getMise } from '../../src/catalog/tools.ts';
import { change } from '../../src/change/change.ts';
import type { ChangeName } from '../../src/change/commands.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { prepare, writeProject } from '../../src/cli/create.ts';
import { notWritten } from '../../src/lib/not-written.ts';
import type { Choices } from '../../src/model/choices.ts';
import { render } from '../../src/print/render.ts';
import { renderAdopted } from '../../src/project/adopted.ts';
import { plain } from '../support/examples.ts';
import { commit, git, put, repository, scratch, tree } from '../support/repositories.ts';
import { runFolder } from '../support/shared.ts';

const written = (choices: Choices): string => {
  const folder = mkdtempSync(join(runFolder, 'first-'));
  for (const { path, text, executable } of render(choices)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: executable ? 0o777 : 0o666 });
  }
  return folder;
};

/** A PATH with these programs of this machine and these scripts alone. */
function pathOf(programs: string[], scripts: Record<string, string> = {}): string {
  const bin = mkdtempSync(join(runFolder, 'bin-'));
  for (const program of programs) {
    const path = execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    symlinkSync(path, join(bin, program));
  }
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}
const usual = [
  'sh',
  'bash',
  'make',
  'uname',
  'grep',
  'head',
  'sort',
  'tail',
  'mkdir',
  'touch',
  'git',
  'node',
  'dirname',
];

const make = (folder: string, path: string, ...words: string[]) => {
  const { status, stdout, stderr } = spawnSync('make', words, {
    cwd: folder,
    env: { PATH: path, HOME: folder },
    encoding: 'utf8',
  });
  return { code: status, said: stdout + stderr };
};

describe('the first minutes', function () {
  this.timeout(60_000);

  describe('without mise', () => {
    const zig = { ...plain, language: 'zig' };
    for (const task of ['setup', 'doctor'])
      it(`make ${task} gives the command that installs it`, () => {
        const { code, said } = make(written(zig), pathOf(usual), task);
        assert.notEqual(code, 0);
        const first = said.split('\n').find((line) => line.startsWith('missing'));
        assert.equal(first, `missing  mise: ${getMise}`);
        assert.doesNotMatch(said, /command not found|optional mise/);
      });
    it('make setup calls mise where there is one', () => {
      const { code, said } = make(written(zig), pathOf(usual, { mise: 'echo "mise $*"' }), 'setup');
      assert.equal(code, 0, said);
      assert.match(said, /^mise install$/m);
    });
    it('the README names it before the first command', () => {
      for (const choices of [zig, { ...plain, module: ['api:zig:wagi', 'web:assemblyscript:wagi'] }]) {
        const readme = render(choices).find(({ path }) => path === 'README.md')?.text ?? '';
        assert.ok(readme.includes(getMise));
        assert.ok(readme.indexOf(getMise) < readme.indexOf('make setup'), readme);
      }
    });
    it('a project that does not need it does not name it', () => {
      for (const { path, text } of render(plain)) assert.doesNotMatch(text, /\bmise\b/, path);
    });
    it('make setup of a repository that got CI gives the command, too', () => {
      const facts = { what: 'a Zig project' };
      const files = renderAdopted({
        ci: ['github'],
        branch: 'main',
        projects: [{ language: 'zig', dir: '.', facts }],
        instead: {},
      });
      const makefile = files.find(({ path }) => path === 'Makefile')?.text ?? '';
      const folder = mkdtempSync(join(runFolder, 'adopted-'));
      writeFileSync(join(folder, 'Makefile'), makefile);
      const { code, said } = make(folder, pathOf(usual), 'setup');
      assert.notEqual(code, 0);
      assert.ok(said.startsWith(`missing  mise: ${getMise}`), said);
    });
  });

  it('make smoke says that no server listens', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.on('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const url = `http://127.0.0.1:${port}`;
    const { code, said } = make(written(plain), pathOf(usual), '--silent', 'smoke', `URL=${url}`);
    assert.notEqual(code, 0);
    assert.ok(said.startsWith(`Nothing listens at ${url} (ECONNREFUSED). Start the server first: make serve.\n`), said);
    assert.doesNotMatch(said, /cases pass/);
  });

  describe('in a repository', () => {
    const folder = scratch();
    const run = (command: ChangeName, ...argv: string[]) => change(command, argv, folder(), undefined);
    const create = async (cwd: string, ...argv: string[]) =>
      writeProject(await prepare(readCreateRequest(argv), cwd, undefined));
    const refused = async (sentence: RegExp, command: ChangeName, ...argv: string[]) => {
      const before = tree(folder());
      await assert.rejects(run(command, ...argv), sentence);
      assert.deepEqual(tree(folder()), before);
    };

    it('a project in a subfolder is told that its CI is not read, and where the root is', async () => {
      repository(folder(), [{ path: 'notes.txt', text: '' }]);
      const said = await create(folder(), 'sub', '--yes', '--ci', 'github,gitlab');
      assert.match(
        said,
        /\nGitHub Actions and GitLab CI will not read the CI files in sub: .* --git, .* --ci none\.\n/,
      );
      assert.ok(said.includes(`'generator-wasm ${git(folder(), 'rev-parse', '--show-toplevel').trim()}'`), said);
      assert.match(await create(folder(), 'dry', '--yes', '--dry-run'), /will not read the CI files in dry/);
    });
    it('a project at the root, without CI or with a repository of its own is told nothing', async () => {
      repository(folder(), [{ path: 'notes.txt', text: '' }]);
      for (const argv of [
        ['.', '--name', 'root'],
        ['bare', '--ci', 'none'],
        ['own', '--git'],
      ])
        assert.doesNotMatch(await create(folder(), ...argv, '--yes'), /will not read/, argv.join(' '));
    });

    it('ci says what CI will run and what to do next, and --remove names --abort', async () => {
      repository(folder(), render(plain));
      const { text } = await run('ci', 'gitlab', '--add');
      assert.match(
        text,
        /\nGitHub Actions and GitLab CI run make setup, make lint, make build and make test for every change\.\n/,
      );
      assert.match(text, /\nNext: commit these files and push them\.\n/);
      const sentence =
        /undo the change that made them \(generator-wasm ci gitlab --add\) with generator-wasm ci --abort, /;
      await refused(sentence, 'ci', '--remove');
    });
    it('ci says what a release runs', async () => {
      repository(folder(), render({ ...plain, registry: 'ghcr', namespace: 'ghcr.io/octo-org' }));
      const { text } = await run('ci', 'gitlab');
      assert.match(text, /for every change, and make [^\n]*make push[^\n]* for a tag such as v1\.0\.0\.\n/);
    });
    it('a file that was edited otherwise does not name --abort', async () => {
      repository(folder(), render(plain));
      put(folder(), [{ path: 'README.md', text: '# mine\n' }]);
      await refused(/README\.md\. Commit them, or pass --force|README\.md\. Commit them/, 'ci', 'gitlab');
      await assert.rejects(run('ci', 'gitlab'), (error: Error) => !error.message.includes('--abort'));
    });
    it('--abort names the change that it undoes', async () => {
      repository(folder(), render(plain));
      await run('ci', 'gitlab');
      const { text } = await run('ci', '--abort');
      assert.match(text, /^Undid generator-wasm ci gitlab in \.:\n/);
      assert.equal(git(folder(), 'status', '--porcelain'), '');
    });
    it('--abort refuses a change that was committed, also in part', async () => {
      repository(folder(), render(plain));
      await run('ci', 'gitlab');
      git(folder(), 'add', '.gitlab-ci.yml');
      git(folder(), 'commit', '--quiet', '--message', 'half');
      await refused(
        /^UserError: The last change \(generator-wasm ci gitlab\) was committed since: \.gitlab-ci\.yml\. /,
        'ci',
        '--abort',
      );
      commit(folder());
      await refused(/was committed since: .*README\.md.* git revert, or pass --force/, 'ci', '--abort');
      assert.match((await run('ci', '--abort', '--force')).text, /^Undid generator-wasm ci gitlab/);
    });
    it('--abort undoes a change of files that git does not have yet', async () => {
      repository(folder(), render(plain), false);
      const before = tree(folder());
      await run('ci', 'gitlab', '--force');
      assert.match((await run('ci', '--abort')).text, /^Undid generator-wasm ci gitlab/);
      assert.deepEqual(tree(folder()), before);
    });
    it('a refusal says nothing that did not happen', async () => {
      repository(folder(), render(plain));
      put(folder(), [{ path: 'README.md', text: '# mine\n' }]);
      commit(folder());
      const before = tree(folder());
      for (const flags of [[], ['--dry-run']]) {
        const { text } = await run('language', 'go', '--like', plain.name, ...flags);
        assert.match(text, /^Nothing was changed in '\.'/);
        assert.doesNotMatch(text, /is now the module|were not moved|Next:/);
      }
      assert.deepEqual(tree(folder()), before);
    });
  });

  it('every reason of the system has its own sentence', () => {
    const sentences = ['ENOSPC', 'EROFS', 'EACCES', 'ENOENT', 'ENAMETOOLONG', 'EIO'].map((code) =>
      notWritten('/x', Object.assign(new Error(code), { code })),
    );
    assert.equal(new Set(sentences).size, sentences.length);
    for (const sentence of sentences) assert.match(sentence, /'\/x'.*\([A-Z]+\)\. [A-Z][^.]+\.$/);
    assert.match(sentences[0] ?? '', /^The disk is full/);
    assert.match(sentences[1] ?? '', /read-only file system/);
  });
});
