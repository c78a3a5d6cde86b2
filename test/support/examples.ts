/** Choices for tests: every valid combination, and a plain one to vary. */
import { axes } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { File } from '../../src/model/plan.ts';
import { compose, conflict } from '../../src/plan/compose.ts';
import { fileFor } from '../../src/plan/modules.ts';

/** No CI provider, the first one, and all at once; `alone`: each of the others. Editors besides the first and the last have the first provider alone. */
const [first = '', ...others] = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');
const justFirst = [first];
const together = [['none'], justFirst, [first, ...others]];
const alone = others.map((id) => [id]);

/** A valid namespace for each registry. */
const namespaceOf = (registry: string): string => axes.registry.find(({ id }) => id === registry)?.example ?? '';

/** Every valid combination of languages, kinds, hosts, registries, CI providers and editors; of a CI provider alone with one language. */
export function everyChoice(name = 'hello-wasm'): Choices[] {
  const all: Choices[] = [];
  for (const { id: language } of axes.language)
    for (const { id: kind } of axes.kind)
      for (const { id: host } of axes.host)
        for (const { id: registry } of axes.registry)
          for (const ci of language === axes.language[0]?.id ? [...together, ...alone] : together)
            for (const { id: editor } of ci === justFirst
              ? axes.editor
              : [axes.editor.at(0), axes.editor.at(-1)].flatMap((one) => one ?? [])) {
              const namespace = namespaceOf(registry);
              const choices = {
                name,
                language,
                kind,
                host,
                registry,
                namespace,
                ci,
                editor,
                license: 'MIT',
                author: 'Ada',
              };
              if (!conflict(choices)) all.push(choices);
            }
  return all;
}

export const label = (choices: Choices): string =>
  [choices.language, choices.kind, choices.host, choices.registry, choices.ci.join('+'), choices.editor].join(' ');

export const plain: Choices = {
  name: 'hello-wasm',
  language: 'assemblyscript',
  kind: 'wagi',
  host: 'wagi',
  registry: 'none',
  namespace: '',
  ci: ['github'],
  editor: 'vscode',
  license: 'MIT',
  author: 'Ada',
};

/** Every distinct file of any valid combination whose path matches. */
export function distinctFiles(pattern: RegExp): File[] {
  const files = new Map<string, File>();
  const seen = new Set<string>();
  for (const choices of everyChoice('hello-wasm')) {
    // The files of hosts do not depend on CI and editor.
    const { language, kind, host, registry } = choices;
    const key = [language, kind, host, registry].join();
    if (seen.has(key)) continue;
    seen.add(key);
    const plan = compose(choices);
    for (const file of [...plan.files, ...plan.shared.map((one) => fileFor([kind], one))])
      if (pattern.test(file.path)) files.set(`${file.path}\n${file.text}`, file);
  }
  return [...files.values()];
}
