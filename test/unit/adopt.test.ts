/** CI for repositories that somebody else wrote: what is recognised, what is written, and that it can be taken away. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { axes } from '../../src/axes.ts';
import { change } from '../../src/change/change.ts';
import { foreign } from '../foreign.ts';
import { commit, git, put, repository, scratch, tree } from '../repositories.ts';

const cargo = (name: string) => `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n`;

describe('CI for a repository that somebody else wrote', function () {
  this.timeout(60_000);
  const folder = scratch();
  const run = (...argv: string[]) => change('ci', argv, folder(), undefined);
  const asFiles = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => ({ path, text }));
  const make = (files: Record<string, string>) => repository(folder(), asFiles(files));

  for (const [name, { files, lock, says, runs }] of Object.entries(foreign))
    it(`${name}: is recognised, gets CI, and loses it without a trace`, async () => {
      make({ ...files, ...(lock && { [lock.path]: '' }) });
      const before = tree(folder());
      const { text, code } = await run('github,gitlab');
      assert.equal(code, 0, text);
      assert.match(text, says);
      // What lies inside of a project is a part of it.
      assert.equal(text.match(/^Found /gm)?.length, name.includes('three languages') ? 3 : 1, text);
      const after = tree(folder());
      for (const [path, content] of Object.entries(before)) assert.equal(after[path], content, `${path} is as it was`);
      const makefile = after[files.Makefile ? 'wasm.mk' : 'Makefile'] ?? '';
      for (const line of runs) assert.ok(makefile.split('\n').includes(`\t${line}`), `${line}\n${makefile}`);
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
      assert.match((await run('github,gitlab')).text, /^Nothing to do/);
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
      '.github/dependabot.yml',
      '.github/workflows/ci.yml',
      '.yo-rc.json',
      'Cargo.toml',
      'Makefile',
      'mise.toml',
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
    assert.match(text, /CI of your own stays: GitHub Actions\./);
    const after = tree(folder());
    for (const [path, content] of Object.entries(own)) assert.equal(after[path], content);
    assert.match(after['.github/workflows/wasm.yml'] ?? '', /make build/);
    assert.match(after['.config/mise/conf.d/wasm.toml'] ?? '', /\[tools\.rust\]/);
    assert.ok(!Object.hasOwn(after, '.github/dependabot.yml'));
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
    assert.match((await run('gitlab,azure,circleci,jenkins')).text, /^Nothing to do/);
    await run('--remove', '--force');
    assert.deepEqual(tree(folder()), before);
  });
  it('where a provider reads one file only and that is taken, is a conflict', async () => {
    make({ 'Cargo.toml': cargo('greet'), 'bitbucket-pipelines.yml': 'pipelines: {}\n' });
    const before = tree(folder());
    const { text, code } = await run('bitbucket');
    assert.equal(code, 1);
    assert.match(text, /^Nothing was changed[^\n]*\n {2}bitbucket-pipelines\.yml is there already$/m);
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
  it('does not write through a link', async () => {
    make({ 'Cargo.toml': cargo('greet') });
    symlinkSync('/nowhere', join(folder(), '.github'));
    const { text, code } = await run('github');
    assert.equal(code, 1);
    assert.match(text, /workflows\/ci\.yml is below '\.github', which is no folder of the project/);
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
    assert.match(
      lines[3] ?? '',
      /^repository-3: refused \(Nothing that becomes WebAssembly was found in 'repository-3'/,
    );
    assert.match(lines[4] ?? '', /^repository-4: refused \('repository-4' is in no git repository/);
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
    await assert.rejects(run('github', 'sub'), /'sub' is a folder of a larger repository/);
    await assert.rejects(run('--remove'), /There is no CI of ours to remove/);
    await assert.rejects(run('travis'), /Unknown ci 'travis'\. Choose one of: github/);
    await assert.rejects(run('github,none'), /CI 'none' cannot be combined/);
    await assert.rejects(run(), /There is no terminal to ask in\. Name the PROVIDER/);
    await run('github');
    await assert.rejects(change('host', ['spin', '--force'], folder(), undefined), /only gives CI/);
  });
});
