/**
 * In front of a registry: answers 401 to every question about a repository that does not exist yet, unless it comes with a
 * token that may push, as Docker Hub does: https://github.com/oras-project/oras/issues/1151. Usage: node hub.mjs PORT REGISTRY
 */
import { createServer, request } from 'node:http';

const [port, behind] = process.argv.slice(2);
let exists = false;

createServer((asked, answer) => {
  const { pathname, searchParams } = new URL(asked.url, `http://localhost:${port}`);
  if (pathname === '/token') {
    const token = searchParams.getAll('scope').join().includes('push') ? 'push' : 'pull';
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ token }));
    return;
  }
  const token = asked.headers.authorization?.replace('Bearer ', '');
  const [, repository] = /^\/v2\/(.+?)\/(?:manifests|blobs|referrers)\//.exec(pathname) ?? [];
  const writes = !['GET', 'HEAD'].includes(asked.method);
  if (!token || (repository && token !== 'push' && (writes || !exists))) {
    const scope = repository ? `,scope="repository:${repository}:${writes ? 'pull,push' : 'pull'}"` : '';
    answer.setHeader('www-authenticate', `Bearer realm="http://localhost:${port}/token",service="hub"${scope}`);
    answer.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
    return;
  }
  const headers = { ...asked.headers };
  delete headers.authorization;
  const forwarded = request(`http://${behind}${asked.url}`, { method: asked.method, headers }, (answered) => {
    if (asked.method === 'PUT' && pathname.includes('/manifests/')) exists = true;
    answer.writeHead(answered.statusCode, answered.headers);
    answered.pipe(answer);
  });
  asked.pipe(forwarded);
}).listen(Number(port), '127.0.0.1');
