// A registry for this machine alone, as https://github.com/opencontainers/distribution-spec describes it: node registry.mjs [PORT]
// Blobs and manifests are files of .workshop/registry, named by their digests; tags are files that hold a digest.
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { sentence } from './lib.mjs';

const port = Number(process.argv[2] ?? 5050);
const root = '.workshop/registry';
/** The largest request, so that a mistake does not fill the disk. */
const most = 256 * 1024 * 1024;

const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const fileOf = (digest) => join(root, digest.replace(':', '-'));
const tagFile = (name, tag) => join(root, 'tags', encodeURIComponent(name), tag);
const digest = /^sha256:[0-9a-f]{64}$/;

const routes = [
  ['GET', /^\/v2\/$/, () => [200, {}]],
  ['POST', /^\/v2\/(.+)\/blobs\/uploads\/$/, begin],
  ['PATCH', /^\/v2\/(.+)\/blobs\/uploads\/([\w-]+)$/, append],
  ['PUT', /^\/v2\/(.+)\/blobs\/uploads\/([\w-]+)$/, complete],
  ['GET', /^\/v2\/(.+)\/blobs\/([^/]+)$/, blob],
  ['PUT', /^\/v2\/(.+)\/manifests\/([^/]+)$/, putManifest],
  ['GET', /^\/v2\/(.+)\/manifests\/([^/]+)$/, manifest],
  ['GET', /^\/v2\/(.+)\/referrers\/([^/]+)$/, referrers],
  ['GET', /^\/v2\/(.+)\/tags\/list$/, tags],
];

function begin(name, _, request, body) {
  const id = randomUUID();
  writeFileSync(join(root, id), '');
  // The whole blob may come with the first request.
  if (request.query.has('digest')) return complete(name, id, request, body);
  return [202, { location: `/v2/${name}/blobs/uploads/${id}`, range: '0-0' }];
}

function append(name, id, _, body) {
  if (!existsSync(join(root, id))) return missing();
  appendFileSync(join(root, id), body);
  return [202, { location: `/v2/${name}/blobs/uploads/${id}`, range: `0-${Math.max(0, readFileSync(join(root, id)).length - 1)}` }];
}

function complete(name, id, { query }, body) {
  if (!existsSync(join(root, id))) return missing();
  appendFileSync(join(root, id), body);
  const wanted = query.get('digest') ?? '';
  if (digestOf(readFileSync(join(root, id))) !== wanted) {
    rmSync(join(root, id));
    return [400, {}, JSON.stringify({ errors: [{ code: 'DIGEST_INVALID', message: wanted }] })];
  }
  renameSync(join(root, id), fileOf(wanted));
  return [201, { location: `/v2/${name}/blobs/${wanted}`, 'docker-content-digest': wanted }];
}

function blob(_, wanted) {
  if (!digest.test(wanted) || !existsSync(fileOf(wanted))) return missing();
  return [200, { 'content-type': 'application/octet-stream', 'docker-content-digest': wanted }, readFileSync(fileOf(wanted))];
}

function putManifest(name, reference, request, body) {
  const own = digestOf(body);
  let subject;
  try {
    ({ subject } = JSON.parse(body));
  } catch {
    return [400, {}, JSON.stringify({ errors: [{ code: 'MANIFEST_INVALID', message: 'not JSON' }] })];
  }
  const type = request.headers['content-type'] ?? 'application/vnd.oci.image.manifest.v1+json';
  writeFileSync(fileOf(own), body);
  const known = typesOf(name);
  writeFileSync(tagFile(name, 'types.json'), JSON.stringify({ ...known, [own]: type }));
  if (!digest.test(reference)) writeFileSync(tagFile(name, `tag-${reference}`), own);
  return [201, { location: `/v2/${name}/manifests/${own}`, 'docker-content-digest': own, ...(subject && { 'oci-subject': subject.digest }) }];
}

function typesOf(name) {
  mkdirSync(join(root, 'tags', encodeURIComponent(name)), { recursive: true });
  const file = tagFile(name, 'types.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

function manifest(name, reference) {
  const tag = tagFile(name, `tag-${reference}`);
  const own = digest.test(reference) ? reference : existsSync(tag) ? readFileSync(tag, 'utf8') : '';
  const type = typesOf(name)[own];
  if (!type) return missing();
  return [200, { 'content-type': type, 'docker-content-digest': own }, readFileSync(fileOf(own))];
}

/** The manifests that are about another: signatures, SBOMs, provenance. */
function referrers(name, wanted) {
  const manifests = Object.entries(typesOf(name)).flatMap(([own, mediaType]) => {
    const bytes = readFileSync(fileOf(own));
    const { subject, artifactType, config, annotations } = JSON.parse(bytes);
    if (subject?.digest !== wanted) return [];
    return [{ mediaType, digest: own, size: bytes.length, artifactType: artifactType ?? config?.mediaType, ...(annotations && { annotations }) }];
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  return [200, { 'content-type': mediaType }, JSON.stringify({ schemaVersion: 2, mediaType, manifests })];
}

function tags(name) {
  typesOf(name);
  const names = readdirSync(join(root, 'tags', encodeURIComponent(name))).flatMap((file) => (file.startsWith('tag-') ? [file.slice(4)] : []));
  return names.length > 0 ? [200, { 'content-type': 'application/json' }, JSON.stringify({ name, tags: names })] : missing();
}

const missing = () => [404, { 'content-type': 'application/json' }, JSON.stringify({ errors: [{ code: 'NAME_UNKNOWN' }] })];

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > most) return request.destroy();
    parts.push(part);
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const [status, headers, body = ''] = answer(method, url, request.headers, Buffer.concat(parts));
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
});

function answer(method, url, headers, body) {
  makeRoot();
  // No name leads out of the folder.
  if (/%|\.\./.test(url.pathname)) return missing();
  for (const [verb, pattern, handle] of routes) {
    const match = verb === method && pattern.exec(url.pathname);
    if (match) return handle(match[1], match[2], { query: url.searchParams, headers }, body);
  }
  return [405, {}];
}

/** Makes the folder, which a starting state removes. Without its workshop the registry ends, and another one can have the port. */
function makeRoot() {
  try {
    // Not recursive: in a folder that was removed, Node's recursive mkdir with a relative path does not end.
    mkdirSync(root);
  } catch ({ code }) {
    if (code === 'EEXIST') return;
    console.error(sentence('folderRemoved'));
    process.exit(1);
  }
}

server.on('error', (error) => {
  console.error(sentence('portTaken', { port, reason: error.code }));
  process.exitCode = 1;
});
server.listen(port, '127.0.0.1', () => console.log(sentence('registryListens', { port: server.address().port })));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
