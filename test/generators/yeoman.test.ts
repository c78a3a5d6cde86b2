/** `yo wasm` through Yeoman's own environment: the same questions and the same project as our own command. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helpers from 'yeoman-test';
import Generator from '../../generators/app/index.ts';
import { axes } from '../../src/catalog/axes.ts';
import { questions } from '../../src/plan/questions.ts';
import { render } from '../../src/print/render.ts';
import { everyChoice, label, plain } from '../support/examples.ts';

const tree = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );

describe('yo wasm', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: string[], options: object) =>
    helpers
      .run(Generator, { namespace: 'wasm:app' }, { cwd: folder })
      .withArguments(args)
      .withOptions({ git: false, ...options } as object);

  for (const choices of everyChoice('hello').filter((_, index) => index % 53 === 0))
    it(`writes what the core renders: ${label(choices)}`, async () => {
      const namespace = choices.namespace ? [`--namespace=${choices.namespace}`] : [];
      await run(['there', ...namespace], { ...choices, ci: choices.ci.join(',') });
      assert.deepEqual(
        tree(join(folder, 'there')),
        Object.fromEntries(render(choices).map(({ path, text }) => [path, text])),
      );
    });

  it('asks what is not given, in order, with help on each choice', async () => {
    const asked: { message: string; choices?: { value: string; description: string; disabled: string | false }[] }[] =
      [];
    const terminal = { stdin: process.stdin.isTTY, stdout: process.stdout.isTTY };
    process.stdin.isTTY = process.stdout.isTTY = true;
    const answers = [
      'own',
      'hello',
      'c',
      'command',
      'wasmtime',
      'oci',
      'registry.example.com/team',
      ['gitlab'],
      'none',
      'ISC',
      'Ada',
    ];
    try {
      await run([], {}).withAnswers(
        { answer: '' },
        {
          callback: (_, { question }) => {
            asked.push(question as never);
            return answers[asked.length - 1];
          },
        },
      );
    } finally {
      process.stdin.isTTY = terminal.stdin;
      process.stdout.isTTY = terminal.stdout;
    }
    assert.deepEqual(
      asked.map(({ message }) => message),
      [
        'What do you want to make?',
        ...questions
          .filter(({ applies }) => applies({ registry: 'oci' }))
          .map(({ key, message }) => (key === 'namespace' ? `${message}, such as registry.example.com/team` : message)),
      ],
    );
    const [, , language, , host] = asked;
    assert.deepEqual(
      language?.choices?.map(({ value }) => value),
      axes.language.map(({ id }) => id),
    );
    for (const { choices } of asked) for (const { description } of choices ?? []) assert.ok(description);
    assert.equal(host?.choices?.find(({ value }) => value === 'wagi')?.disabled, '(needs kind wagi)');
    const memory = JSON.parse(readFileSync(join(folder, 'hello', '.yo-rc.json'), 'utf8'));
    assert.deepEqual(memory['generator-wasm'].choices, {
      ...plain,
      name: 'hello',
      language: 'c',
      kind: 'command',
      host: 'wasmtime',
      registry: 'oci',
      namespace: 'registry.example.com/team',
      ci: ['gitlab'],
      editor: 'none',
      license: 'ISC',
    });
  });

  it('refuses with the same sentence, and writes nothing', async () => {
    await assert.rejects(run(['hello'], { yes: true, language: 'cobol' }), /Unknown language 'cobol'/);
    await assert.rejects(run(['hello'], { language: 'c' }), /Not running in a terminal.*--kind/);
    assert.deepEqual(readdirSync(folder), []);
  });
});
