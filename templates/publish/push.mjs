// Pushes a module by oras, in the layout of layout.mjs. The tag comes last, so nothing is half published; one that is out
// there never changes. The same commit gives the same digest, which `make sign` reads from build/pushed.
// Usage: node scripts/push.mjs MODULE IMAGE:TAG [ANNOTATION=VALUE...]
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { layout } from './layout.mjs';

const [path, reference, ...annotations] = process.argv.slice(2);
const [, repository, tag] = /^(.*):([^:/]*)$/.exec(reference) ?? [];
if (!/^\w[\w.-]{0,127}$/.test(tag))
  fail(`'${tag}' is no tag. Write up to 128 letters, digits, dots, dashes and underscores: make push TAG=v1.0.0`);

const module = readFileSync(path);
const created = git('log', '-1', '--format=%cd', '--date=format-local:%Y-%m-%dT%H:%M:%SZ');
const layer = describe(layout.layerType, module, { 'org.opencontainers.image.title': basename(path) });
const configText = JSON.stringify(layout.config({ module, layer: layer.digest, created }));
const config = describe(layout.configType, configText);
const manifest = JSON.stringify({
  ...layout.manifest,
  config,
  layers: [layer],
  annotations: {
    ...(created && {
      'org.opencontainers.image.created': created,
      'org.opencontainers.image.revision': git('rev-parse', 'HEAD'),
    }),
    ...(source() && { 'org.opencontainers.image.source': source() }),
    'org.opencontainers.image.version': tag,
    ...Object.fromEntries(annotations.map((text) => text.split(/=(.*)/s, 2))),
  },
});
const digest = digestOf(manifest);

const there = published();
if (there && there !== digest)
  fail(`${reference} is out there with other contents, ${there}. Tags do not change: give another, make push TAG=…`);
if (!there) {
  for (const [content, { mediaType, digest, size }] of [
    [configText, config],
    [module, layer],
  ])
    oras(content, 'blob', 'push', '--media-type', mediaType, '--size', size, `${repository}@${digest}`, '-');
  oras(manifest, 'manifest', 'push', '--media-type', 'application/vnd.oci.image.manifest.v1+json', reference, '-');
}
try {
  writeFileSync('build/pushed', `${repository}@${digest}\n`);
} catch ({ code }) {
  fail(`build/pushed cannot be written (${code}), and ${reference} is out there. Mend that and push again.`);
}
console.log(`${there ? 'Was there already' : 'Pushed'}: ${reference}\nDigest: ${digest}`);

/** The digest of the tag in the registry, or undefined. */
function published() {
  const { status, stdout, stderr } = spawnSync('oras', ['resolve', reference], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  if (/not found/.test(stderr)) return undefined;
  return refused(stderr ?? undefined);
}

function oras(input, ...words) {
  const { status, stderr } = spawnSync('oras', words, { input, encoding: 'utf8' });
  if (status !== 0) refused(stderr ?? undefined);
}

function refused(said = 'oras cannot be started: make doctor says how to get it.') {
  fail(`${said.trim()}\nNothing was published. When that is mended, the same command goes on.`);
}

function fail(why) {
  console.error(why.startsWith('Error') ? why : `Error: ${why}`);
  process.exit(1);
}

function describe(mediaType, content, annotations) {
  return {
    mediaType,
    digest: digestOf(content),
    size: Buffer.byteLength(content),
    ...(annotations && { annotations }),
  };
}

function digestOf(content) {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** What git says, or nothing where there is no repository. */
function git(...words) {
  try {
    return execFileSync('git', words, {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Where the sources are, as an address without a user and a password. */
function source() {
  const remote = git('remote', 'get-url', 'origin')?.replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, 'https://$1/');
  return remote && /^https?:/.test(remote) ? remote.replace(/\/\/[^@/]*@/, '//').replace(/\.git$/, '') : undefined;
}
