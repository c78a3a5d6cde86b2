/** Hostile repositories by the thousand; `test/extended` has more of the same. */
import { namesAreData, world } from '../hostile.ts';

describe('a hostile repository', function () {
  this.timeout(0);
  const at = world();

  it('has names and facts that are data in all that is written', () => namesAreData(at(), 1_600));
});
