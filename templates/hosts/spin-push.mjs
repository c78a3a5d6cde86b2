// Pushes the application of spin.toml by Spin, which would move a tag that exists. `make sign` reads the digest from
// build/pushed. Usage: node scripts/push.mjs IMAGE:TAG
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fail, keep, published, tagOf } from './tag.mjs';

const [reference] = process.argv.slice(2);
const { repository } = tagOf(reference);

const before = published(reference);
const digest = before ? keep(reference, before) : push();
writeFileSync('build/pushed', `${repository}@${digest}\n`);
console.log(`${before ? 'Was there already' : 'Pushed'}: ${reference}\nDigest: ${digest}`);

/** Spin knows the digest only after it has set the tag. */
function push() {
  const { status, stdout, stderr } = spawnSync('spin', ['registry', 'push', reference], { encoding: 'utf8' });
  if (status !== 0) fail(stderr?.trim() || 'spin cannot be started: make doctor says how to get it.');
  const [, digest] = /^Pushed with digest (sha256:[0-9a-f]{64})/m.exec(stdout) ?? [];
  if (!digest)
    fail(`Spin gave no digest for ${reference}, so it cannot be signed. Ask the registry: oras resolve ${reference}`);
  return digest;
}
