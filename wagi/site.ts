/** Builds what is served: loads and compiles modules, starts workers, asks modules for routes. */
import { appendFile, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bindles, readBindle } from './bindle.ts';
import type { Body } from './body.ts';
import { type Cache, sha256 } from './cache.ts';
import { Caller, joinRoutes, parseRoute, type Route } from './cgi.ts';
import { defaultEntrypoint, type Entry, readConfig } from './config.ts';
import { Gathered } from './gathered.ts';
import { type Compiled, compile, fileOf, load } from './modules.ts';
import { Pool } from './pool.ts';
import { Refusal } from './refusal.ts';
import { type Send, sender } from './sender.ts';
import type { Handler, Site } from './server.ts';
import { warmUp, warmUpProgram } from './warm-up.ts';

export interface SiteOptions {
  /** A modules.toml or a bindle. */
  from: { config: string } | { bindle: string };
  /** The folder that contains all volumes. */
  root: string;
  /** Environment variables for every module. */
  variables: ReadonlyMap<string, string>;
  cache: Cache;
  bindles: Bindles | undefined;
  insecure: readonly string[];
  /** The minimum number of workers. */
  workers: number;
  /** The timeout of a run, in milliseconds. */
  timeout: number;
  /** The memory limit of a module, in pages. */
  memory: number;
  /** The folder for logs of standard error; without one they go to `errors`. */
  logFolder: string | undefined;
  errors(text: Buffer): void;
}

/** What is served, and the files it was loaded from. */
export interface LoadedSite extends Site {
  files: readonly string[];
}

/** Throws a Refusal if a part cannot be served. */
export async function openSite(options: SiteOptions): Promise<LoadedSite> {
  const { entries, bytes } = await read(options);
  const compiled = new Map<string, Promise<Compiled>>();
  const programs: (Compiled & { volumes: Entry['volumes']; maxResponses: number })[] = [];
  for (const entry of entries) {
    const key = `${entry.module}\0${entry.bindleServer ?? ''}`;
    const one =
      compiled.get(key) ?? bytes(entry).then((module) => refused(entry, () => compile(module, options.memory)));
    compiled.set(key, one);
    const program = await one;
    if (!program.exports.includes(entry.entrypoint))
      throw new Refusal(
        `${entry.place}: the module '${entry.module}' exports no function '${entry.entrypoint}'. ${
          entry.entrypoint === defaultEntrypoint ? 'Build a program, not a library.' : 'Name another entrypoint.'
        }`,
      );
    if (program.unfit.includes(entry.entrypoint))
      throw new Refusal(
        `${entry.place}: the function '${entry.entrypoint}' of the module '${entry.module}' has parameters or results. Export a function without them.`,
      );
    programs.push({ ...program, volumes: entry.volumes, maxResponses: entry.maxResponses ?? Number.POSITIVE_INFINITY });
  }

  const variables = [...options.variables, ...entries.flatMap(({ environment }) => [...environment])];
  const pool = new Pool({
    // Workers do not need the lists of exports.
    programs: [...programs.map(({ exports, unfit, ...program }) => program), warmUpProgram()],
    size: options.workers,
    limit: options.timeout,
    variables: 3 * variables.reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0),
  });
  try {
    const handlers: Handler[] = [];
    for (const [index, entry] of entries.entries()) {
      const make = handlerMaker(entry, index, options);
      if (programs[index]?.exports.includes('_routes'))
        for (const { route, entrypoint } of (await askRoutes(pool, index, entry, options)).reverse()) {
          if (!programs[index]?.exports.includes(entrypoint))
            throw new Refusal(
              `${entry.place}: the module '${entry.module}' declares the route '${route.route}' for a function '${entrypoint}' that it does not export. Export it.`,
            );
          handlers.push(make(joinRoutes(entry.route, route), entrypoint));
        }
      handlers.push(make(entry.route, entry.entrypoint));
    }
    await warmUp(pool, programs.length);
    return { handlers, pool, files: filesOf(options, entries) };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function read(options: SiteOptions): Promise<{ entries: Entry[]; bytes: (entry: Entry) => Promise<Uint8Array> }> {
  if ('config' in options.from)
    return { entries: readConfig(options.from.config, options.root), bytes: (entry) => load(entry, options) };
  if (!options.bindles) throw new Error('a bindle comes from somewhere');
  const { entries, modules } = await readBindle(options.from.bindle, options.bindles, options.cache);
  return { entries, bytes: async ({ module }) => modules.get(module) ?? new Uint8Array() };
}

const filesOf = ({ from }: SiteOptions, entries: readonly Entry[]): string[] =>
  'config' in from ? [from.config, ...entries.flatMap(({ module }) => fileOf(module) ?? [])] : [];

async function refused<T>({ place, module }: Entry, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`${place}: the module '${module}' ${error.message}`) : error;
  }
}

function handlerMaker(entry: Entry, program: number, { variables, logFolder, errors }: SiteOptions) {
  const send: Send = sender(entry.allowedHosts);
  return (route: Route, entrypoint: string): Handler => ({
    ...route,
    name: entry.module,
    program,
    caller: new Caller(route, entrypoint, entry.argv, new Map([...entry.environment, ...variables])),
    send,
    errors: logFolder === undefined ? errors : logTo(join(logFolder, sha256(route.route)), errors),
  });
}

/** The path in which WAGI logs the standard error of a route's module. */
function logTo(folder: string, errors: (text: Buffer) => void): (text: Buffer) => void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Refusal(`--log-dir cannot be used (${(error as NodeJS.ErrnoException).code}). Name another folder.`);
  }
  const file = join(folder, 'module.stderr');
  const gathered = new Gathered((all) => appendFile(file, all, (error) => error && errors(all)));
  return (text) => gathered.add(text);
}

/** The most output of `_routes`, in bytes. */
const maxRoutes = 1 << 20;
const nothing: Body = { first: Buffer.alloc(0) };

/** Calls `_routes`, which prints a line `ROUTE FUNCTION` for each sub-route. */
function askRoutes(
  pool: Pool,
  program: number,
  { place, module }: Entry,
  { errors }: SiteOptions,
): Promise<{ route: Route; entrypoint: string }[]> {
  const refuse = (why: string) => new Refusal(`${place}: the module '${module}' ${why}`);
  const parts: Buffer[] = [];
  let size = 0;
  return new Promise((done, fail) =>
    pool.run({
      program,
      strings: '_routes\0',
      args: 0,
      env: 0,
      body: nothing,
      output(part, next) {
        parts.push(part);
        size += part.length;
        if (size <= maxRoutes) next();
        else
          fail(
            refuse(
              `writes more than ${maxRoutes >> 10} KiB in its function '_routes'. Let it write one line for each route.`,
            ),
          );
      },
      errors,
      send: sender(undefined),
      end(rest, failure) {
        if (failure) return fail(refuse(`fails in its function '_routes': ${failure}. Fix it.`));
        const lines = Buffer.concat([...parts, rest])
          .toString()
          .split(/\r?\n/)
          .filter((line) => line !== '');
        const wrong = lines.find((line) => line.trim().split(/\s+/).length !== 2);
        if (lines.length === 0 || wrong !== undefined)
          return fail(
            refuse(`writes '${wrong ?? ''}' in its function '_routes'. Write a line '/route function' for each.`),
          );
        done(
          lines.map((line) => {
            const [path = '', entrypoint = ''] = line.trim().split(/\s+/);
            return { route: parseRoute(path), entrypoint };
          }),
        );
      },
    }),
  );
}
