import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build, exec, here, Problem, read, tail, temporary } from '../lib.mjs';
import { takesLeave } from '../cases.mjs';

const contract = 'web/contract/wagi.json';

/** The contract has cases for `/bye`, the module keeps it, and a module that answers something else does not. */
export default async function check({ files }) {
  const module = build('web');
  await takesLeave(module, files[0]);
  const { cases = [] } = read(contract);
  const own = cases.filter(({ method, path }) => method === 'GET' && /^\/bye(?:\?|$)/.test(path ?? ''));
  if (!own.some(({ path }) => path === '/bye')) throw new Problem('noCaseFor', { path: '/bye' }, contract);
  if (!own.some(({ path }) => /[?&]name=[^&]/.test(path))) throw new Problem('noCaseFor', { path: '/bye?name=…' }, contract);
  const kept = runContract(module);
  if (kept.code !== 0) throw new Problem('contractBroken', { said: tail(kept.said) }, contract);
  const wrong = runContract(withOtherWords(module));
  if (wrong.code === 0 || !/GET \/bye/.test(wrong.said)) throw new Problem('contractBlind', {}, contract);
}

/** The runner is the package's own: the one in the project is the participant's to change. */
const runContract = (module) => exec(process.execPath, [`${here}/../../contract/run.mjs`, contract, module]);

/** The participant's own module, with other words where it says goodbye. */
function withOtherWords(module) {
  const bytes = readFileSync(module);
  const change = (encoding) => {
    const word = Buffer.from('Goodbye', encoding);
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) Buffer.from('Goodday', encoding).copy(bytes, at);
  };
  // AssemblyScript keeps its strings in UTF-16.
  change('utf8');
  change('utf16le');
  const path = `${temporary}/web.wasm`;
  mkdirSync(temporary, { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
