// Pushes a module with oras, in the layout of layout.mjs. The tag is set last, so an interrupted push publishes nothing.
// An existing tag is never moved. `make sign` reads the digest from build/pushed.
// Usage: node scripts/push.mjs MODULE IMAGE:TAG [ANNOTATION=VALUE...]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { git, repository as source } from './source.mjs';
import { fail, keep, published, refused, tagOf } from './tag.mjs';

// Modules that share this script differ in their layout.
const { layout } = await import(pathToFileURL('scripts/layout.mjs').href);
const [path, reference, ...annotations] = process.argv.slice(2);
const { repository, tag } = tagOf(reference);

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

let before = published(reference);
if (typeof before !== 'string') {
  writeLayout();
  if (before === null) {
    // The first push creates the repository; only then can the registry resolve its tags.
    copyTo(repository);
    before = published(reference);
    if (before === null) fail(`the registry does not say whether ${reference} exists. The user must be allowed to pull, too.`);
  }
  if (!before) copyTo(reference);
}
const there = before && before !== digest ? keep(reference, before) : digest;
try {
  writeFileSync('build/pushed', `${repository}@${there}\n`);
} catch ({ code }) {
  fail(`build/pushed cannot be written (${code}), and ${reference} is published. Fix the problem and push again.`);
}
console.log(`${before ? 'Already pushed' : 'Pushed'}: ${reference}\nDigest: ${there}`);

/** The image as an OCI layout, whose manifest oras copies byte for byte. */
function writeLayout() {
  rmSync('build/image', { recursive: true, force: true });
  mkdirSync('build/image/blobs/sha256', { recursive: true });
  for (const content of [configText, module, manifest])
    writeFileSync(`build/image/blobs/${digestOf(content).replace(':', '/')}`, content);
  const { mediaType = 'application/vnd.oci.image.manifest.v1+json' } = layout.manifest;
  const manifests = [{ mediaType, digest, size: Buffer.byteLength(manifest) }];
  writeFileSync('build/image/index.json', JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync('build/image/oci-layout', '{"imageLayoutVersion":"1.0.0"}');
}

/** Copies the image to a repository, or to a tag. */
function copyTo(target) {
  const { status, stderr } = spawnSync('oras', ['cp', '--from-oci-layout', `build/image@${digest}`, target], {
    encoding: 'utf8',
  });
  if (status !== 0) refused(stderr ?? undefined);
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
