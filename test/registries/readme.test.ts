/** The commands with which docs/release.md makes credentials, and the README a repository, run by a shell with stand-ins for the clouds' own tools. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { login, program, scratch } from './standins.ts';

/** The sections on registry and release of the project's documentation. */
const documented = (registry: string): string => {
  const namespace = axes.registry.find(({ id }) => id === registry)?.example ?? '';
  const files = render({ ...plain, registry, namespace });
  const section = (path: string, heading: RegExp) => {
    const text = files.find((file) => file.path === path)?.text ?? '';
    return new RegExp(`^## ${heading.source}.*?(?=^## )`, 'ms').exec(text)?.[0] ?? '';
  };
  return `${section('README.md', /Release/)}${section('docs/release.md', /Registry/)}`;
};

describe('the commands of the documentation', () => {
  for (const [registry, tool, calls] of [
    ['acr', 'az', 5],
    ['ecr', 'aws', 7],
    ['gar', 'gcloud', 9],
  ] as const)
    it(`for ${registry} are shell, and what they give to ${tool} as JSON is JSON`, () => {
      const blocks = [...documented(registry).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines);
      const folder = mkdtempSync(join(scratch, 'readme-'));
      writeFileSync(join(folder, 'commands'), `set -eu\n${blocks.join('')}`);
      program(
        tool,
        `for word; do printf '%s\\037' "$word"; done >>${folder}/words; printf '\\036' >>${folder}/words; echo said`,
      );
      const { code, stderr } = login('', {}, 'commands', [], 'sh', folder);
      program(tool);
      assert.equal(code, 0, stderr);
      const called = readFileSync(join(folder, 'words'), 'utf8').split('\x1e').slice(0, -1);
      assert.equal(called.length, calls);
      const json = called.flatMap((words) => words.split('\x1f')).filter((word) => word.startsWith('{'));
      for (const text of json) JSON.parse(text);
      assert.equal(json.length, { acr: 1, ecr: 3, gar: 0 }[registry]);
    });

  it('for ecr let CI push below the namespace, and nothing else', () => {
    const [, policy = ''] = /^policy='(.*?)'$/ms.exec(documented('ecr')) ?? [];
    assert.deepEqual(
      JSON.parse(policy).Statement.map(({ Resource }: { Resource: string }) => Resource),
      ['*', 'arn:aws:ecr:eu-central-1:123456789012:repository/team/*'],
    );
  });
});
