/**
 * An npm registry on loopback for one package: `node npm-registry.mjs TARBALL VERSION LOG [INTEGRITY]` prints its address, and
 * appends a line to LOG for each request: the path and the token.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [tarball, version, log, given] = process.argv.slice(2);
const bytes = readFileSync(tarball);
const integrity = given ?? `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
writeFileSync(log, '');
const server = createServer((request, response) => {
  appendFileSync(log, `${request.url} ${request.headers.authorization ?? ''}\n`);
  if (request.url.endsWith('.tgz')) return response.end(bytes);
  if (request.url !== '/generator-wasm') return response.writeHead(404).end('{}');
  response.setHeader('content-type', 'application/json').end(
    JSON.stringify({
      name: 'generator-wasm',
      'dist-tags': { latest: version },
      versions: {
        [version]: {
          name: 'generator-wasm',
          version,
          bin: { 'generator-wasm': 'main.js' },
          dist: { tarball: `http://${request.headers.host}/x.tgz`, integrity },
        },
      },
    }),
  );
}).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
