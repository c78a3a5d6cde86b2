/** Whether the cases notice: a good program passes them all, and no rule can be broken without a case that fails. */
import assert from 'node:assert/strict';
import { casesOfProject, projectCases } from '../../src/catalog/contract.ts';
import { called, hosted, type Mutant, served } from './mutants.ts';
import {
  casesOf,
  changed,
  contract,
  file,
  hosting,
  judge,
  type Kind,
  listening,
  moduleOf,
  run,
  source,
} from './world.ts';

/** The cases of a project, and all of them. */
const [few, all] = [
  (kind: Kind) => file(`${kind}.json`, casesOfProject(kind, 'wasm-example')),
  (kind: Kind) => contract(`${kind}.json`),
];

/** Lets `hold` check each mutant against its case, and expects that the case fails. */
function notice(kind: Kind, mutants: Mutant[], hold: (program: string, args: string[]) => ReturnType<typeof judge>) {
  const isInProject = (id: string) => projectCases[kind].includes(id);
  for (const [rule, from, to, id] of mutants)
    it(`notice that ${rule}${isInProject(id) ? ', in every project' : ''}`, async () => {
      const cases = isInProject(id) ? few : all;
      const { code, said } = await hold(changed(source(kind), from, to), [cases(kind), '--filter', id]);
      assert.match(said, new RegExp(`^FAIL ${id}: `, 'm'));
      assert.equal(code, 1);
    });
}

for (const [kind, mutants] of [
  ['wagi', hosted],
  ['command', called],
] as const)
  describe(`the cases of ${kind}.json`, () => {
    it('pass for a program that keeps the contract', async () => {
      const { code, said } = await judge([contract(`${kind}.json`), moduleOf(source(kind))]);
      const { length } = casesOf(kind);
      assert.match(said, new RegExp(`^${length} of ${length} cases pass: \\S+ under wasmtime 1\\.2\\.3\n$`));
      assert.equal(code, 0);
    });

    it('pass for it in processes of their own, as in a project', async () => {
      const { code, said } = await run([few(kind), moduleOf(source(kind))]);
      const { length } = projectCases[kind];
      assert.match(said, new RegExp(`^${length} of ${length} cases pass: \\S+ under wasmtime 1\\.2\\.3\n$`));
      assert.equal(code, 0);
    });

    notice(kind, mutants, (program, [cases = '', ...rest]) => judge([cases, moduleOf(program), ...rest]));
  });

describe('the cases of wagi.json, over HTTP', () => {
  it('pass for a server that keeps the contract', async () => {
    const { length } = casesOf('wagi');
    await listening(await hosting(source('wagi')), async (base) => {
      const { code, said } = await run([contract('wagi.json'), '--url', `${base}/`]);
      assert.equal(said, `${length} of ${length} cases pass: ${base}\n`);
      assert.equal(code, 0);
    });
  });

  notice('wagi', served, async (program, args) =>
    listening(await hosting(program), (base) => judge([...args, '--url', base])),
  );
});
