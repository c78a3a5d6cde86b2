/** `generator-wasm serve`: a stand-in for WAGI 0.8.1, with its options. */
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { parseArgs } from 'node:util';
import { AccessLog, Metrics, metricsServer } from './access.ts';
import { bindleFolder, bindleServer, defaultServer } from './bindle.ts';
import { Cache } from './cache.ts';
import { isServer } from './config.ts';
import { Gathered } from './gathered.ts';
import { keepHeapSmall } from './heap.ts';
import { Refusal } from './refusal.ts';
import { type Answered, type Site, wagiServer } from './server.ts';
import { type LoadedSite, openSite, type SiteOptions } from './site.ts';
import { readVariables } from './variables.ts';
import { Watcher } from './watch.ts';

const help = `Usage: generator-wasm serve [OPTION...]

Serves the modules of a modules.toml over HTTP, as WAGI 0.8.1 does.

  -c, --config FILE        The routes and their modules. Default: modules.toml
  -b, --bindle ID          A bindle to serve instead: example.com/hello/1.0.0
      --bindle-url URL     The Bindle server. Default: BINDLE_URL, or ${defaultServer}
      --bindle-path DIR    A folder of standalone bindles instead of a server
      --module-cache DIR   The folder for downloaded modules. Default: a temporary folder
      --insecure REGISTRY  A registry to connect to without TLS; may be repeated
  -l, --listen ADDRESS     The address to listen on. Default: 127.0.0.1:3000
      --default-host NAME  Host name and port for requests without a Host header. Default: localhost:3000
      --tls-cert FILE      The certificate for HTTPS (PEM). Default: WAGI_TLS_CERT
      --tls-key FILE       The key of the certificate. Default: WAGI_TLS_KEY
  -e, --env NAME=VALUE...  Environment variables for every module; may be repeated
      --env-file FILE      A file of such variables, one in each line; may be repeated
      --root DIR           The folder that must contain all volumes. Default: the working directory
      --watch              Reload modules and routes when their files change
      --timeout SECONDS    How long a module may run. Default: 30
      --memory MIB         How much memory a module may use. Default: 256
      --workers N          The least number of worker threads. Default: the number of processors minus one
      --log-dir DIR        The folder for the standard error of modules, with a folder for each route.
                           Default: WAGI_LOG_DIR; without it, standard error
      --access-log FILE    Append a line for each request, in the combined format; - is standard output
      --metrics ADDRESS    Serve metrics for Prometheus at http://ADDRESS/metrics
      --cache FILE         Ignored; accepted because WAGI has it
  -h, --help               Show this help

The answer is 500 if a module runs too long, runs out of memory, traps or calls proc_exit. Ctrl-C stops the server after
the running requests, at the latest after --timeout; a second Ctrl-C stops it at once.`;

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true, default: [] as string[] } as const;
const options = {
  config: { ...text, short: 'c' },
  bindle: { ...text, short: 'b' },
  'bindle-url': text,
  'bindle-path': text,
  'module-cache': text,
  insecure: texts,
  listen: { ...text, short: 'l', default: '127.0.0.1:3000' },
  'default-host': { ...text, default: 'localhost:3000' },
  // WAGI's documentation uses the first name, its program the second.
  hostname: text,
  'tls-cert': text,
  'tls-key': text,
  env: { ...texts, short: 'e' },
  'env-file': texts,
  root: { ...text, default: '.' },
  watch: { type: 'boolean', default: false },
  timeout: { ...text, default: '30' },
  memory: { ...text, default: '256' },
  workers: text,
  'log-dir': text,
  'access-log': text,
  metrics: text,
  cache: text,
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof readArguments>['values'];

/**
 * Serves until it is interrupted; returns the exit code. User errors are printed to standard error.
 * @param temporary makes an empty folder that is removed when the process ends, or by the next one
 */
export async function serve(argv: string[], temporary: () => string): Promise<number> {
  keepHeapSmall();
  try {
    return await run(argv, temporary);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`Error: ${error.message}`);
    return 1;
  }
}

