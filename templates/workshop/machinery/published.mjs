// What the registry has of the participant's module.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { exec, Problem, tail, temporary } from './lib.mjs';

/** The name of the web handler's image, as the project's choices have it. */
export function imageOf() {
  if (!existsSync('web/.yo-rc.json')) throw new Problem('noProject', { project: 'web' });
  const { namespace } = JSON.parse(readFileSync('web/.yo-rc.json', 'utf8'))['generator-wasm'].choices;
  if (!namespace) throw new Problem('noRegistry');
  return `${namespace}/web`;
}

/** The reference of a version that was pushed, which has to be the module that was built. */
export function published(version) {
  const reference = `${imageOf()}:${version}`;
  const { code, stdout, said } = exec('oras', ['manifest', 'fetch', reference]);
  if (code !== 0) throw new Problem(/not found/.test(said) ? 'notPushed' : 'noAnswer', { reference, said: tail(said, 3) });
  const [{ digest }] = JSON.parse(stdout).layers;
  const module = 'web/build/web.opt.wasm';
  if (!existsSync(module)) throw new Problem('noArtifact', { path: module, command: 'make -C web optimize' });
  const own = `sha256:${createHash('sha256').update(readFileSync(module)).digest('hex')}`;
  if (digest !== own) throw new Problem('otherModule', { reference, digest, own });
  return `${imageOf()}@${digest}`;
}

/** The file of a blob. */
export function pulled(reference) {
  mkdirSync(temporary, { recursive: true });
  const path = `${temporary}/pulled.wasm`;
  const { code, said } = exec('oras', ['blob', 'fetch', '--output', path, reference]);
  if (code !== 0) throw new Problem('noAnswer', { reference, said: tail(said, 3) });
  return path;
}
