// Pushes the application of spin.toml with Spin. Spin would move an existing tag, so this script checks first. `make sign` reads
// the digest from build/pushed. Usage: node scripts/push.mjs IMAGE:TAG
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fail, keep, published, tagOf } from './tag.mjs';

const [reference] = process.argv.slice(2);
const { repository } = tagOf(reference);

const before = published(reference);
const digest = before ? keep(reference, before) : push();
writeFileSync('build/pushed', `${repository}@${digest}\n`);
console.log(`${before ? 'Already pushed' : 'Pushed'}: ${reference}\nDigest: ${digest}`);

/** Spin knows the digest only after it has set the tag. */
function push() {
  const { status, stdout, stderr } = spawnSync('spin', ['registry', 'push', reference], { encoding: 'utf8' });
  if (status !== 0) fail(stderr?.trim() || 'spin cannot be started: make doctor says how to install it.');
  const [, digest] = /^Pushed with digest (sha256:[0-9a-f]{64})/m.exec(stdout) ?? [];
  if (!digest)
    fail(`Spin printed no digest for ${reference}, so it cannot be signed. To find it: oras resolve ${reference}`);
  return digest;
}
