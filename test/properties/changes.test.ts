/** What holds for every change of a project: the order does not matter, and no edit of the user is lost. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { change } from '../../src/change/change.ts';
import type { ChangeName } from '../../src/change/commands.ts';
import { policies } from '../../src/change/reconcile.ts';
import type { Choices } from '../../src/model/choices.ts';
import { render } from '../../src/print/render.ts';
import { edit, editsOf, keeps } from '../support/edits.ts';
import { plain } from '../support/examples.ts';
import { asTree, put, repository, scratch, tree } from '../support/repositories.ts';

type Call = [command: ChangeName, ...argv: string[]];
const run = (folder: string, [command, ...argv]: Call, ...more: string[]) =>
  change(command, [...argv, folder, '--force', ...more], '/', undefined);

/** Commands, and the choices that they come to on a plain project. */
const calls: [Call, Partial<Choices>][] = [
  [['ci', 'gitlab'], { ci: ['gitlab'] }],
  [['host', 'spin'], { host: 'spin' }],
  [['registry', 'ghcr', '--namespace', 'ghcr.io/octo'], { registry: 'ghcr', namespace: 'ghcr.io/octo' }],
  [['editor', 'codespaces'], { editor: 'devcontainer' }],
  [['upgrade'], {}],
  [['language', 'c', '--name', 'api'], { module: ['hello-wasm:assemblyscript:wagi:wagi', 'api:c:wagi:wagi'] }],
];
const back: [Call, Call][] = [
  [
    ['ci', 'gitlab'],
    ['ci', 'github'],
  ],
  [
    ['ci', '--add', 'gitlab'],
    ['ci', '--remove', 'gitlab'],
  ],
  [
    ['registry', 'ghcr', '--namespace', 'ghcr.io/octo'],
    ['registry', '--remove'],
  ],
  [['vscode', '--remove'], ['vscode']],
  [['editor', 'zed'], ['vscode']],
  [
    ['host', 'spin'],
    ['host', 'wagi'],
  ],
  [
    ['host', 'spin'],
    ['host', '--remove'],
  ],
];

/** A plain project's choices with these, in the order in which they are remembered. */
function chosen(...more: Partial<Choices>[]): Choices {
  const { name, module, ...others }: Choices = Object.assign({}, plain, ...more);
  return { name, ...(module && { module }), ...others };
}

describe('changing a project', function () {
  this.timeout(120_000);
  const folder = scratch();
  let count = 0;
  const project = (choices: Choices = plain) => {
    const place = join(folder(), `project-${++count}`);
    put(place, render(choices));
    return repository(place, [], false);
  };

  for (const [call, choices] of calls)
    it(`${call.join(' ')} is the project that has it from the start`, async () => {
      const place = project();
      assert.match((await run(place, call)).text, call[0] === 'upgrade' ? /^Already up to date/ : /^Changed/);
      assert.deepEqual(tree(place), asTree(render(chosen(choices))));
      const again = call[0] === 'language' ? (['upgrade'] as Call) : call;
      assert.match((await run(place, again)).text, /^Already up to date/);
    });

  for (const [index, [one, a]] of calls.entries())
    for (const [other, b] of calls.slice(index + 1))
      it(`${one.join(' ')} and ${other.join(' ')} are the same in either order`, async () => {
        const places = [project(), project()] as const;
        await run(places[0], one);
        await run(places[0], other);
        await run(places[1], other);
        await run(places[1], one);
        assert.deepEqual(tree(places[0]), tree(places[1]));
        if (a.host && b.module) return;
        assert.deepEqual(tree(places[0]), asTree(render(chosen(a, b))));
      });

  for (const [there, andBack] of back)
    it(`${there.join(' ')} and ${andBack.join(' ')} is nothing`, async () => {
      const place = project();
      await run(place, there);
      await run(place, andBack);
      assert.deepEqual(tree(place), asTree(render(plain)));
    });

  it('removes a module that was added, and leaves the files that are the user’s', async () => {
    const place = project(chosen({ module: ['web:assemblyscript:wagi:wagi'] }));
    const before = tree(place);
    await run(place, ['language', 'rust', '--like', 'web', '--name', 'api']);
    assert.equal(
      readFileSync(join(place, 'api/contract/wagi.json'), 'utf8'),
      readFileSync(join(place, 'web/contract/wagi.json'), 'utf8').replaceAll('"web"', '"api"'),
    );
    writeFileSync(join(place, 'api/mine.txt'), 'mine');
    await run(place, ['language', '--remove', 'api']);
    assert.deepEqual(tree(place), { ...before, 'api/mine.txt': 'mine' });
  });

  it('takes the user’s files along when the module gets a folder', async () => {
    const place = project();
    const index = join(place, 'assembly/index.ts');
    writeFileSync(index, `${readFileSync(index, 'utf8')}// mine\n`);
    writeFileSync(join(place, 'assembly/own.ts'), '// own\n');
    writeFileSync(join(place, 'notes.txt'), 'notes\n');
    rmSync(join(place, 'biome.json'));
    const before = tree(place);
    const { text } = await run(place, ['language', 'c', '--name', 'api']);
    assert.match(text, /Your own files were not moved\. .*: notes\.txt\./);
    const after = tree(place);
    assert.equal(after['hello-wasm/assembly/index.ts'], before['assembly/index.ts']);
    assert.equal(after['hello-wasm/assembly/own.ts'], '// own\n');
    assert.equal(after['notes.txt'], 'notes\n');
    assert.ok(!Object.keys(after).some((path) => path.startsWith('assembly/') || path.endsWith('biome.json')));
    await run(place, ['language', '--abort']);
    assert.deepEqual(tree(place), before);
  });

  describe('by a user who has edited it', () => {
    const paths = render(plain).map(({ path }) => path);
    const edits = editsOf(paths, ['README.md', 'Makefile', '.gitignore', '.github/workflows/ci.yml']);

    it('no edit is lost, what is deleted stays so, a second run changes nothing, and all of it can be undone', async () => {
      await fc.assert(
        fc.asyncProperty(
          edits,
          fc.constantFrom(...calls.filter(([[command]]) => command !== 'upgrade')),
          fc.constantFrom(...policies.filter((policy) => policy !== 'overwrite')),
          async (edits, [call, choices], policy) => {
            const place = project();
            const edited = edit(place, edits, paths);
            const { before, deleted } = edited;
            const { text, code } = await run(place, call, '--on-conflict', policy);
            const after = tree(place);
            if (policy === 'abort' && code === 1) {
              assert.deepEqual(after, before);
              return;
            }
            keeps(place, edited, text);
            const next = new Set(render(chosen(choices)).map(({ path }) => path));
            for (const path of deleted)
              if (!choices.module || !next.has(path)) assert.ok(!Object.hasOwn(after, path), `${path} is back`);

            if (call[0] !== 'language') {
              const second = await run(place, call, '--on-conflict', 'abort');
              assert.match(second.text, /^Already up to date/);
              assert.deepEqual(tree(place), after);
            }
            rmSync(join(place, 'own.txt'));
            await run(place, [call[0], '--abort']);
            const { 'own.txt': _, ...rest } = before;
            assert.deepEqual(tree(place), rest);
            rmSync(place, { recursive: true });
          },
        ),
        { numRuns: 40 },
      );
    });
  });
});
