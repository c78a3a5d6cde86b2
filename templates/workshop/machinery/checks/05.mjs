import { existsSync, readFileSync } from 'node:fs';
import { build, choicesOf, exec, here, noProject, Problem, tail, workshop } from '../lib.mjs';
import { takesLeave } from '../cases.mjs';

const contract = 'other/contract/wagi.json';

/** A module in another language keeps the contract of the first. */
export default async function check({ files }) {
  const module = build('other');
  const { language } = choicesOf('other');
  if (language !== workshop.second) throw new Problem('wrongLanguage', { got: language, expected: workshop.second });
  const first = 'web/contract/wagi.json';
  if (!existsSync(first)) throw noProject('web');
  if (!existsSync(contract) || readFileSync(contract, 'utf8') !== readFileSync(first, 'utf8')) throw new Problem('otherContract', {}, contract);
  await takesLeave(module, files[0]);
  const kept = exec(process.execPath, [`${here}/../../contract/run.mjs`, contract, module]);
  if (kept.code !== 0) throw new Problem('contractBroken', { said: tail(kept.said) }, contract);
}
