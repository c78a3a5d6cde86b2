/** Hostile repositories by the thousand; `test/extended` has more of the same. */
import { commandsAreSafe, namesAreData, world } from '../support/hostile.ts';

describe('a hostile repository', function () {
  this.timeout(0);
  const at = world();

  it('has names and facts that are data in all that is written', () => namesAreData(at(), 1_600));
  it('runs nothing by a command, and reaches nothing outside of it', () => commandsAreSafe(at(), 400));
});
