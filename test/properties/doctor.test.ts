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
import { conflict } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { put, scratch } from '../support/repositories.ts';

/** What a file of a provider asks for by name; the last three hand all that they are given to a job, and name only its secrets. */
const mentions: Record<string, { file: RegExp; names: RegExp; secretsAlone?: true }> = {
  github: { file: /^\.github\/.*release\.yml$/, names: /\$\{\{ (?:secrets|vars)\.(\w+) \}\}/g },
  forgejo: { file: /^\.forgejo\/.*release\.yml$/, names: /\$\{\{ (?:secrets|vars)\.(\w+) \}\}/g },
  azure: { file: /^azure-pipelines\.release\.yml$/, names: /: \$\(([A-Z_]+)\)$/gm },
  jenkins: { file: /^Jenkinsfile$/, names: /credentials\('(\w+)'\)/g },
  gitlab: { file: /^\.gitlab-ci\.yml$/, names: /(?<=export -n [A-Z_ ]*)(\b[A-Z_]+)/g, secretsAlone: true },
  bitbucket: { file: /^bitbucket-pipelines\.yml$/, names: /(?<=export -n [A-Z_ ]*)(\b[A-Z_]+)/g, secretsAlone: true },
  circleci: { file: /^\.circleci\/config\.yml$/, names: /-u ([A-Z_]+)/g, secretsAlone: true },
};

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
      const { file, names, secretsAlone } = mentions[provider] ?? { file: /^$/, names: /^$/g };
      const asked = files
        .filter(({ path }) => file.test(path))
        .flatMap(({ text }) => [...text.matchAll(names)].map(([, name]) => name));
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
      if (!secretsAlone) assert.deepEqual(rest, []);
      const sources = files.filter(({ path }) => /^scripts\/|^Makefile$/.test(path)).map(({ text }) => text);
      for (const name of rest)
        assert.ok(
          sources.some((text) => text.includes(name)),
          `${name} is used`,
        );
    });
  }
});
