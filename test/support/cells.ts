/** The combinations that the end-to-end tests build and run: the cells of docs/support.md. */
import { axes } from '../../src/catalog/axes.ts';
import type { Host } from '../../src/model/axes.ts';
import type { Choices, Kind } from '../../src/model/choices.ts';
import { conflict } from '../../src/plan/compose.ts';
import { plain } from './examples.ts';

export interface Cell {
  /** A project of one language and kind, for the first host that runs the kind. */
  choices: Choices;
  /** Why it has no end-to-end test, if so. */
  notRun: string | undefined;
  /** The same project for other hosts: their tasks run on the module that was built for the first host. */
  others: Choices[];
}

/** A host's tasks do not depend on the language, so two languages test each further host. */
const triers = 2;

const forHost = (choices: Choices, host: Host): Choices => {
  const registry = axes.registry.find(({ protocol }) => Boolean(protocol) === Boolean(host.needsRegistry));
  return { ...choices, host: host.id, registry: registry?.id ?? 'none', namespace: registry?.example ?? '' };
};

function cellsOf(kind: Kind): Cell[] {
  const [first, ...others] = axes.host.filter(({ kinds, notRun }) => kinds.includes(kind) && !notRun);
  if (!first) return [];
  const cells = axes.language
    .filter(({ kinds }) => kinds.includes(kind))
    .map(
      (language): Cell => ({
        choices: forHost({ ...plain, language: language.id, kind }, first),
        notRun: language.notRun ?? language.notRunKinds?.[kind],
        others: [],
      }),
    );
  const run = cells.filter(({ notRun }) => !notRun);
  for (const [index, host] of others.entries())
    for (let turn = 0; turn < Math.min(triers, run.length); turn++) {
      const cell = run[(index * triers + turn) % run.length];
      cell?.others.push(forHost(cell.choices, host));
    }
  return cells;
}

export const cells: Cell[] = axes.kind
  .flatMap(({ id }) => cellsOf(id))
  .filter(({ choices }) => !conflict(choices))
  .sort((a, b) => order(a) - order(b));

/** By language, then by kind, web handlers first. */
function order({ choices: { language, kind } }: Cell): number {
  const place = (id: string) => axes.language.findIndex((one) => one.id === id);
  return place(language) * 10 + axes.host.findIndex(({ kinds }) => kinds.includes(kind));
}

/** A project of each tested language: a web handler if the language has one. */
export const samples: Choices[] = axes.language.flatMap(({ id }) => {
  const run = cells.filter(({ choices, notRun }) => choices.language === id && !notRun).map(({ choices }) => choices);
  return run.find(({ kind }) => kind !== 'command') ?? run[0] ?? [];
});