async function run(argv: string[], temporary: () => string): Promise<number> {
  const { values, positionals } = readArguments(argv);
  if (values.help) {
    console.log(help);
    return 0;
  }
  const variables = readVariables([...values.env, ...positionals], values['env-file']);
  const listen = readAddress('--listen', values.listen);
  const metricsAt = values.metrics === undefined ? undefined : readAddress('--metrics', values.metrics);
  const tls = readTls(values);

  // A log that cannot be written, because a disk is full or a pipe is closed, ends no request.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const errors = new Gathered((all) => process.stderr.write(all));
  const closing: (() => unknown)[] = [() => errors.flush()];
  try {
    const cache = values['module-cache'] ?? temporary();
    const siteOptions = readSiteOptions(values, variables, cache, (part) => errors.add(part));
    const current = { site: await openSite(siteOptions) };
    closing.unshift(() => current.site.pool.close());

    const metrics = new Metrics();
    const access = values['access-log'] === undefined ? undefined : openAccessLog(values['access-log']);
    if (access) closing.push(() => access.close());
    const listeners = [...(metricsAt ? [metrics] : []), ...(access ? [access] : [])];
    const server = wagiServer({
      site: () => current.site,
      defaultHost: values.hostname ?? values['default-host'],
      tls,
      // Logs keep the order of events.
      log: (line) => errors.add(Buffer.from(`${line}\n`)),
      answered: listeners.length > 0 ? (answer: Answered) => listeners.map((one) => one.answered(answer)) : undefined,
    });
    const url = await open(server, '--listen', listen, tls ? 'https' : 'http');
    closing.unshift(() => server.close().closeAllConnections());
    const said = [`Serving ${url}`, ...routesOf(current.site)];
    if (metricsAt) {
      const other = metricsServer(metrics, () => current.site);
      said.push(`Metrics at ${await open(other, '--metrics', metricsAt, 'http')}/metrics`);
      closing.unshift(() => other.close());
    }
    if (values.watch) {
      const watcher = reloading(current, siteOptions, metrics);
      closing.unshift(() => watcher.close());
    }
    // A program that reads this may change a file or send a signal at once.
    const stopped = interrupted();
    console.log(said.join('\n'));

    await stopped;
    // Running requests may finish; a second signal ends them. A client that has sent half a request is not waited for longer.
    server.close();
    server.closeIdleConnections();
    await Promise.race([once(server, 'close'), interrupted(), delay(siteOptions.timeout, undefined, { ref: false })]);
    return 0;
  } finally {
    for (const close of closing) await close();
  }
}

/** The options of a site, from the flags. */
function readSiteOptions(
  values: Values,
  variables: SiteOptions['variables'],
  cache: string,
  errors: SiteOptions['errors'],
): SiteOptions {
  return {
    ...readSource(values),
    root: readFolder('--root', values.root),
    variables,
    cache: openCache(cache),
    insecure: values.insecure,
    workers: values.workers === undefined ? defaultWorkers() : readNumber('--workers', values.workers, 256),
    timeout: 1000 * readSeconds(values.timeout),
    memory: 16 * readNumber('--memory', values.memory, 4096),
    logFolder: values['log-dir'] ?? process.env.WAGI_LOG_DIR,
    errors,
  };
}

const routesOf = (site: Site): string[] => site.handlers.map(({ route, name }) => `  ${route}  ${name}`);

/** Loads the site again when one of its files changes. If that fails, the loaded one is still served. */
function reloading(current: { site: LoadedSite }, options: SiteOptions, metrics: Metrics) {
  let closing = false;
  const reload = async () => {
    if (closing) return;
    try {
      // A build may have removed and made folders. What changes while the site loads is loaded next.
      watcher.watch(current.site.files);
      const before = current.site;
      current.site = await openSite(options);
      void before.pool.drain();
      metrics.reloaded();
      console.log(['Reloaded', ...routesOf(current.site)].join('\n'));
      if (!closing) watcher.watch(current.site.files);
    } catch (error) {
      const why = error instanceof Refusal ? error.message : `${(error as Error).stack}\n`;
      console.error(`Error: ${why} The previous version is still served.`);
    }
  };
  // Reloads run one after the other: a change during a reload is loaded next.
  let loading = Promise.resolve();
  const watcher = new Watcher(() => {
    loading = loading.then(reload);
  });
  watcher.watch(current.site.files);
  return {
    /** Waits for a reload, whose workers would outlive the server. */
    async close() {
      closing = true;
      watcher.close();
      await loading;
    },
  };
}

/** The accepting thread needs as much CPU as a worker with short runs. */
const defaultWorkers = (): number => Math.max(1, availableParallelism() - 1);

const interrupted = () => Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

function readArguments(argv: string[]) {
  const read = () => {
    try {
      return parseArgs({ args: argv, options, allowPositionals: true });
    } catch (error) {
      throw new Refusal(`${(error as Error).message.split('. ')[0]}. See generator-wasm serve --help.`);
    }
  };
  const parsed = read();
  // One --env may be followed by several variables.
  const [stray] = parsed.values.env.length > 0 ? [] : parsed.positionals;
  if (stray !== undefined) throw new Refusal(`Unexpected argument '${stray}'. See generator-wasm serve --help.`);
  return parsed;
}

