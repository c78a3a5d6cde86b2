/** A registry on loopback that wants a user and a password, as Debian packages it. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, scratch, serving } from './world.ts';

/** `me:pa55-w0rd`, as htpasswd -B writes it. */
export const htpasswd = 'me:$2y$05$pjaIfbMvTnOEBKImoic31eBdDDjO6WY0Vc7CjDOb7l1rtmrIIB8WC\n';
export const credentials = { REGISTRY_USER: 'me', REGISTRY_PASSWORD: 'pa55-w0rd' };

/**
 * Starts it; `server` is its HOST:PORT. It speaks plain HTTP, which oras does to localhost.
 * @param maxBlocks the most that one of its files may have, in blocks of 512 bytes, as on a disk that is full.
 */
export async function startRegistry({
  maxBlocks,
}: {
  maxBlocks?: number;
} = {}): Promise<{ server: string; stop: () => Promise<unknown> }> {
  const port = await freePort();
  const server = `localhost:${port}`;
  const state = mkdtempSync(join(scratch, 'registry-'));
  mkdirSync(join(state, 'data'));
  writeFileSync(join(state, 'htpasswd'), htpasswd);
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(state, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: 'test', path: join(state, 'htpasswd') } },
  };
  writeFileSync(join(state, 'config.json'), JSON.stringify(config));
  const limit = maxBlocks === undefined ? '' : `ulimit -f ${maxBlocks}; `;
  const stop = await serving(
    'sh',
    ['-c', `${limit}exec docker-registry serve "$0"`, join(state, 'config.json')],
    state,
    `http://${server}/v2/`,
  );
  return { server, stop };
}
