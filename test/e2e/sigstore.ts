/**
 * A Sigstore of our own: fulcio with the configuration of the public instance, a certificate log (tesseract), a signature log
 * (rekor) and a timestamp authority, all on loopback, and a TUF repository by which cosign learns of them.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ok, scratch, toolsFolder } from '../support/programs.ts';
import { serving } from './world.ts';

export const sigstoreTools = ['fulcio', 'rekor-server', 'timestamp-server', 'tesseract', 'cosign', 'openssl'];

/** The claims of an identity token, without those about its time. */
export type Claims = Record<string, string> & { iss: string };

export interface Sigstore {
  /** With this, cosign uses this Sigstore for the public one. */
  env: { TUF_ROOT: string };
  /** With this, cosign takes itself for a job of GitHub's whose identity token has these claims. */
  github(claims: Claims): Record<string, string>;
  /** An identity token with these claims for `sigstore`. */
  token(claims: Claims): Promise<string>;
  stop: () => Promise<unknown>;
}

export async function startSigstore(): Promise<Sigstore> {
  const servers: Stop[] = [];
  const stop = () => Promise.all(servers.map((one) => one()));
  try {
    return { ...(await started(servers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Stop = () => Promise<unknown>;

/** Starts the servers, and adds what stops each to the list. */
async function started(servers: Stop[]): Promise<Omit<Sigstore, 'stop'>> {
  const folder = mkdtempSync(join(scratch, 'sigstore-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => ok('openssl', words, folder);
  const start = async (
    path: string,
    command: string,
    args: (port: string, ...others: string[]) => string[],
    env: NodeJS.ProcessEnv = {},
  ) => {
    const [port = '', ...others] = (await Promise.all([freePort(), freePort(), freePort()])).map(String);
    const url = `http://localhost:${port}`;
    servers.push(await serving(command, args(port, ...others), folder, `${url}${path}`, env));
    return url;
  };
  const fetched = async (url: string, name: string) => {
    writeFileSync(at(name), await (await fetch(url)).text());
    return at(name);
  };

  // Fulcio asks the real names of its issuers, so they need certificates.
  const config = readFileSync(join(toolsFolder, 'fulcio.yaml'), 'utf8');
  const names = new Set([...config.matchAll(/^ +issuer-url: https:\/\/([^/\s]+)/gm)].map(([, name]) => `DNS:${name}`));
  openssl('genrsa', '-out', 'key.pem', '2048');
  openssl(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tls-key.pem', '-out', 'tls.pem', '-days', '1'],
    ...['-subj', '/CN=issuers', '-addext', `subjectAltName=${[...names].join()}`],
  );
  const script = join(import.meta.dirname, 'identities.mjs');
  const identities = await start('/', 'node', (port) => [script, port, folder]);

  const ctPort = await freePort();
  const ctUrl = `http://localhost:${ctPort}`;
  const fulcio = await start(
    '/healthz',
    'fulcio',
    (port, grpc = '', metrics = '') => [
      ...['serve', '--host', '127.0.0.1', '--port', port, '--grpc-host', '127.0.0.1', '--grpc-port', grpc],
      ...['--metrics-port', metrics, '--ca', 'ephemeralca', '--ct-log-url', ctUrl],
      ...['--config-path', join(toolsFolder, 'fulcio.yaml'), '--legacy-unix-domain-socket', `@${folder}`],
    ],
    { HTTPS_PROXY: identities, SSL_CERT_FILE: at('tls.pem') },
  );
  const root = await fetched(`${fulcio}/api/v1/rootCert`, 'fulcio.pem');
  generate('ct.pem');
  const log = [
    ...['--private_key', 'ct.pem', '--origin', 'localhost', '--storage_dir', at('ct'), '--roots_pem_file', root],
    ...['--ext_key_usages', 'CodeSigning', '--http_endpoint', `127.0.0.1:${ctPort}`],
  ];
  servers.push(await serving('tesseract', log, folder, ctUrl));
  generate('rekor.pem');
  const rekor = await start('/healthz', 'rekor-server', (port, grpc = '', metrics = '') => [
    ...['serve', '--http-port', port, '--grpc-port', grpc, '--http-metrics-port', metrics, '--hostname', 'localhost'],
    ...['--storage-dir', at('rekor'), '--signer-filepath', at('rekor.pem'), '--checkpoint-interval', '1s'],
  ]);
  const tsa = await start('/ping', 'timestamp-server', (port) => [
    ...['serve', '--host', '127.0.0.1', '--port', port, '--disable-ntp-monitoring'],
  ]);
  const chain = await fetched(`${tsa}/api/v1/timestamp/certchain`, 'tsa.pem');

  const since = 'start-time=2020-01-01T00:00:00Z';
  const service = (url: string, version: number) => `url=${url},api-version=${version},${since},operator=here`;
  mkdirSync(at('tuf/targets'), { recursive: true });
  ok(
    'cosign',
    [
      ...['signing-config', 'create', '--out', 'tuf/targets/signing_config.v0.2.json'],
      ...['--fulcio', service(fulcio, 1), '--rekor', service(rekor, 2), '--rekor-config', 'ANY'],
      ...['--tsa', service(`${tsa}/api/v1/timestamp`, 1), '--tsa-config', 'ANY'],
    ],
    folder,
  );
  ok(
    'cosign',
    [
      ...['trusted-root', 'create', '--out', 'tuf/targets/trusted_root.json'],
      ...['--fulcio', `url=${fulcio},certificate-chain=${root}`],
      ...['--ctfe', `url=${ctUrl},public-key=${at('ct.pem.pub')},${since}`],
      ...['--rekor', `url=${rekor},public-key=${at('rekor.pem.pub')},${since}`],
      ...['--tsa', `url=${tsa},certificate-chain=${chain}`],
    ],
    folder,
  );
  publish(at('tuf'));
  const env = { TUF_ROOT: at('trusted') };
  ok('cosign', ['initialize', '--mirror', `${identities}/tuf`, '--root', at('tuf/root.json')], folder, env);

  const github = (claims: Claims) => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${identities}/token?api-version=2`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: Buffer.from(JSON.stringify(claims)).toString('base64'),
  });
  return {
    env,
    github,
    async token(claims) {
      const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = github(claims);
      const answer = await fetch(`${url}&audience=sigstore`, { headers: { authorization: `bearer ${token}` } });
      return ((await answer.json()) as { value: string }).value;
    },
  };

  /** A private key, and its public half beside it. */
  function generate(name: string) {
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', name);
    openssl('ec', '-in', name, '-pubout', '-out', `${name}.pub`);
  }
}

/** Signs the files of a folder's `targets` as a TUF repository with one key: https://theupdateframework.github.io/specification/latest */
function publish(folder: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const key = { keytype: 'ed25519', keyval: { public: raw }, scheme: 'ed25519' };
  const hash = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
  const keyid = hash(canonical(key));
  const role = { keyids: [keyid], threshold: 1 };
  const write = (type: string, rest: object) => {
    const expires = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, '');
    const signed = { _type: type, spec_version: '1.0.31', version: 1, expires, ...rest };
    const sig = sign(null, Buffer.from(canonical(signed)), privateKey).toString('hex');
    writeFileSync(join(folder, `${type}.json`), JSON.stringify({ signatures: [{ keyid, sig }], signed }));
  };
  const described = (path: string) => {
    const content = readFileSync(join(folder, path));
    return { length: content.length, hashes: { sha256: hash(content) } };
  };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  write('root', { consistent_snapshot: false, keys: { [keyid]: key }, roles });
  write('targets', {
    targets: Object.fromEntries(
      ['signing_config.v0.2.json', 'trusted_root.json'].map((name) => [name, described(`targets/${name}`)]),
    ),
  });
  write('snapshot', { meta: { 'targets.json': { version: 1 } } });
  write('timestamp', { meta: { 'snapshot.json': { version: 1 } } });
}

/** JSON as TUF signs it: keys in order, no spaces. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join()}}`;
}