/** `127.0.0.1:3000` or `[::1]:3000`; port 0 is any free port. */
function readAddress(option: string, address: string): { hostname: string; port: number; address: string } {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(address) ?? [];
  const hostname = bracketed ?? plain;
  if (!hostname || Number(port) > 65_535)
    throw new Refusal(`${option} '${address}' is not an address with a port. Write ${option} 127.0.0.1:3000.`);
  return { hostname, port: Number(port), address };
}

async function open(
  server: Server,
  option: string,
  { hostname, port, address }: ReturnType<typeof readAddress>,
  scheme: string,
): Promise<string> {
  try {
    server.listen(port, hostname);
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program uses this port' : message;
    throw new Refusal(`Cannot listen at '${address}': ${why}. Choose another address with ${option}.`);
  }
  const { port: real } = server.address() as AddressInfo;
  return `${scheme}://${hostname.includes(':') ? `[${hostname}]` : hostname}:${real}`;
}

function readSeconds(timeout: string): number {
  const seconds = Number(timeout);
  if (!(seconds > 0 && seconds <= 86_400))
    throw new Refusal(`--timeout '${timeout}' is not a number of seconds up to 86400. Write --timeout 30.`);
  return seconds;
}

function readNumber(option: string, given: string, most: number): number {
  const number = Number(given);
  if (!(Number.isInteger(number) && number > 0 && number <= most))
    throw new Refusal(`${option} '${given}' is not a whole number from 1 to ${most}. See generator-wasm serve --help.`);
  return number;
}

function readFolder(option: string, folder: string): string {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Refusal(`${option} '${folder}' is not a folder. Name an existing one.`);
  return folder;
}

function openCache(folder: string): Cache {
  try {
    return new Cache(folder);
  } catch (error) {
    throw new Refusal(
      `--module-cache '${folder}' cannot be made (${(error as NodeJS.ErrnoException).code}). Name another.`,
    );
  }
}

/** As in WAGI: either a modules.toml or a bindle, which comes from a server or a folder. */
function readSource(values: Values): Pick<SiteOptions, 'from' | 'bindles'> {
  const { config, bindle, 'bindle-path': folder } = values;
  const url = values['bindle-url'] ?? process.env.BINDLE_URL;
  if (url !== undefined && !isServer(url))
    throw new Refusal(`The Bindle server '${url}' is not a URL. Write --bindle-url ${defaultServer}.`);
  if (bindle === undefined) {
    if (folder !== undefined) throw new Refusal('--bindle-path needs the name of a bindle. Pass it with --bindle.');
    return { from: { config: config ?? 'modules.toml' }, bindles: url === undefined ? undefined : bindleServer(url) };
  }
  if (config !== undefined) throw new Refusal('--config and --bindle were both given. Pass only one of them.');
  if (folder !== undefined && values['bindle-url'] !== undefined)
    throw new Refusal('--bindle-path and --bindle-url were both given. Pass only one of them.');
  return {
    from: { bindle: bindle.replace(/^bindle:/, '') },
    bindles:
      folder === undefined ? bindleServer(url ?? defaultServer) : bindleFolder(readFolder('--bindle-path', folder)),
  };
}

function readTls(values: Values): { cert: Buffer; key: Buffer } | undefined {
  const cert = values['tls-cert'] ?? process.env.WAGI_TLS_CERT;
  const key = values['tls-key'] ?? process.env.WAGI_TLS_KEY;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new Refusal('HTTPS needs both a certificate and its key. Name them with --tls-cert and --tls-key.');
  const read = (option: string, file: string) => {
    try {
      return readFileSync(file);
    } catch (error) {
      throw new Refusal(`${option} '${file}' cannot be read (${(error as NodeJS.ErrnoException).code}). Name another.`);
    }
  };
  const pair = { cert: read('--tls-cert', cert), key: read('--tls-key', key) };
  try {
    createSecureContext(pair);
  } catch (error) {
    const { reason, message } = error as Error & { reason?: string };
    throw new Refusal(
      `'${cert}' and '${key}' cannot serve HTTPS (${reason ?? message}). Name a certificate and its key without a password, both in PEM.`,
    );
  }
  return pair;
}

const openAccessLog = (file: string): AccessLog =>
  new AccessLog(file, (error) => process.stderr.write(`The access log ${file} cannot be written (${error.code}).\n`));
