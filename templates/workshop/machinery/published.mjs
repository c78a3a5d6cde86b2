// What the registry has of the participant's module.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { choicesOf, exec, here, Problem, tail, temporary } from './lib.mjs';

/** The name of a project's image, as its choices have it. */
export function imageOf(project) {
  const { namespace } = choicesOf(project);
  if (!namespace) throw new Problem('noRegistry', { project });
  return `${namespace}/${project}`;
}

/** The digest that a tag names, in the form `sha256:…`. */
export function digestOf(project, version) {
  const reference = `${imageOf(project)}:${version}`;
  return asked(reference, ['resolve', reference]).trim();
}

/** The layer of a version that was pushed, which has to be the module that was built. */
export function published(project, version) {
  const reference = `${imageOf(project)}:${version}`;
  const [{ digest }] = JSON.parse(asked(reference, ['manifest', 'fetch', reference])).layers;
  const module = `build/${project}.opt.wasm`;
  const path = `${project}/${module}`;
  const command = `make -C ${project} ${module}`;
  if (!existsSync(path)) throw new Problem('noArtifact', { path, command });
  const own = `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  if (digest !== own) throw new Problem('otherModule', { reference, digest, own, command });
  return `${imageOf(project)}@${digest}`;
}

/** What oras prints of a reference, which has to be in the registry. */
function asked(reference, args) {
  const { code, stdout, said } = exec('oras', args);
  if (code !== 0) throw new Problem(/not found/.test(said) ? 'notPushed' : 'noAnswer', { reference, said: tail(said, 3) });
  return stdout;
}

/** Verifies an image of the web handler by the package's own script: the one in the project is the participant's to change. */
export const signature = (reference, ...kinds) =>
  exec(process.execPath, [resolve(here, '../../publish/verify.mjs'), reference, ...kinds], { cwd: 'web' });

/** The file of a blob. */
export function pulled(reference) {
  mkdirSync(temporary, { recursive: true });
  const path = `${temporary}/pulled.wasm`;
  const { code, said } = exec('oras', ['blob', 'fetch', '--output', path, reference]);
  if (code !== 0) throw new Problem('noAnswer', { reference, said: tail(said, 3) });
  return path;
}
