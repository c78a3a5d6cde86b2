/** `generator-wasm serve`: a stand-in for WAGI 0.8.1, with its options. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { Pool } from './pool.ts';
import { Refusal } from './refusal.ts';
import { wagiServer } from './server.ts';

const help = `Usage: generator-wasm serve [OPTION...]

Serves the modules of a modules.toml over HTTP, as WAGI 0.8.1 does.

  -c, --config FILE      The routes and their modules. Default: modules.toml
  -l, --listen ADDRESS   Where to listen. Default: 127.0.0.1:3000
  -e, --env NAME=VALUE   A variable that every module sees; may be repeated
      --env-file FILE    Such variables, one in each line; may be repeated
      --timeout SECONDS  How long a module may run. Default: 30
  -h, --help             This text`;

const options = {
  config: { type: 'string', short: 'c', default: 'modules.toml' },
  listen: { type: 'string', short: 'l', default: '127.0.0.1:3000' },
  env: { type: 'string', short: 'e', multiple: true, default: [] as string[] },
  'env-file': { type: 'string', multiple: true, default: [] as string[] },
  timeout: { type: 'string', default: '30' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Serves until it is interrupted. Gives the exit code; a user's mistake is a sentence on standard error. */
export async function serve(argv: string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`Error: ${error.message}`);
    return 1;
  }
}

async function run(argv: string[]): Promise<number> {
  const values = readArguments(argv);
  if (values.help) {
    console.log(help);
    return 0;
  }
  const variables = readVariables(values.env, values['env-file']);
  const { hostname, port } = readAddress(values.listen);
  const limit = Number(values.timeout) * 1000;
  if (!(limit > 0 && limit <= 86_400_000))
    throw new Refusal(`--timeout '${values.timeout}' is no number of seconds up to 86400. Write --timeout 30.`);
  const handlers = readConfig(values.config);

  const pool = new Pool(
    handlers.map(({ module }) => module),
    availableParallelism(),
    limit,
  );
  const server = wagiServer({
    handlers,
    pool,
    variables,
    listen: values.listen,
    log: (text) => process.stderr.write(text),
  });
  try {
    server.listen(port, hostname);
    await once(server, 'listening');
  } catch (error) {
    await pool.close();
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : message;
    throw new Refusal(`Cannot listen at '${values.listen}': ${why}. Choose another place with --listen.`);
  }
  const { port: real } = server.address() as AddressInfo;
  const url = `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${real}`;
  console.log([`Serving ${url}`, ...handlers.map(({ route, path }) => `  ${route}  ${path}`)].join('\n'));

  await interrupted();
  // What is being answered may end; a second signal does not wait for it.
  server.close();
  server.closeIdleConnections();
  await Promise.race([once(server, 'close'), interrupted()]);
  await pool.close();
  server.closeAllConnections();
  return 0;
}

const interrupted = () => Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

function readArguments(argv: string[]) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: false }).values;
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split('. ')[0]}. See generator-wasm serve --help.`);
  }
}

/** `127.0.0.1:3000` or `[::1]:3000`; port 0 takes any that is free. */
function readAddress(listen: string): { hostname: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(listen) ?? [];
  const hostname = bracketed ?? plain;
  if (!hostname || Number(port) > 65_535)
    throw new Refusal(`--listen '${listen}' is no address with a port. Write --listen 127.0.0.1:3000.`);
  return { hostname, port: Number(port) };
}

/** Those of the command line win over those of the files; quotes around a value are no part of it. */
function readVariables(texts: readonly string[], files: readonly string[]): Map<string, string> {
  const lines = files.flatMap((file) => {
    try {
      return readFileSync(file, 'utf8').split(/\r?\n/);
    } catch (error) {
      throw new Refusal(
        `--env-file '${file}' cannot be read (${(error as NodeJS.ErrnoException).code}). Name another.`,
      );
    }
  });
  const given = lines.map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  return new Map(
    [...given, ...texts].map((text) => {
      const [, name, , quoted, plain] = /^([^=]+)=(?:(["'])(.*)\2|(.*))$/s.exec(text) ?? [];
      // The value is not told: it may be a secret.
      if (!name) throw new Refusal(`A variable has no '=' after its name. Write --env NAME=VALUE.`);
      return [name, quoted ?? plain ?? ''];
    }),
  );
}
