/** A registry on loopback that wants a user and a password, as Debian packages it. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, scratch } from '../support/programs.ts';
import { serving } from './world.ts';

/** `me:pa55-w0rd`, as htpasswd -B writes it. */
export const htpasswd = 'me:$2y$05$pjaIfbMvTnOEBKImoic31eBdDDjO6WY0Vc7CjDOb7l1rtmrIIB8WC\n';
export const credentials = { REGISTRY_USER: 'me', REGISTRY_PASSWORD: 'pa55-w0rd' };

/**
 * Starts it; `server` is its HOST:PORT. It speaks plain HTTP, which oras does to localhost.
 * @param open it wants no password.
 * @param maxBlocks the most that one of its files may have, in blocks of 512 bytes, as on a disk that is full.
 */
export async function startRegistry({
  maxBlocks,
  open = false,
}: {
  maxBlocks?: number;
  open?: boolean;
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
    ...(!open && { auth: { htpasswd: { realm: 'test', path: join(state, 'htpasswd') } } }),
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

/** One that answers 401 to every question about a repository that does not exist yet: hub.mjs in front of another. */
export async function startHub(): Promise<{ server: string; stop: () => Promise<unknown> }> {
  const behind = await startRegistry({ open: true });
  const port = await freePort();
  const server = `localhost:${port}`;
  const script = join(import.meta.dirname, 'hub.mjs');
  const stop = await serving('node', [script, String(port), behind.server], scratch, `http://${server}/token`);
  return { server, stop: () => Promise.all([stop(), behind.stop()]) };
}
