/** CI for repositories that somebody else wrote: what is recognised, what is written, and that it can be taken away. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { axes } from '../../src/catalog/axes.ts';
import { change } from '../../src/change/change.ts';
import { toJson } from '../../src/lib/json.ts';
import type { Ask } from '../../src/plan/choices.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { foreign } from '../support/foreign.ts';
import { commit, git, put, repository, scratch, tree } from '../support/repositories.ts';

const cargo = (name: string) => `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n`;

describe('CI for a repository that somebody else wrote', function () {
  this.timeout(60_000);
  const folder = scratch();
  const run = (...argv: string[]) => change('ci', argv, folder(), undefined);
  const asFiles = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => ({ path, text }));
  const make = (files: Record<string, string>) => repository(folder(), asFiles(files));

  for (const [name, { files, lock, says, runs, found = 1, left = [], never, workflow, tools = [] }] of Object.entries(
    foreign,
  ))
    it(`${name}: is recognised, gets CI, and loses it without a trace`, async () => {
      make({ ...files, ...(lock && { [lock.path]: '' }) });
      const before = tree(folder());
      const { text, code } = await run('github,gitlab');
      assert.equal(code, 0, text);
      assert.match(text, says);
      // What lies inside of a project is a part of it.
      assert.equal(text.match(/^Found /gm)?.length, found, text);
      assert.equal(text.match(/^Left out /gm)?.length ?? 0, left.length, text);
      for (const why of left) assert.match(text, why);
      const after = tree(folder());
      for (const [path, content] of Object.entries(before)) assert.equal(after[path], content, `${path} is as it was`);
      const makefile = after[files.Makefile ? 'wasm.mk' : 'Makefile'] ?? '';
      for (const line of runs) assert.ok(makefile.split('\n').includes(`\t${line}`), `${line}\n${makefile}`);
      if (never) assert.doesNotMatch(makefile.replaceAll(/^#.*$|^\t@echo ' {2}.*$/gm, ''), never);
      for (const tool of tools)
        assert.match(after['mise.toml'] ?? '', new RegExp(`^(?:\\[tools\\.)?"?${tool}"?(?:\\]| =)`, 'm'));
      if (workflow) assert.match(after['.github/workflows/ci.yml'] ?? '', workflow);
      // Each step of CI is a task that make knows.
      const steps = parse(after['.github/workflows/ci.yml'] ?? '').jobs.check.steps.flatMap(
        ({ run }: { run?: string }) => run ?? [],
      );
      assert.ok(steps.length >= 2);
      for (const step of steps) {
        const [program, ...words] = step.split(' ');
        execFileSync(program, ['--dry-run', ...words], { cwd: folder(), stdio: 'pipe' });
        assert.ok((after['.gitlab-ci.yml'] ?? '').includes(`- ${step}\n`), step);
      }
      commit(folder());
      assert.match((await run('github,gitlab')).text, /^Already up to date/);
      assert.equal((await change('upgrade', ['--check'], folder(), undefined)).code, 0);
      await run('--remove');
      assert.deepEqual(tree(folder()), before);
    });

  it('in any provider', async () => {
    make({ 'Cargo.toml': cargo('greet'), Makefile: 'all:\n' });
    const all = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');
    await run(all.join());
    const written = tree(folder());
    for (const provider of ['.circleci/config.yml', 'Jenkinsfile', 'azure-pipelines.yml', 'bitbucket-pipelines.yml'])
      assert.match(written[provider] ?? '', /make -f wasm\.mk build/);
    for (const [path, text] of Object.entries(written)) assert.doesNotMatch(text, /undefined|\[object/, path);
  });
  it('is the same in either order, and one can be taken away', async () => {
    make({ 'Cargo.toml': cargo('greet') });
    await run('github');
    await run('gitlab', '--add', '--force');
    const both = tree(folder());
    await run('--remove', '--force');
    await run('gitlab,github');
    assert.deepEqual(tree(folder()), both);
    await run('--remove', 'gitlab', '--force');
    assert.deepEqual(Object.keys(tree(folder())), [
      '.github/workflows/ci.yml',
      '.yo-rc.json',
      'Cargo.toml',
      'Makefile',
      'mise.toml',
      'renovate.json',
    ]);
  });
  it('beside CI, tools and a bot of its own', async () => {
    const own = {
      '.github/workflows/ci.yml': 'name: Mine\n',
      '.github/renovate.json': '{}\n',
      'mise.toml': '[tools]\n',
    };
    make({ 'Cargo.toml': cargo('greet'), ...own });
    const { text } = await run('github');
    assert.match(text, /Your own CI stays: GitHub Actions\./);
    const after = tree(folder());
    for (const [path, content] of Object.entries(own)) assert.equal(after[path], content);
    assert.match(after['.github/workflows/wasm.yml'] ?? '', /make build/);
    assert.match(after['.config/mise/conf.d/wasm.toml'] ?? '', /\[tools\.rust\]/);
    for (const bot of ['.github/dependabot.yml', 'renovate.json']) assert.ok(!Object.hasOwn(after, bot));
  });
  it('beside pipelines of its own, and says what makes ours run', async () => {
    const own = {
      '.gitlab-ci.yml': 'test:\n  script: [true]\n',
      'azure-pipelines.yml': 'steps: []\n',
      '.circleci/config.yml': 'version: 2.1\n',
      Jenkinsfile: 'node {}\n',
    };
    make({ 'Cargo.toml': cargo('greet'), ...own });
    const before = tree(folder());
    const { text, code } = await run('gitlab,azure,circleci,jenkins');
    assert.equal(code, 0, text);
    const after = tree(folder());
    for (const [path, content] of Object.entries(own)) assert.equal(after[path], content);
    assert.match(text, /^\.gitlab\/wasm\.gitlab-ci\.yml: .* `include: \.gitlab\/wasm\.gitlab-ci\.yml`/m);
    assert.deepEqual(Object.keys(parse(after['.gitlab/wasm.gitlab-ci.yml'] ?? '')), ['wasm']);
    for (const path of ['azure-pipelines.wasm.yml', '.circleci/wasm.yml', 'Jenkinsfile.wasm']) {
      assert.match(after[path] ?? '', /make build/, path);
      assert.ok(text.includes(`\n${path}: `), path);
    }
    assert.match((await run('gitlab,azure,circleci,jenkins')).text, /^Already up to date/);
    await run('--remove', '--force');
    assert.deepEqual(tree(folder()), before);
  });
  it('beside a Woodpecker pipeline in one file, which a folder .woodpecker would switch off', async () => {
    const own = { '.woodpecker.yml': 'steps: []\n' };
    make({ 'Cargo.toml': cargo('greet'), ...own });
    const { text } = await run('woodpecker');
    const after = tree(folder());
    assert.ok(!Object.keys(after).some((path) => path.startsWith('.woodpecker/')));
    assert.equal(after['.woodpecker.yml'], own['.woodpecker.yml']);
    assert.match(after['.woodpecker-ci/wasm.yml'] ?? '', /make build/);
    assert.match(
      text,
      /^\.woodpecker-ci\/wasm\.yml: .* move your \.woodpecker\.yml into \.woodpecker-ci, and set the pipeline path /m,
    );
  });
  it('beside the Woodpecker workflows of a folder, which Woodpecker reads too', async () => {
    const own = { '.woodpecker/ci.yml': 'steps: []\n' };
    make({ 'Cargo.toml': cargo('greet'), ...own });
    const { text } = await run('woodpecker');
    assert.match(text, /Your own CI stays: Woodpecker\./);
    const after = tree(folder());
    assert.equal(after['.woodpecker/ci.yml'], own['.woodpecker/ci.yml']);
    assert.match(after['.woodpecker/wasm.yml'] ?? '', /make build/);
    assert.doesNotMatch(text, /^\.woodpecker\/wasm\.yml: /m);
  });
  it('where a provider reads one file only and that is taken, is a conflict', async () => {
    make({ 'Cargo.toml': cargo('greet'), 'bitbucket-pipelines.yml': 'pipelines: {}\n' });
    const before = tree(folder());
    const { text, code } = await run('bitbucket');
    assert.equal(code, 1);
    assert.match(text, /^Nothing was changed[^\n]*\n {2}bitbucket-pipelines\.yml: it already exists$/m);
    assert.deepEqual(tree(folder()), before);
    assert.equal((await run('bitbucket', '--on-conflict', 'backup')).code, 0);
    assert.equal(tree(folder())['bitbucket-pipelines.yml.orig'], before['bitbucket-pipelines.yml']);
  });
  it('follows its main branch', async () => {
    make({ 'Cargo.toml': cargo('greet') });
    git(folder(), 'branch', '--quiet', '--move', 'master');
    await run('github');
    assert.match(tree(folder())['.github/workflows/ci.yml'] ?? '', /branches:\n {6}- master\n/);
  });
  it('is not misled by CRLF, a submodule, a link out of it and a file without permission', async () => {
    const elsewhere = join(folder(), 'elsewhere');
    repository(join(folder(), 'module'), [{ path: 'Cargo.toml', text: cargo('not-ours') }]);
    put(elsewhere, [{ path: 'Cargo.toml', text: cargo('outside') }]);
    const place = join(folder(), 'place');
    repository(place, [{ path: 'Cargo.toml', text: cargo('greet').replaceAll('\n', '\r\n') }]);
    git(place, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', join(folder(), 'module'), 'module');
    symlinkSync(elsewhere, join(place, 'linked'));
    writeFileSync(join(place, 'secret.toml'), '');
    chmodSync(join(place, 'secret.toml'), 0);
    const { text, code } = await run('github', 'place');
    assert.equal(code, 0, text);
    assert.match(text, /Found the crate greet \(rust\)/);
    assert.doesNotMatch(text, /not-ours|outside/);
    chmodSync(join(place, 'secret.toml'), 0o600);
  });
  it('leaves the other parts of .yo-rc.json as they are, byte for byte', async () => {
    const parts = [
      '{"generator-node":{"a":[1]}}',
      '{\r\n\t"generator-node": {\r\n\t\t"a": 1\r\n\t}\r\n}\r\n',
      '{\n    "a": 1\n}',
    ];
    for (const [index, text] of parts.entries()) {
      const place = `parts-${index}`;
      repository(join(folder(), place), asFiles({ 'Cargo.toml': cargo('greet'), '.yo-rc.json': text }));
      await run('github', place);
      const written = tree(join(folder(), place))['.yo-rc.json'] ?? '';
      assert.ok(written.startsWith(text.replace(/\s*\}\s*$/, '')), written);
      assert.deepEqual(JSON.parse(written)['generator-wasm'].adopted.ci, ['github']);
      await run('gitlab', place, '--force');
      await run('--remove', place, '--force');
      assert.equal(tree(join(folder(), place))['.yo-rc.json'], text);
    }
  });
  it('builds a folder with a colon in its name, and leaves out one whose name is a path on Windows', async function () {
    // Windows has no such names.
    if (process.platform === 'win32') this.skip();
    const colon = { 'a:b/Cargo.toml': cargo('colon') };
    repository(join(folder(), 'colon'), asFiles(colon));
    assert.match((await run('github', 'colon')).text, /^Found the crate colon in a:b /m);
    assert.match((await run('github', 'colon', '--force')).text, /^Already up to date/);
    for (const name of ['a\\..\\b', 'a\\..']) {
      const place = `path-${name.length}`;
      repository(
        join(folder(), place),
        asFiles({ 'Cargo.toml': cargo('greet'), [`${name}/Cargo.toml`]: cargo('drive') }),
      );
      const { text } = await run('github', place);
      assert.match(text, /^Left out the crate drive .* has characters that are not allowed/m);
      assert.match((await run('github', place, '--force')).text, /^Already up to date/);
    }
  });
  it('does not write through a link', async () => {
    make({ 'Cargo.toml': cargo('greet') });
    symlinkSync('/nowhere', join(folder(), '.github'));
    const { text, code } = await run('github');
    assert.equal(code, 1);
    assert.match(text, /workflows\/ci\.yml: it is below '\.github', which is not a folder of the project/);
    await assert.rejects(run('github', '--on-conflict', 'overwrite'), /cannot be replaced/);
  });
  it('follows the project: what it has become is told by upgrade --check', async () => {
    make({ 'Cargo.toml': cargo('greet') });
    await run('github');
    writeFileSync(join(folder(), 'Cargo.lock'), '');
    const { text, code } = await change('upgrade', ['--check'], folder(), undefined);
    assert.equal(code, 1);
    assert.match(text, /^Would change 2 files in \.:\n {2}write {3}\.yo-rc\.json\n {2}write {3}Makefile\n/);
  });
  it('runs over many repositories, a line for each', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `repository-${index}`);
    for (const [index, name] of names.entries())
      repository(
        join(folder(), name),
        asFiles(index === 3 ? { 'README.md': '' } : { 'Cargo.toml': cargo(name) }),
        index > 5,
      );
    rmSync(join(folder(), 'repository-4', '.git'), { recursive: true });
    const { text, code } = await run('github', ...names);
    const lines = text.split('\n');
    assert.equal(lines.length, names.length);
    assert.equal(code, 1, 'some were refused');
    assert.match(lines[0] ?? '', /^repository-0: changed \(5 written; Found the crate repository-0 /);
    assert.match(lines[3] ?? '', /^repository-3: refused \(No WebAssembly project found in 'repository-3'/);
    assert.match(lines[4] ?? '', /^repository-4: refused \('repository-4' is not in a git repository/);
    const one = await run('github', '--short', 'repository-0');
    assert.deepEqual([one.code, one.text.split('\n').length], [0, 1]);
    assert.match(one.text, /^repository-0: unchanged \(Found /);
    assert.equal((await run('github', '--short', 'repository-3')).text, lines[3]);
    const again = (await run('github', '--json', ...names)).text.split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(
      again.map(({ outcome }) => outcome),
      names.map((_, index) => (index === 3 || index === 4 ? 'refused' : 'unchanged')),
    );
  });
  it('only in its root, and only CI', async () => {
    make({ 'sub/Cargo.toml': cargo('greet') });
    await assert.rejects(run('github', 'sub'), /'sub' is a folder in a larger repository/);
    await assert.rejects(run('--remove'), /The project has no CI of generator-wasm to remove/);
    await assert.rejects(run('travis'), /Unknown ci 'travis'\. Choose one of: github/);
    await assert.rejects(run('github,none'), /CI 'none' cannot be combined/);
    await assert.rejects(run(), /Not running in a terminal\. Pass the PROVIDER/);
    await run('github');
    await assert.rejects(change('host', ['spin', '--force'], folder(), undefined), /only adds CI/);
  });

  describe('chooses what is built', () => {
    const several = {
      'Cargo.toml': '[workspace]\nmembers = ["one", "two", "host"]\n',
      'one/Cargo.toml': `${cargo('one')}\n[lib]\ncrate-type = ["cdylib"]\n`,
      'one/src/lib.rs': '',
      'two/Cargo.toml': `${cargo('two')}\n[lib]\ncrate-type = ["cdylib"]\n`,
      'two/src/lib.rs': '',
      'host/Cargo.toml': `${cargo('host')}\n[dependencies]\nwasmtime = "38"\n`,
      'host/src/main.rs': '',
    };
    const builds = () => /^\tcargo build .*$/m.exec(tree(folder()).Makefile ?? '')?.[0];

    it('by --module, which is remembered', async () => {
      make(several);
      const { text } = await run('github', '--module', './two/');
      assert.match(text, /^Found the crate two in two/m);
      assert.match(text, /^Left out the crate one in one \(rust\): --module names others\.$/m);
      assert.equal(builds(), '\tcargo build --release --package two --target wasm32-wasip1');
      commit(folder());
      assert.match((await run('github')).text, /^Already up to date/);
      assert.equal((await change('upgrade', ['--check'], folder(), undefined)).code, 0);
      await run('github', '--module', 'one,two', '--force');
      assert.equal(builds(), '\tcargo build --release --package one --package two --target wasm32-wasip1');
    });
    it('in a folder whose name means something in a regular expression', async () => {
      make({
        'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
        '*a+(b)/Cargo.toml': `${cargo('one')}\n[[bin]]\nname = "x"\npath = "src/bin/x.rs"\n`,
        '*a+(b)/src/bin/y.rs': '',
      });
      assert.match((await run('github')).text, /^Found the crate one in \*a\+\(b\) .*release\/y\.wasm/m);
    });
    it('by --module, also what would be left out', async () => {
      make(several);
      assert.match((await run('github')).text, /^Name what CI shall build, if that is not right: --module PATH,…$/m);
      await run('github', '--module', 'host', '--force');
      assert.equal(builds(), '\tcargo build --release --package host --target wasm32-wasip1');
    });
    it('and refuses what cannot become a module', async () => {
      make({ ...several, 'web/requirements.txt': 'componentize-py\n' });
      await assert.rejects(
        run('github', '--module', 'one,lib'),
        /No WebAssembly module found in 'lib'\. Choose one of: host, one, two\./,
      );
      await assert.rejects(run('github', '--module', 'web'), /in 'web': componentize-py needs a world/);
      assert.deepEqual(tree(folder()).Makefile, undefined);
    });
    it('by a list to tick, where there is a terminal', async () => {
      make(several);
      const seen: string[] = [];
      const ask =
        (answers: Record<string, string[]>): Ask =>
        async (question, _, fallback) => {
          const options = question.options.map(({ id, label, help }) => `${id} ${label}: ${help}`);
          seen.push(`${question.key} [${fallback}]`, ...(question.key === 'ci' ? [] : options));
          return answers[question.key] ?? fallback ?? [];
        };
      await change('ci', [], folder(), ask({ ci: ['github'], modules: ['1'] }));
      assert.deepEqual(seen, [
        'ci [github]',
        'modules [1,2]',
        '0 the crate host in host: left out unless ticked: it depends on wasmtime, which needs an operating system',
        '1 the crate one in one: target/wasm32-wasip1/release/one.wasm',
        '2 the crate two in two: target/wasm32-wasip1/release/two.wasm',
      ]);
      assert.equal(builds(), '\tcargo build --release --package one --target wasm32-wasip1');
      await assert.rejects(
        change('ci', ['github', '--force'], folder(), ask({ modules: ['none'] })),
        /No module was chosen/,
      );
    });
    it('and tells programs what it took and what it left out', async () => {
      make(several);
      const { modules } = JSON.parse((await run('github', '--json', '--dry-run')).text);
      assert.deepEqual(
        modules.map(({ path, why = '' }: { path: string; why?: string }) => [path, why]),
        [
          ['host', 'it depends on wasmtime, which needs an operating system'],
          ['one', ''],
          ['two', ''],
        ],
      );
      assert.deepEqual(modules[1], {
        path: 'one',
        language: 'rust',
        what: 'the crate one',
        artifact: 'target/wasm32-wasip1/release/one.wasm',
        says: '',
      });
    });
    it('only in repositories of others', async () => {
      repository(folder(), render(plain));
      await assert.rejects(run('github', '--module', 'x'), /--module is for existing projects/);
    });
  });

  describe('gives CI what it needs', () => {
    it('submodules and Git LFS, by every provider', async () => {
      make({
        'Cargo.toml': cargo('greet'),
        '.gitmodules': '[submodule "dep"]\n\tpath = dep\n\turl = ../dep\n',
        'data/.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      });
      await run('github,gitlab,azure,circleci,jenkins,bitbucket,forgejo');
      const written = tree(folder());
      const wanted: Record<string, RegExp[]> = {
        '.github/workflows/ci.yml': [/submodules: recursive/, /lfs: true/],
        '.forgejo/workflows/ci.yml': [/submodules: recursive/, /lfs: true/],
        '.gitlab-ci.yml': [/GIT_SUBMODULE_STRATEGY: recursive/],
        'azure-pipelines.yml': [/checkout: self\n +submodules: recursive\n +lfs: true/],
        '.circleci/config.yml': [/git submodule update --init --recursive/, /git lfs pull/],
        Jenkinsfile: [/git submodule update --init --recursive/, /git lfs pull/],
        'bitbucket-pipelines.yml': [/git submodule update --init --recursive/, /lfs: true/],
      };
      for (const [path, lines] of Object.entries(wanted))
        for (const line of lines) assert.match(written[path] ?? '', line, path);
    });
    it('a Makefile of another name, where git ignores that', async () => {
      make({ 'CMakeLists.txt': 'project(hi C)\n', 'main.c': '', '.gitignore': 'Makefile\nbuild\n' });
      const { text } = await run('github');
      assert.match(text, /^git ignores Makefile here, so the commands of CI are in wasm\.mk\.$/m);
      assert.match(tree(folder())['.github/workflows/ci.yml'] ?? '', /make -f wasm\.mk build/);
      commit(folder());
      assert.match((await run('github')).text, /^Already up to date/);
    });
    it('nothing where git ignores what it must have, and the lines that let it through', async () => {
      make({ 'Cargo.toml': cargo('greet'), '.gitignore': '.github/\n*.json\n' });
      const before = tree(folder());
      const lines = [
        '!/.github/',
        '!/.github/workflows/',
        '!/.github/workflows/ci.yml',
        '!/.yo-rc.json',
        '!/renovate.json',
      ];
      const error: Error = await run('github').then(
        () => assert.fail('it was written'),
        (error) => error,
      );
      assert.match(
        error.message,
        /^git ignores \.github\/workflows\/ci\.yml, \.yo-rc\.json and renovate\.json, so CI would not get them/,
      );
      const said = [...error.message.matchAll(/`(.+?)`/g)].flatMap(([, line]) => line ?? []);
      assert.deepEqual(said.sort(), lines);
      assert.deepEqual(tree(folder()), before);
      writeFileSync(join(folder(), '.gitignore'), `.github/\n*.json\n${lines.join('\n')}\n`);
      assert.equal((await run('github')).code, 0);
      commit(folder());
      const there = git(folder(), 'ls-files', '--', '.github', '.yo-rc.json', 'renovate.json').trim().split('\n');
      assert.equal(there.length, 3);
    });
    for (const path of ['.github', '.gitlab', '.config'])
      it(`a sentence where ${path} is a file`, async () => {
        make({
          'Cargo.toml': cargo('greet'),
          '.gitlab-ci.yml': 'a: {}\n',
          'mise.toml': '[tools]\n',
          [path]: 'hi\n',
        });
        const before = tree(folder());
        const { text, code } = await run('github,gitlab');
        assert.equal(code, 1);
        assert.match(text, new RegExp(`is below '\\${path}', which is not a folder of the project`));
        assert.deepEqual(tree(folder()), before);
      });
    it('JSON as Prettier formats it', async () => {
      make({ 'Cargo.toml': cargo('greet') });
      await run('gitlab');
      const { 'renovate.json': renovate = '', '.yo-rc.json': memory = '' } = tree(folder());
      assert.match(renovate, /^ {2}"extends": \["config:recommended"\],$/m);
      assert.match(memory, /^ {6}"ci": \["gitlab"\],$/m);
      const long = { list: Array.from({ length: 9 }, (_, index) => `word-${index}`), empty: [], of: [{ a: null }, 1] };
      const lines = long.list.map((word) => `    "${word}"`).join(',\n');
      assert.equal(
        toJson({ ...long, short: [1, true] }),
        `{\n  "list": [\n${lines}\n  ],\n  "empty": [],\n  "of": [{ "a": null }, 1],\n  "short": [1, true]\n}\n`,
      );
    });
    it('the word that a lock file is not in git', async () => {
      make({ 'Cargo.toml': cargo('greet') });
      assert.match((await run('github')).text, /^Cargo\.lock is not committed, .*Commit it\.$/m);
    });
  });
});
