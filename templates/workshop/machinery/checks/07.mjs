import { existsSync } from 'node:fs';
import { build, make, Problem, tail } from '../lib.mjs';
import { imageOf, published, signature } from '../published.mjs';

const signatureOf = (version) => signature(`${imageOf('web')}:${version}`, 'signature', 'SBOM');

/** The version is signed with the participant's key, and an unsigned one is refused. */
export default async function check() {
  build('web');
  published('web', 'v0.4.0');
  if (!existsSync('web/cosign.pub')) throw new Problem('noFile', { path: 'web/cosign.pub' });
  const signed = signatureOf('v0.4.0');
  if (signed.code !== 0) throw new Problem('notSigned', { version: 'v0.4.0', said: tail(signed.said, 4) });
  make('web', 'verify', 'TAG=v0.4.0');
  if (signatureOf('v0.2.0').code === 0) throw new Problem('signedToo', { version: 'v0.2.0' });
}
