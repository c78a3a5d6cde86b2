import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { choicesOf, exec, noProject, Problem, tail, temporary, workshop } from '../lib.mjs';

const clone = `${temporary}/clone`;

/** What was committed has the CI that was asked for, and passes in a fresh clone, as it has to on a machine of CI. */
export default async function check() {
  if (!existsSync('web/.git')) throw noProject('web');
  rmSync(clone, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const { code, said } = exec('git', ['clone', '--quiet', '--no-hardlinks', 'web', clone]);
  if (code !== 0) throw new Problem('gitFailed', { command: 'git clone web', said: tail(said) });
  const { ci = ['none'] } = choicesOf(clone);
  if (ci.join() !== workshop.ci.join()) throw new Problem('noCi', { ci: workshop.ci.join(',') });
  for (const task of ['setup', 'lint', 'test']) {
    const { code, said } = exec('make', ['-C', clone, task]);
    if (code !== 0) throw new Problem('ciFails', { task, said: tail(said) });
  }
}
