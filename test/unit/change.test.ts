/** Changing a project: what is refused, how conflicts are settled, and what is said. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { version } from '../../src/catalog/templates.ts';
import { change } from '../../src/change/change.ts';
import { type ChangeName, changeCommands } from '../../src/change/commands.ts';
import { replace } from '../../src/change/journal.ts';
import type { RenderOld } from '../../src/change/previous-version.ts';
import { binCommands, commands, createCommand, reserved } from '../../src/commands/commands.ts';
import type { Ask } from '../../src/plan/choices.ts';
import { render, stateFile } from '../../src/print/render.ts';
import { isNewer, renderState } from '../../src/project/state.ts';
import { plain } from '../support/examples.ts';
import { asTree, commit, git, put, repository, scratch, tree } from '../support/repositories.ts';

describe('changing a project that exists', function () {
  this.timeout(60_000);
  const folder = scratch();
  const run = (command: ChangeName, ...argv: string[]) => change(command, argv, folder(), undefined);
  const make = () => repository(folder(), render(plain));
  const write = (path: string, text: string) => writeFileSync(join(folder(), path), text);
  const read = (path: string) => readFileSync(join(folder(), path), 'utf8');
  /** Says so in one sentence, or two, and leaves everything as it was. */
  const refused = async (action: () => Promise<unknown>, sentence: RegExp) => {
    const before = tree(folder());
    await assert.rejects(action, (error: Error & { code?: number }) => {
      assert.match(error.message, sentence);
      assert.ok(!error.message.includes('\n'), error.message);
      assert.equal(error.code, 1);
      return true;
    });
    assert.deepEqual(tree(folder()), before, 'nothing has changed');
  };

  it('has a command for each word that is kept for one', () => {
    for (const name of Object.keys(changeCommands))
      assert.ok(
        commands.some((command) => command.name === name),
        name,
      );
    assert.deepEqual(
      reserved.filter((word) => !binCommands.some(({ name }) => name === word)),
      ['init', 'new', 'create', 'update', 'add'],
    );
  });
  it('explains each command', async () => {
    for (const others of [binCommands, commands]) {
      const all = (await createCommand(others).load()).usage('generator-wasm');
      for (const name of [...Object.keys(changeCommands), 'doctor', 'workshop'])
        assert.match(all, new RegExp(`\\n {2}${name} `));
      assert.equal(/\n {2}serve /.test(all), others === binCommands);
      assert.doesNotMatch(all, /\n {2}render /);
    }
    for (const { name, load } of commands) {
      const { run, usage, flags } = await load();
      const program = `generator-wasm ${name}`;
      const { text, code } = await run(['--help'], { cwd: '/', ask: undefined, program });
      assert.equal(code, 0);
      assert.equal(text, usage(program));
      assert.match(text, new RegExp(`^Usage: ${program}`));
      for (const flag of Object.keys(flags)) assert.match(text, new RegExp(` --${flag}\\b`));
      if (name in changeCommands) assert.match(text, /--on-conflict ask\|keep\|overwrite\|backup\|merge\|abort/);
    }
  });

  describe('refuses', () => {
    it('a folder without a repository, and none at all', async () => {
      put(folder(), render(plain));
      await refused(() => run('ci', 'gitlab'), /^'\.' is not in a git repository/);
      await refused(() => run('ci', 'gitlab', 'nowhere'), /^'nowhere' is not a folder/);
      await refused(() => run('ci', 'gitlab', 'Makefile'), /^'Makefile' is not a folder/);
    });
    it('git’s own folder', async () => {
      make();
      await refused(() => run('ci', 'gitlab', '.git'), /git's own folder/);
    });
    it('what is not ours', async () => {
      repository(folder(), [{ path: 'README.md', text: 'mine\n' }]);
      for (const command of ['host', 'registry', 'vscode', 'language', 'upgrade'] as const)
        await refused(
          () => run(command, ...('value' in changeCommands[command] ? ['x'] : [])),
          /is not a project of generator-wasm/,
        );
    });
    it('a dirty tree, and names the files; not where others are dirty', async () => {
      make();
      write('README.md', 'edited\n');
      write('own.txt', 'untracked\n');
      await refused(() => run('ci', 'gitlab'), /^A file that would change has uncommitted changes: README\.md\./);
      git(folder(), 'checkout', '--quiet', 'README.md');
      assert.match((await run('ci', 'gitlab')).text, /^Changed/);
    });
    const nonsense: [what: string, text: string, sentence: RegExp][] = [
      ['no JSON', '{ "generator-wasm": ', /is not valid JSON: .* git checkout HEAD -- \.yo-rc\.json$/],
      ['a list', '[]', /does not contain an object/],
      ['text in place of an object', '{"generator-wasm": "yes"}', /has an invalid 'generator-wasm': "yes"/],
      ['no version', '{"generator-wasm": {"choices": {}}}', /has the version undefined/],
      [
        'a version that is none',
        '{"generator-wasm": {"version": "new", "choices": {}}}',
        /has the version "new", which is not a version/,
      ],
      [
        'a version from the future',
        '{"generator-wasm": {"version": "99.0.0", "choices": {}}}',
        /was written by generator-wasm 99\.0\.0, and this is .*npx generator-wasm@99\.0\.0/,
      ],
    ];
    for (const [what, text, sentence] of nonsense)
      it(`a memory that is ${what}`, async () => {
        make();
        write(stateFile, text);
        await refused(() => run('ci', 'gitlab', '--force'), sentence);
      });
    const choices: [what: string, change: object, sentence: RegExp][] = [
      ['an unknown value', { language: 'cobol' }, /Unknown language 'cobol'/],
      ['a number', { language: 3 }, /has an invalid language: 3/],
      ['a text for a list', { ci: 'github' }, /has an invalid ci: "github"/],
      ['a path outside', { name: '../elsewhere' }, /Name "\.\.\/elsewhere" is not a valid package name/],
      ['a module outside', { module: ['../up:c:wagi'] }, /Name "\.\.\/up" is not a valid package name/],
      ['an unknown choice', { colour: 'red' }, /has an unknown choice 'colour'/],
      ['a pair that cannot be', { kind: 'command' }, /WAGI does not run kind 'command'/],
      ['a missing choice', { license: undefined }, /has no license/],
    ];
    for (const [what, changed, sentence] of choices)
      it(`a memory with ${what}`, async () => {
        make();
        write(stateFile, JSON.stringify({ 'generator-wasm': { version, choices: { ...plain, ...changed } } }));
        await refused(() => run('ci', 'gitlab', '--force'), sentence);
      });
    it('a memory of a foreign repository that points outside', async () => {
      make();
      const adopted = {
        ci: ['github'],
        branch: 'main',
        projects: [{ language: 'rust', dir: '.', facts: {} }],
        instead: { Makefile: '../../Makefile' },
      };
      write(stateFile, JSON.stringify({ 'generator-wasm': { version, adopted } }));
      await refused(() => run('ci', 'gitlab', '--force'), /has an invalid 'adopted'/);
    });
    it('a memory that is a link', async () => {
      make();
      rmSync(join(folder(), stateFile));
      symlinkSync('/etc/hostname', join(folder(), stateFile));
      await refused(() => run('ci', 'gitlab', '--force'), /'\.yo-rc\.json' is a link/);
    });
    it('a file without permission', () => {
      make();
      const before = tree(folder());
      chmodSync(join(folder(), 'README.md'), 0);
      // root may read everything, so it becomes another user.
      const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
      if (nobody.uid) execFileSync('chown', ['-R', `${nobody.uid}:${nobody.gid}`, folder()]);
      const { status, stderr } = spawnSync(
        process.execPath,
        [
          '--import',
          'tsx',
          resolve(import.meta.dirname, '../../bin/generator-wasm.ts'),
          'ci',
          'gitlab',
          folder(),
          '--force',
        ],
        { ...nobody, cwd: import.meta.dirname, env: { ...process.env, HOME: folder() }, encoding: 'utf8' },
      );
      assert.equal(status, 1, stderr);
      assert.match(stderr, /^'README\.md' cannot be read \(EACCES\)[^\n]*\n$/);
      chmodSync(join(folder(), 'README.md'), 0o644);
      assert.deepEqual(tree(folder()), before);
    });
    const lines: [Parameters<typeof run>, RegExp][] = [
      [['ci'], /Not running in a terminal\. Pass the PROVIDER/],
      [['ci', 'travis'], /Unknown ci 'travis'/],
      [['ci', '--remove', 'gitlab'], /The project has no CI 'gitlab' to remove\. It has: github/],
      [['ci', 'gitlab', '--frce'], /Unknown flag '--frce'\. Did you mean --force\?/],
      [['ci', 'gitlab', '--on-conflict', 'mine'], /Unknown --on-conflict 'mine'\. Choose one of: ask, keep/],
      [['host', 'wasmcloud'], /wasmCloud does not run kind 'wagi'/],
      [['host', 'nomad'], /Unknown host 'nomad'/],
      [['registry', 'ghcr'], /needs a namespace/],
      [['registry', 'ghcr', '--namespace', 'docker.io/x'], /ghcr/],
      [['language', 'cobol', '--name', 'x'], /unknown language 'cobol'/],
      [['language', 'c', '--name', 'Bad'], /Name "Bad" is not a valid package name/],
      [['language', 'c', '--like', 'nothing'], /There is no module 'nothing'\. Choose one of: hello-wasm/],
      [['host', 'spin', '--module', 'nothing'], /There is no module 'nothing'\. Choose one of: hello-wasm/],
      [['language', '--remove', 'hello-wasm'], /has a single module, which cannot be removed/],
      [['ci', '--abort'], /There is no change to undo/],
      [['upgrade', '--restore', 'nothing.txt'], /'nothing\.txt' is not one of the generated files/],
    ];
    for (const [[command, ...argv], sentence] of lines)
      it([command, ...argv].join(' '), async () => {
        make();
        await refused(() => run(command, ...argv), sentence);
      });
    it('to put a module where a folder is', async () => {
      make();
      mkdirSync(join(folder(), 'hello-wasm'));
      write('hello-wasm/own.txt', 'mine');
      await refused(() => run('language', 'c', '--name', 'api'), /'hello-wasm' already exists/);
    });
  });

  describe('settles a conflict', () => {
    const edited = () => {
      make();
      const text = read('README.md').replace(/^npx generator-wasm@.*$/m, 'mine');
      write('README.md', text);
      commit(folder());
      return text;
    };
    it('not by itself: it says which there are, and changes nothing', async () => {
      edited();
      const before = tree(folder());
      const { text, code } = await run('ci', 'gitlab');
      assert.equal(code, 1);
      assert.match(text, /^Nothing was changed in '\.'\. [\s\S]*\n {2}README\.md: your edits overlap with ours$/);
      assert.deepEqual(tree(folder()), before);
    });
    it('keep', async () => {
      const user = edited();
      assert.match((await run('ci', 'gitlab', '--on-conflict', 'keep')).text, /your file was kept/);
      assert.equal(read('README.md'), user);
      assert.ok(existsSync(join(folder(), '.gitlab-ci.yml')));
    });
    it('overwrite', async () => {
      edited();
      await run('ci', 'gitlab', '--on-conflict', 'overwrite');
      assert.deepEqual(tree(folder()), asTree(render({ ...plain, ci: ['gitlab'] })));
    });
    it('backup', async () => {
      const user = edited();
      await run('ci', 'gitlab', '--on-conflict', 'backup');
      assert.equal(read('README.md.orig'), user);
    });
    it('merge: as git shows it, with exit 1, and --abort brings everything back', async () => {
      edited();
      const before = tree(folder());
      const { text, code } = await run('ci', 'gitlab', '--on-conflict', 'merge');
      assert.equal(code, 1);
      assert.match(text, /\nResolve the conflict markers in README\.md, then commit\.\nUndo/);
      assert.match(read('README.md'), /<<<<<<< yours\nmine\n=======\nnpx .*\n>>>>>>> generator-wasm, now\n/);
      await run('ci', '--abort');
      assert.deepEqual(tree(folder()), before);
    });
    it('for one file apart from the others', async () => {
      const user = edited();
      await run('ci', 'gitlab', '--on-conflict', 'overwrite', '--on-conflict', 'README.md=keep');
      assert.equal(read('README.md'), user);
    });
    it('of a file that is no longer generated, and says what happens to it', async () => {
      make();
      write('.github/workflows/ci.yml', `# mine\n${read('.github/workflows/ci.yml')}`);
      commit(folder());
      const before = tree(folder());
      const merge = await run('ci', '--remove', '--on-conflict', 'merge');
      assert.match(merge.text, /ci\.yml: you changed it, and it is no longer needed; your file was kept\n/);
      assert.equal(merge.code, 0);
      await run('ci', '--abort');
      assert.deepEqual(tree(folder()), before);
      const helps: (string | undefined)[] = [];
      const ask =
        (answer: string): Ask =>
        async ({ options }) => {
          helps.push(options.find(({ id }) => id === 'overwrite')?.help);
          return answer;
        };
      const abort = () => change('ci', ['--remove'], folder(), ask('abort'));
      await refused(abort, /^Nothing was changed\.$/);
      assert.deepEqual(tree(folder()), before);
      const { text } = await change('ci', ['--remove'], folder(), ask('overwrite'));
      assert.match(text, /ci\.yml: you changed it, and it is no longer needed; it was removed\n/);
      assert.deepEqual(new Set(helps), new Set(['your file is removed']));
    });
    it('by asking, once for each, and a second time for nothing', async () => {
      const user = edited();
      const asked: string[] = [];
      const ask: Ask = async (question) => {
        asked.push(question.message);
        assert.deepEqual(
          question.options.map(({ id }) => id),
          ['keep', 'overwrite', 'backup', 'merge', 'abort'],
        );
        return 'keep';
      };
      await change('ci', ['gitlab'], folder(), ask);
      assert.deepEqual(asked, ['README.md: your edits overlap with ours']);
      assert.equal(read('README.md'), user);
      commit(folder());
      assert.match((await change('ci', ['gitlab'], folder(), ask)).text, /^Already up to date/);
    });
  });

  it('asks for what is not said, with what the project has', async () => {
    make();
    const ask: Ask = async (question, _, fallback) => {
      assert.equal(question.key, 'ci');
      assert.deepEqual(fallback, ['github']);
      return ['gitlab'];
    };
    assert.match((await change('ci', [], folder(), ask)).text, /\.gitlab-ci\.yml/);
  });
  it('merges what was edited elsewhere in a file', async () => {
    make();
    write('README.md', `My own first line.\n\n${read('README.md')}\nMy own last line.\n`);
    commit(folder());
    const { text } = await run('ci', 'gitlab');
    assert.match(text, /\n {2}merge {3}README\.md\n/);
    assert.match(read('README.md'), /^My own first line\.\n[\s\S]*--ci gitlab[\s\S]*\nMy own last line\.\n$/);
  });
  it('shows what would happen, and touches nothing', async () => {
    make();
    const before = tree(folder());
    const { text, code } = await run('ci', 'gitlab', '--dry-run');
    assert.equal(code, 0);
    assert.match(text, /^Would change 7 files in \.:\n {2}write {3}\.gitignore\n/);
    const diff = (await run('ci', 'gitlab', '--diff')).text;
    assert.match(diff, /\n--- a\/README\.md\n\+\+\+ b\/README\.md\n/);
    assert.match(diff, /\ndeleted file mode 100644\n[^\n]*\n--- a\/\.github\/workflows\/ci\.yml\n/);
    assert.deepEqual(tree(folder()), before);
    assert.equal(git(folder(), 'status', '--porcelain'), '');
  });
  it('tells machines in a line', async () => {
    make();
    const { text } = await run('ci', 'gitlab', '--json');
    const said = JSON.parse(text);
    assert.equal(said.outcome, 'changed');
    assert.deepEqual(said.removed, ['.github/dependabot.yml', '.github/workflows/ci.yml']);
    const refused = await run('host', 'nomad', '--json', '--force');
    assert.equal(refused.code, 1);
    assert.match(JSON.parse(refused.text).notes[0], /Unknown host 'nomad'/);
  });
  it('leaves to other generators what they remember', async () => {
    make();
    write(stateFile, JSON.stringify({ 'generator-other': { x: 1 }, ...JSON.parse(read(stateFile)) }));
    commit(folder());
    await run('vscode', '--remove');
    const { 'generator-other': other, 'generator-wasm': ours } = JSON.parse(read(stateFile));
    assert.deepEqual([other, ours.choices.editor], [{ x: 1 }, 'none']);
  });
  it('works in a linked worktree, and in a shallow clone', async () => {
    make();
    const tree = join(folder(), 'linked');
    git(folder(), 'worktree', 'add', '--quiet', tree);
    assert.match((await run('ci', 'gitlab', 'linked')).text, /^Changed/);
    git(folder(), 'clone', '--quiet', '--depth', '1', `file://${folder()}`, join(folder(), 'shallow'));
    assert.match((await run('ci', 'gitlab', 'shallow')).text, /^Changed/);
  });
  it('first takes back what a killed run has left', async () => {
    make();
    const before = tree(folder());
    let step = 0;
    const die = () => {
      if (step++ >= 7) throw new Error('killed');
    };
    const journal = join(folder(), '.git/generator-wasm/root.json');
    const edits = ['README.md', 'Makefile'].map((path) => ({ path, data: Buffer.from('half\n') }));
    assert.throws(() => replace(folder(), journal, edits, die));
    assert.notDeepEqual(tree(folder()), before);
    await assert.rejects(run('ci', 'gitlab', '--dry-run'), /A run was interrupted/);
    const { text } = await run('ci', 'gitlab');
    assert.match(text, /An interrupted run was undone first\./);
    assert.deepEqual(tree(folder()), asTree(render({ ...plain, ci: ['gitlab'] })));
  });
  it('takes a run that was killed back when told to', async () => {
    make();
    const before = tree(folder());
    let step = 0;
    const die = () => {
      if (step++ >= 6) throw new Error('killed');
    };
    const edits = [
      { path: 'README.md', data: Buffer.from('half\n') },
      { path: 'new.txt', data: Buffer.from('x') },
    ];
    assert.throws(() => replace(folder(), join(folder(), '.git/generator-wasm/root.json'), edits, die));
    await run('ci', '--abort');
    assert.deepEqual(tree(folder()), before);
  });

  it('restores a file that was edited, and one that was deleted, when told to', async () => {
    make();
    write('README.md', 'mine\n');
    rmSync(join(folder(), 'biome.json'));
    commit(folder());
    assert.match((await run('upgrade')).text, /^Already up to date/);
    const { text } = await run('upgrade', '--restore', 'README.md,biome.json');
    assert.match(text, /^Changed 2 files in \.:\n {2}write {3}README\.md\n {2}write {3}biome\.json\n/);
    assert.deepEqual(tree(folder()), asTree(render(plain)));
    await run('upgrade', '--abort');
    assert.equal(read('README.md'), 'mine\n');
  });
  it('takes a host away: the module runs where those of its kind do unless told', async () => {
    repository(folder(), render({ ...plain, host: 'spin' }));
    await run('host', '--remove');
    assert.deepEqual(tree(folder()), asTree(render(plain)));
    assert.match((await run('host', '--remove', '--force')).text, /^Already up to date/);
  });
  it('gives the files of a state to a later version', async () => {
    const files = renderState(JSON.stringify({ choices: plain }));
    assert.deepEqual(asTree(files), asTree(render(plain).filter(({ path }) => path !== stateFile)));
    assert.throws(() => renderState('{"choices": {"language": "cobol"}}'), /has no name/);
  });

  describe('to this version', () => {
    /** A project as an older version wrote it: another README, a file that is not written any more, one that was not yet. */
    const older = '0.0.9';
    const old: RenderOld = ({ choices = plain }) =>
      render(choices)
        .filter(({ path }) => path !== 'AGENTS.md')
        .map((file) => (file.path === 'README.md' ? { ...file, text: `# Old\n\n${file.text}` } : file))
        .concat({ path: 'obsolete.txt', text: 'old\n' });
    const written = () =>
      old({ version: older, choices: plain }, '', '').map((file) =>
        file.path === stateFile ? { ...file, text: file.text.replace(`"${version}"`, `"${older}"`) } : file,
      );
    const upgrade = (...argv: string[]) => change('upgrade', argv, folder(), undefined, undefined, old);

    it('keeps what the user has made of it', async () => {
      repository(folder(), written());
      write('Makefile', `${read('Makefile')}\nmine:\n\techo mine\n`);
      rmSync(join(folder(), 'biome.json'));
      commit(folder());
      const check = await upgrade('--check');
      assert.equal(check.code, 1);
      assert.match(
        check.text,
        /\n {2}write {3}AGENTS\.md\n[\s\S]*\n {2}remove {2}obsolete\.txt\nWhat changed, and why:\n[\s\S]*\n {2}0\.3\.0 {2}WAGI: One command changes the host to Spin[^\n]*\nApply: generator-wasm upgrade$/,
      );
      const user = read('Makefile');
      assert.equal((await upgrade()).code, 0);
      assert.equal(read('Makefile'), user);
      const { Makefile: _, ...rest } = tree(folder());
      const { Makefile: __, 'biome.json': ___, ...now } = asTree(render(plain));
      assert.deepEqual(rest, now);
      commit(folder());
      assert.equal((await upgrade('--check')).code, 0);
    });
    it('before anything else is changed', async () => {
      repository(folder(), written());
      await refused(
        () => run('ci', 'gitlab'),
        /written by generator-wasm 0\.0\.9, and this is .*: generator-wasm upgrade\./,
      );
    });
    it('only with the version that wrote it', async () => {
      repository(folder(), written());
      await refused(
        () => run('upgrade', '--from', join(folder(), 'nowhere.tgz')),
        /^npm cannot install .*nowhere\.tgz, which is needed/,
      );
    });
    it('knows which version is newer', () => {
      for (const [one, other, newer] of [
        ['1.0.0', '0.9.9', true],
        ['1.0.0', '1.0.0', false],
        ['1.10.0', '1.9.0', true],
        ['1.0.0', '1.0.0-beta', true],
        ['1.0.0-beta', '1.0.0', false],
        ['1.0.0-beta', '1.0.0-alpha', true],
      ] as const)
        assert.equal(isNewer(one, other), newer, `${one} ${other}`);
    });
  });
});
