/** Which host runs what, as the flags and the prompt say it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { axes } from '../../src/catalog/axes.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { asker, type PromptQuestion } from '../../src/cli/prompt.ts';
import { or } from '../../src/lib/words.ts';
import { choose } from '../../src/plan/choices.ts';
import { compose, conflict } from '../../src/plan/compose.ts';
import { questions } from '../../src/plan/questions.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';

const around = { folder: 'hello', author: () => 'Ada' };

describe('the hosts', () => {
  it('are these', () => {
    const ids = 'wagi wasmtime spin runwasi spinkube wasmcloud wazero krustlet';
    assert.equal(axes.host.map(({ id }) => id).join(' '), ids);
  });

  for (const host of axes.host)
    for (const { id: kind } of axes.kind) {
      const able = axes.host.filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id);
      if (host.kinds.includes(kind))
        it(`${host.id} runs ${kind}`, async () => {
          assert.equal(conflict({ kind, host: host.id }), undefined);
          const registry = host.needsRegistry ? ['--registry', 'oci', '--namespace', 'registry.example.com/team'] : [];
          const language = axes.language.find(({ kinds }) => kinds.includes(kind))?.id ?? '';
          const flags = ['--yes', '--host', host.id, '--kind', kind, '--language', language, ...registry];
          const { tasks } = compose(await choose(readCreateRequest(flags), around, undefined));
          // A local run, and a way to hold what runs to its contract.
          assert.ok((tasks.run || tasks.serve) && tasks.smoke);
          assert.equal(Boolean(tasks.push), Boolean(host.needsRegistry));
        });
      else
        it(`${host.id} refuses ${kind}, and says which host runs it`, async () => {
          const refused = choose(readCreateRequest(['--yes', '--host', host.id, '--kind', kind]), around, undefined);
          await assert.rejects(refused, {
            code: 1,
            message: `${host.label} does not run kind '${kind}'. Choose host ${or(able)}, or kind ${or(host.kinds)}.`,
          });
        });
    }

  it('that need a registry say so', () => {
    for (const { id, label, needsRegistry } of axes.host)
      assert.equal(conflict({ host: id, registry: 'none' })?.startsWith(`${label} pulls modules`), needsRegistry);
  });

  it('are marked in the prompt where their makers have left them, and closed where they do not run the kind', async () => {
    let asked: PromptQuestion | undefined;
    const ask = asker(async (question) => {
      asked = question;
      return { answer: 'spin' };
    });
    const question = questions.find(({ key }) => key === 'host');
    assert.ok(question);
    await ask(question, { kind: 'wagi' }, 'wagi');
    const offered = asked?.choices ?? [];
    const wagi = offered.find(({ value }) => value === 'wagi');
    assert.equal(wagi?.name, 'WAGI (last release in 2022)');
    assert.match(String(wagi?.description), /served locally by generator-wasm serve/);
    for (const { ended, status } of axes.host) assert.equal(Boolean(ended), status === 'legacy');
    const open = offered.filter(({ disabled }) => !disabled).map(({ value }) => value);
    assert.deepEqual(open, ['wagi', 'spin', 'spinkube']);
  });

  it('of a cluster have a task for each thing that is done there', () => {
    const registry = { registry: 'oci', namespace: 'registry.example.com/team' };
    for (const host of axes.host.filter(({ needsRegistry }) => needsRegistry))
      for (const kind of host.kinds) {
        const { tasks } = compose({ ...plain, ...registry, host: host.id, kind, language: 'rust' });
        for (const name of ['push', 'diff', 'deploy', 'smoke', 'logs', 'undeploy'] as const)
          assert.ok(tasks[name], `${host.id} ${kind}: ${name}`);
        // An archived host has no cluster to be made for it.
        assert.equal(Boolean(tasks.cluster), host.status === 'current', host.id);
      }
  });

  it('of a cluster request the memory that was measured for the language, and 64 MiB for one that was not', () => {
    for (const [language, kind, host, path, request] of [
      ['c', 'command', 'runwasi', 'deploy/job.yaml', '32Mi'],
      ['c', 'wagi', 'spinkube', 'deploy/spinapp.yaml', '32Mi'],
      ['rust', 'http', 'runwasi', 'deploy/deployment.yaml', '48Mi'],
      ['python', 'http', 'spinkube', 'deploy/spinapp.yaml', '80Mi'],
      ['tinygo', 'command', 'krustlet', 'deploy/pod.yaml', '64Mi'],
    ] as const) {
      const choices = { ...plain, language, kind, host, registry: 'oci', namespace: 'registry.example.com/team' };
      const text = compose(choices).files.find((file) => file.path === path)?.text ?? assert.fail(path);
      assert.match(text, new RegExp(`requests:\\n +cpu: 100m\\n +memory: ${request}\n`), `${language} on ${host}`);
    }
  });

  it('of a cluster are never reached by CI', () => {
    const registry = { registry: 'oci', namespace: 'registry.example.com/team' };
    for (const host of axes.host.filter(({ needsRegistry }) => needsRegistry)) {
      const plan = compose({ ...plain, ...registry, host: host.id, kind: host.kinds[0] ?? 'http', language: 'rust' });
      const reached = new RegExp(
        String.raw`\bmake (\S+ )*(${['deploy', 'undeploy', 'smoke', 'ship', 'diff'].join('|')})\b|kubectl (?!=)`,
      );
      for (const provider of axes.ci)
        for (const { path, text } of provider.render(plan))
          assert.doesNotMatch(text, reached, `${provider.id} ${path}`);
    }
  });

  it('have a page without components for a command', () => {
    const cluster = {
      ...plain,
      language: 'rust',
      host: 'runwasi',
      registry: 'oci',
      namespace: 'registry.example.com/team',
    };
    const page = (kind: 'command' | 'http') =>
      render({ ...cluster, kind }).find(({ path }) => path === 'docs/runwasi.md')?.text ?? '';
    assert.match(page('http'), /^- A component reads /m);
    assert.doesNotMatch(page('command'), /component|^ {2}`kubectl port-forward`/m);
  });

  it('are reached by the commands of docs/moving.md', async () => {
    const text = readFileSync(new URL('../../docs/moving.md', import.meta.url), 'utf8');
    const commands = [...text.matchAll(/`npx generator-wasm ([^`]+)`/g)].map(([, words]) => String(words).split(' '));
    assert.ok(commands.length > 3);
    for (const words of commands) {
      const { host } = await choose(readCreateRequest(words), around, undefined);
      assert.equal(axes.host.find(({ id }) => id === host)?.status, 'current', words.join(' '));
    }
  });
});
