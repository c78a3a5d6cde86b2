/** verdaccio, a registry of npm, on loopback: empty at the start, with what this machine's registry has behind it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, freePort, ok, scratch } from '../support/programs.ts';

/** Starts it; gives back a configuration of npm for a user who may publish, and what stops it. */
export async function startNpmRegistry(): Promise<{ npmrc: string; stop: () => Promise<unknown> }> {
  const folder = mkdtempSync(join(scratch, 'verdaccio-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const behind = ok('npm', ['config', 'get', 'registry'], scratch).trim();
  writeFileSync(
    join(folder, 'config.yaml'),
    JSON.stringify({
      storage: './storage',
      auth: {},
      uplinks: { behind: { url: behind } },
      packages: {
        'generator-wasm': { access: '$all', publish: '$anonymous' },
        '**': { access: '$all', proxy: 'behind' },
      },
      log: { type: 'stdout', format: 'pretty', level: 'fatal' },
    }),
  );
  // npm publishes only with a token, of which this registry asks nothing.
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=of-the-test\n`);
  const server = spawn('verdaccio', ['--config', join(folder, 'config.yaml'), '--listen', `127.0.0.1:${port}`], {
    env: environment,
    stdio: 'inherit',
  });
  for (let tries = 0; ; tries++)
    try {
      await fetch(`${url}-/ping`);
      break;
    } catch (error) {
      if (tries === 300 || server.exitCode !== null) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  return {
    npmrc,
    stop: async () => {
      server.kill();
      if (server.exitCode === null) await once(server, 'exit');
    },
  };
}
