/**
 * The services on the internet that a Sigstore of our own asks, and cosign too, on loopback:
 * - a proxy through which every issuer of identity tokens answers by its own name, with one key for all;
 * - GitHub's service that hands a job its token: the request token is the claims, in base64;
 * - the files of a TUF repository.
 * Usage: node identities.mjs PORT FOLDER, with key.pem, tls.pem, tls-key.pem and tuf/ in the folder.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { join, normalize } from 'node:path';

const [port, folder] = process.argv.slice(2);
const key = createPrivateKey(readFileSync(join(folder, 'key.pem')));
const keys = [{ ...createPublicKey(key).export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }];

const issuers = createTlsServer(
  { cert: readFileSync(join(folder, 'tls.pem')), key: readFileSync(join(folder, 'tls-key.pem')) },
  (asked, answer) => {
    const issuer = `https://${asked.headers.host}${asked.url.replace(/\/\.well-known\/.*$/, '')}`;
    const facts = {
      issuer,
      jwks_uri: `https://${asked.headers.host}/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
    };
    answer.setHeader('content-type', 'application/json').end(JSON.stringify(asked.url === '/keys' ? { keys } : facts));
  },
).listen(0, '127.0.0.1');

/** An identity token with these claims. */
function token(claims) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part({ iat: now, nbf: now, exp: now + 600, ...claims })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

createServer((asked, answer) => {
  const { pathname, searchParams } = new URL(asked.url, 'http://localhost');
  if (pathname === '/token') {
    const [, claims] = asked.headers.authorization.split(' ');
    const aud = searchParams.get('audience');
    answer
      .setHeader('connection', 'close')
      .end(JSON.stringify({ value: token({ ...JSON.parse(Buffer.from(claims, 'base64')), aud }) }));
    return;
  }
  try {
    answer.end(readFileSync(join(folder, normalize(pathname))));
  } catch {
    answer.writeHead(404).end();
  }
})
  .on('connect', (_, socket) => {
    const tunnel = connect(issuers.address().port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(tunnel).pipe(socket);
    });
    for (const end of [socket, tunnel]) end.on('error', () => {});
  })
  .listen(Number(port), '127.0.0.1');
