import { readFileSync } from 'node:fs';
import { build, exec, here, Problem, tail, workshop } from '../lib.mjs';
import { takesLeave } from '../cases.mjs';

const contract = 'other/contract/wagi.json';

/** A module in another language keeps the contract of the first. */
export default async function check({ files }) {
  const module = build('other');
  const { language } = JSON.parse(readFileSync('other/.yo-rc.json', 'utf8'))['generator-wasm'].choices;
  if (language !== workshop.second) throw new Problem('wrongLanguage', { got: language, expected: workshop.second });
  if (readFileSync(contract, 'utf8') !== readFileSync('web/contract/wagi.json', 'utf8')) throw new Problem('otherContract', {}, contract);
  await takesLeave(module, files[0]);
  const kept = exec(process.execPath, [`${here}/../../contract/run.mjs`, contract, module]);
  if (kept.code !== 0) throw new Problem('contractBroken', { said: tail(kept.said) }, contract);
}
