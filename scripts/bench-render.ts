/**
 * Measures rendering in memory: every valid combination of choices, and projects of many modules, which must take linear time.
 * Bundled first, as the package is: tsx adds calls that take a third more.
 */
import { axes } from '../src/catalog/axes.ts';
import type { Choices } from '../src/model/choices.ts';
import { render } from '../src/print/render.ts';
import { everyChoice, plain } from '../test/support/examples.ts';

/** The least of several runs, in milliseconds: what other processes add is not measured. */
const least = (work: () => unknown, runs = 5): number =>
  Math.min(
    ...Array.from({ length: runs }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );

console.log(`${new Date().toISOString().slice(0, 10)}; Node ${process.version}; the least of 5 runs in one process\n`);
const all = everyChoice();
const each = least(() => all.map((choices) => render(choices).length)) / all.length;
console.log(`${all.length.toLocaleString('en')} combinations: ${each.toFixed(2)} ms each`);

const programs = axes.language.flatMap(({ id, kinds }) => kinds.map((kind) => `${id}:${kind}`));
for (const count of [250, 500, 1000, 2000]) {
  const choices: Choices = {
    ...plain,
    module: Array.from({ length: count }, (_, index) => `m${index}:${programs[index % programs.length]}`),
    registry: 'acr',
    namespace: 'example.azurecr.io/team',
    ci: ['github', 'gitlab'],
  };
  console.log(`${count.toLocaleString('en')} modules: ${least(() => render(choices)).toFixed(0)} ms`);
}
