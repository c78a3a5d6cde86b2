/**
 * 100,000 hostile repositories, for the night: `RUNS=…` makes fewer of each kind, and `SEED=…` repeats a run. A failure prints its
 * seed and the smallest repository that fails.
 */
import { commandsAreSafe, namesAreData, world } from '../support/hostile.ts';

describe('hostile repositories, 100,000 of them', function () {
  this.timeout(0);
  const at = world();

  it('have names and facts that are data in all that is written', () => namesAreData(at(), 80_000));
  it('run nothing by a command, and reach nothing outside of them', () => commandsAreSafe(at(), 20_000));
});
