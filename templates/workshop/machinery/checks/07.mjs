import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, exec, here, make, Problem, tail } from '../lib.mjs';
import { imageOf, published } from '../published.mjs';

/** By the package's own script: the one in the project is the participant's to change. */
const signature = (version) => {
  const script = resolve(here, '../../publish/verify.mjs');
  return exec(process.execPath, [script, `${imageOf()}:${version}`, 'signature', 'SBOM'], { cwd: 'web' });
};

/** The version is signed with the participant's key, and what nobody has signed is refused. */
export default async function check() {
  build('web');
  published('v0.4.0');
  if (!existsSync('web/cosign.pub')) throw new Problem('noFile', { path: 'web/cosign.pub' });
  const signed = signature('v0.4.0');
  if (signed.code !== 0) throw new Problem('notSigned', { version: 'v0.4.0', said: tail(signed.said, 4) });
  make('web', 'verify', 'TAG=v0.4.0');
  if (signature('v0.2.0').code === 0) throw new Problem('signedToo', { version: 'v0.2.0' });
}
