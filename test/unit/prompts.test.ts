/** What the prompts show: presets that work, short reasons, one line for each choice. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import { presets } from '../../src/catalog/presets.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { prepare, writeProject } from '../../src/cli/create.ts';
import { asker, type PromptQuestion } from '../../src/cli/prompt.ts';
import type { Choices } from '../../src/model/choices.ts';
import { conflict } from '../../src/plan/compose.ts';
import { commandLine } from '../../src/plan/flags.ts';
import { questions } from '../../src/plan/questions.ts';
import { runFolder } from '../support/shared.ts';

/** Creates a project with these answers, by the message of their prompt; an unexpected prompt fails. */
async function created(argv: string[], answers: [RegExp, string][]) {
  const cwd = mkdtempSync(join(runFolder, 'prompts-'));
  const left = [...answers];
  const asked: PromptQuestion[] = [];
  const ask = asker(async (question) => {
    asked.push(question);
    const [message, answer] = left.shift() ?? [/^$/, ''];
    assert.match(question.message, message);
    const given = question.type === 'checkbox' ? [answer] : answer;
    const valid = question.validate?.(given) ?? true;
    if (valid !== true) throw new Error(valid);
    return { answer: given };
  });
  const ready = await prepare(readCreateRequest([...argv, '--no-git']), cwd, ask);
  assert.deepEqual(left, []);
  return { choices: ready.choices, said: writeProject(ready), asked };
}

describe('the first prompt', () => {
  const first = /^What do you want to make\?$/;
  const name: [RegExp, string] = [/^Project name$/, 'hello'];

  it('offers four presets, and the first is the default', async () => {
    const { asked } = await created([], [[first, 'web'], name]);
    const labels = asked[0]?.choices?.map(({ name }) => name);
    assert.deepEqual(labels, [
      'A web handler that runs here now',
      'A batch job in Kubernetes',
      'A component for Spin or wasmCloud',
      'My own choice',
    ]);
    assert.equal(asked[0]?.default, 'web');
  });
  for (const { id, choices, untilThen } of presets.filter(({ choices }) => choices)) {
    it(`creates what ${id} says`, async () => {
      const path: [RegExp, string][] = untilThen
        ? [[/^Path in the registry, such as ghcr\.io\/octo-org /, 'ghcr.io/ada']]
        : [];
      const made = await created([], [[first, id], ...path, name]);
      const { language, kind, host, registry } = made.choices;
      assert.deepEqual({ language, kind, host, registry }, choices);
      assert.doesNotMatch(made.said, /When you have decided/);
    });
    if (untilThen)
      it(`lets the registry of ${id} be decided later`, async () => {
        const made = await created([], [[first, id], [/decide later/, ''], name]);
        assert.deepEqual([made.choices.host, made.choices.registry], [untilThen, 'none']);
        assert.ok(!axes.host.find((host) => host.id === untilThen)?.needsRegistry);
        assert.match(
          made.said,
          new RegExp(
            `\\n {2}npx generator-wasm registry ghcr --namespace \\S+\\n {2}npx generator-wasm host ${choices?.host}\\n`,
          ),
        );
        const later = { ...made.choices, registry: 'ghcr', namespace: 'ghcr.io/octo-org' };
        assert.equal(conflict(later), undefined);
        assert.equal(conflict({ ...later, host: String(choices?.host) }), undefined);
      });
    it(`names for ${id} hosts that the tests run`, () => {
      for (const host of [choices?.host, untilThen]) {
        const ran = axes.host.find(({ id }) => id === host);
        assert.ok(!host || (ran && !ran.notRun), host);
      }
      assert.equal(axes.language.find((language) => language.id === choices?.language)?.notRun, undefined);
    });
  }
  it('refuses a wrong path at once', async () => {
    await assert.rejects(
      created(
        [],
        [
          [first, 'job'],
          [/Path/, 'octo-org'],
        ],
      ),
      /^Error: Namespace 'octo-org' has no path/,
    );
  });
  it('takes the name of the folder, and asks only for a valid one', async () => {
    assert.equal((await created(['there'], [[first, 'web']])).choices.name, 'there');
    const { asked } = await created(['MyApp'], [[first, 'web'], name]);
    assert.equal(asked[1]?.default, 'my-app');
  });
  it('is left out where a flag answers it', async () => {
    const rest = questions
      .filter(({ key, applies }) => !['language', 'name'].includes(key) && applies({ registry: 'none' }))
      .map(({ message, key }): [RegExp, string] => [
        new RegExp(`^${message}$`),
        { kind: 'wagi', host: 'wagi', registry: 'none', editor: 'vscode', license: 'MIT', ci: 'none' }[key as string] ??
          'Ada',
      ]);
    assert.equal((await created(['--language', 'c'], [name, ...rest])).choices.language, 'c');
  });
  it('leads to a command line that makes the same project', async () => {
    const { choices, said } = await created([], [[first, 'web'], name]);
    assert.ok(said.includes(commandLine(choices)));
  });
});

describe('each choice', () => {
  const { columns } = process.stdout;
  afterEach(() => {
    process.stdout.columns = columns;
  });
  /** What a terminal of this width shows for a question. */
  async function shown(key: string, known: Partial<Choices>, width: number): Promise<string[]> {
    process.stdout.columns = width;
    let lines: string[] = [];
    const ask = asker(async ({ choices = [] }) => {
      // Two cells for the mark of the cursor, one more for the box of a list.
      lines = choices.map(({ name, disabled }) => `   ${name}${disabled ? ` ${disabled}` : ''}`);
      return { answer: 'x' };
    });
    const question = questions.find((one) => one.key === key);
    assert.ok(question);
    await ask(question, known, undefined);
    return lines;
  }
  for (const width of [80, 40])
    it(`is one line of ${width} columns, whatever was chosen before`, async () => {
      let closed = 0;
      for (const { id: language } of axes.language)
        for (const { id: kind } of axes.kind)
          for (const { id: host } of axes.host)
            for (const key of ['kind', 'host', 'registry', 'ci', 'editor', 'license'])
              for (const line of await shown(key, { language, kind, host }, width)) {
                assert.ok(line.length <= width, line);
                if (line.endsWith(')')) closed++;
              }
      assert.ok(closed > 100);
    });
  it('is closed with what it needs', async () => {
    const hosts = await shown('host', { kind: 'command' }, 80);
    assert.ok(hosts.includes('   wasmCloud (needs kind http)'), hosts.join('\n'));
    assert.ok((await shown('kind', { language: 'c' }, 80)).includes('   HTTP component (not in this language)'));
    assert.ok((await shown('registry', { host: 'runwasi' }, 80)).includes('   None (the host needs one)'));
  });
});
