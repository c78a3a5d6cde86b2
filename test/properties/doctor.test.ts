/** What holds for the doctor of every CI provider and registry: a project as it was written needs nothing but what nobody else can give. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import { projectContext } from '../../src/doctor/doctor.ts';
import { examineDrift } from '../../src/doctor/findings/drift.ts';
import { examinePins } from '../../src/doctor/findings/pins.ts';
import { examineDead } from '../../src/doctor/findings/retired.ts';
import { examineSecrets } from '../../src/doctor/findings/secrets.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { File } from '../../src/model/plan.ts';
import { conflict } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { nothing, runsOf } from '../ci/files.ts';
import { plain } from '../support/examples.ts';
import { put, scratch } from '../support/repositories.ts';

/** The secrets that the files of a provider name, if it gives a job all that it has. The others name each value that they use. */
const secretsOfJob: Record<string, { file: RegExp; names: RegExp }> = {
  gitlab: { file: /^\.gitlab-ci\.yml$/, names: /(?<=export -n [A-Z_ ]*)(\b[A-Z_]+)/g },
  bitbucket: { file: /^bitbucket-pipelines\.yml$/, names: /(?<=export -n [A-Z_ ]*)(\b[A-Z_]+)/g },
  circleci: { file: /^\.circleci\/config\.yml$/, names: /-u ([A-Z_]+)/g },
};

/** The values that a release takes from the provider, by name. */
function taken(provider: string, files: readonly File[]): string[] {
  const names: string[] = [];
  runsOf(provider, files, { ...nothing, given: (name) => String(names.push(name)) });
  return names;
}

const examples: Choices[] = axes.ci
  .filter(({ id }) => id !== 'none')
  .flatMap(({ id }) =>
    axes.registry.map((registry) => ({
      ...plain,
      registry: registry.id,
      namespace: registry.example ?? '',
      ci: [id],
    })),
  );

describe('the doctor of a project as it was written', () => {
  const folder = scratch();
  for (const choices of examples) {
    const { ci, registry } = choices;
    const [provider = ''] = ci;
    it(`${provider}, ${registry}`, async () => {
      assert.equal(conflict(choices), undefined);
      const place = join(folder(), 'hello');
      const files = render(choices);
      put(place, files);
      const patient = await projectContext(folder(), 'hello', 'generator-wasm doctor');
      for (const look of [examinePins, examineDead, examineDrift])
        assert.deepEqual(look(patient).findings, [], look.name);
      const ofJob = secretsOfJob[provider];
      const asked = ofJob
        ? files
            .filter(({ path }) => ofJob.file.test(path))
            .flatMap(({ text }) => [...text.matchAll(ofJob.names)].map(([, name]) => name))
        : taken(provider, files);
      const { findings } = examineSecrets(patient);
      for (const { what, command } of findings) assert.ok(command, what);
      const said = findings.flatMap(({ what }) => [
        ...(/^A release by [^.]* needs ([^.]*)\./.exec(what)?.[1] ?? '').matchAll(/\w*_\w+/g),
      ]);
      const told = new Set(said.map(([name]) => name));
      // Tokens of an identity nobody is asked for.
      const wanted = new Set(asked.filter((name) => !/_ID_TOKEN$/.test(name ?? '')));
      for (const name of wanted) assert.ok(told.has(name ?? ''), `${name} is told`);
      const rest = [...told].filter((name) => !wanted.has(name));
      if (!ofJob) assert.deepEqual(rest, []);
      const sources = files.filter(({ path }) => /^scripts\/|^Makefile$/.test(path)).map(({ text }) => text);
      for (const name of rest)
        assert.ok(
          sources.some((text) => text.includes(name)),
          `${name} is used`,
        );
    });
  }
});
