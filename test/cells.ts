/** The cells of the README's support table: every language, kind and host that go together, and whether we run it. */
import { axes } from '../src/axes.ts';
import { conflict } from '../src/compose.ts';
import type { Choices } from '../src/plan.ts';
import { plain } from './examples.ts';

export interface Cell {
  choices: Choices;
  /** Why its end-to-end test does not run; undefined where it does. */
  notRun: string | undefined;
}

export const cells: Cell[] = axes.language.flatMap((language) =>
  axes.host.flatMap((host) =>
    host.kinds.flatMap((kind) => {
      const registry = axes.registry.find(({ protocol }) => Boolean(protocol) === Boolean(host.needsRegistry));
      const choices: Choices = {
        ...plain,
        language: language.id,
        kind,
        host: host.id,
        registry: registry?.id ?? 'none',
        namespace: registry?.example ?? '',
      };
      return conflict(choices)
        ? []
        : [{ choices, notRun: language.notRun ?? language.notRunKinds?.[kind] ?? host.notRun }];
    }),
  ),
);

/** A project of each language that is run: a web handler where the language has one. */
export const samples: Choices[] = axes.language.flatMap(({ id }) => {
  const run = cells.filter(({ choices, notRun }) => choices.language === id && !notRun).map(({ choices }) => choices);
  return run.find(({ kind }) => kind !== 'command') ?? run[0] ?? [];
});
