/** Reads modules.toml; errors name the line. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { parseRoute, type Route } from './cgi.ts';
import { Refusal } from './refusal.ts';
import { allowsAll } from './sender.ts';

/** A route with its module reference. */
export interface Entry {
  route: Route;
  /** A path, or a reference with `file:`, `oci:` or `bindle:`. */
  module: string;
  entrypoint: string;
  argv?: string;
  volumes: readonly (readonly [guest: string, host: string])[];
  environment: ReadonlyMap<string, string>;
  /** URLs of servers that the module may send requests to; none if absent. */
  allowedHosts?: readonly string[];
  maxResponses?: number;
  bindleServer?: string;
  /** `modules.toml:4`, for later error messages. */
  place: string;
}

export const defaultEntrypoint = '_start';

type Table = Record<string, unknown>;

/** `root`: the folder that contains all volumes. Relative paths start at the working directory, as in WAGI. */
export function readConfig(file: string, root: string): Entry[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new Refusal(`${file} is not UTF-8. Save it as UTF-8.`);
    throw new Refusal(`${file} cannot be read (${code}). Name another with --config.`);
  }
  const entries = parseToml(file, text);
  const places = new Map<string, { number: number; line: number }>();
  return entries.map((entry, index) => {
    const reader = new Reader(file, text, entry, index + 1);
    const one = readEntry(reader, root);
    const { number, line } = places.get(one.route.route) ?? {};
    if (number)
      throw reader.refusal(
        'route',
        `the route '${one.route.route}' is already used by [[module]] number ${number} at line ${line}. Give each module a route of its own.`,
      );
    places.set(one.route.route, { number: index + 1, line: reader.line('route') });
    return one;
  });
}

function parseToml(file: string, text: string): Table[] {
  let data: Table;
  try {
    data = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = error.message.replace(/^Invalid TOML document: /, '').split('\n')[0];
    throw new Refusal(`${file}:${error.line}: not valid TOML: ${why}.`);
  }
  const { module: entries, ...rest } = data;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    const line = lineOf(text.split('\n'), 0, unknown);
    throw new Refusal(`${file}:${line}: unknown key '${unknown}'. Only [[module]] tables are allowed.`);
  }
  if (!Array.isArray(entries) || entries.length === 0 || !entries.every(isTable))
    throw new Refusal(`${file} has no module. Add a [[module]] table with 'route' and 'module'.`);
  return entries as Table[];
}

const known = 'route module entrypoint argv volumes environment allowed_hosts http_max_concurrency bindle_server'.split(
  ' ',
);

function readEntry(reader: Reader, root: string): Entry {
  const { entry, number } = reader;
  for (const key of Object.keys(entry))
    if (!known.includes(key))
      throw reader.refusal(
        key,
        `unknown key '${key}' in [[module]] number ${number}. Known keys: ${known.join(', ')}.`,
      );
  const { module } = entry;
  const route = readRoute(reader);
  if (typeof module !== 'string' || module === '')
    throw reader.refusal(
      'module',
      `'module' is missing in [[module]] number ${number}. Write module = "path/to/module.wasm".`,
    );
  const argv = reader.text('argv');
  const bindleServer = reader.text('bindle_server');
  if (bindleServer !== undefined && !isServer(bindleServer))
    throw reader.refusal(
      'bindle_server',
      `bindle_server = '${bindleServer}' is not a URL. Write it like "http://localhost:8080/v1".`,
    );
  const allowedHosts = readAllowedHosts(reader);
  const maxResponses = readMaxResponses(reader);
  return {
    route,
    module,
    entrypoint: reader.text('entrypoint') ?? defaultEntrypoint,
    volumes: reader.table('volumes').map(([guest, host]) => [guest, readVolume(reader, guest, host, root)]),
    environment: new Map(reader.table('environment').map((pair) => checkName(reader, pair))),
    ...(argv !== undefined && { argv }),
    ...(bindleServer !== undefined && { bindleServer }),
    ...(allowedHosts && { allowedHosts }),
    ...(maxResponses !== undefined && { maxResponses }),
    place: `${reader.file}:${reader.line('module')}`,
  };
}

function readRoute(reader: Reader): Route {
  const { route } = reader.entry;
  const refuse = (why: string) => reader.refusal('route', why);
  if (route === undefined) throw refuse(`'route' is missing in [[module]] number ${reader.number}. Write route = "/".`);
  const wrong = wrongRoute(route);
  if (wrong !== undefined) throw refuse(wrong);
  return parseRoute(route as string);
}

/** Why no request has this route, as the end of a message. */
export function wrongRoute(route: unknown): string | undefined {
  if (typeof route !== 'string' || !route.startsWith('/'))
    return `the route ${shown(route)} does not begin with a slash. Write route = "/".`;
  const bad = /[^\x21-\x7e]|[?#]/.exec(route)?.[0];
  if (bad) return `the route '${route}' has a ${shown(bad)}, which no request path has. Write it percent-encoded.`;
  if (route.replace(/\/\.\.\.$/, '').includes('...'))
    return `the route '${route}' has '...' in the wrong place: it is allowed only at the end, after a slash. Write '/path/...'.`;
  return undefined;
}

function readVolume(reader: Reader, guest: string, host: string, root: string): string {
  const refuse = (why: string) => reader.refusal('volumes', `the volume '${guest}' = '${host}' ${why}`);
  let real: string;
  try {
    real = realpathSync(resolve(host));
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code}). Make the folder first.`);
  }
  if (!statSync(real).isDirectory()) throw refuse('is not a folder. Name a folder.');
  const below = relative(realpathSync(root), real);
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below))
    throw refuse(`is outside the project, ${realpathSync(root)}. Name a folder in it, or one around both with --root.`);
  return real;
}

function readAllowedHosts(reader: Reader): string[] | undefined {
  const hosts = reader.entry.allowed_hosts;
  if (hosts === undefined) return undefined;
  if (!Array.isArray(hosts))
    throw reader.refusal(
      'allowed_hosts',
      `allowed_hosts is not a list. Write allowed_hosts = ["https://example.com"].`,
    );
  for (const host of hosts)
    if (typeof host !== 'string' || !isAllowedHost(host))
      throw reader.refusal(
        'allowed_hosts',
        `${shown(host)} in allowed_hosts is not a URL. Write it like "https://example.com".`,
      );
  return hosts;
}

export const isAllowedHost = (text: string): boolean =>
  text === allowsAll || (URL.canParse(text) && new URL(text).host !== '');

/** The URL of a Bindle server. */
export const isServer = (text: string): boolean => URL.canParse(text) && /^https?:\/\/[^/]/.test(text);

function readMaxResponses(reader: Reader): number | undefined {
  const count = reader.entry.http_max_concurrency;
  if (count === undefined || (Number.isSafeInteger(count) && (count as number) > 0)) return count as number | undefined;
  throw reader.refusal(
    'http_max_concurrency',
    `http_max_concurrency = ${shown(count)} is not a number above 0. Write http_max_concurrency = 10.`,
  );
}

function checkName(reader: Reader, [name, value]: [string, string]): [string, string] {
  if (name === '' || /[=\0]/.test(name) || value.includes('\0'))
    throw reader.refusal('environment', `the variable ${shown(name)} cannot be set. Choose a name without '='.`);
  return [name, value];
}

/** A reader of one [[module]] table that knows its line numbers. */
class Reader {
  readonly file: string;
  readonly entry: Table;
  /** Counted from 1. */
  readonly number: number;
  private readonly lines: string[];

  constructor(file: string, text: string, entry: Table, number: number) {
    this.file = file;
    this.lines = text.split('\n');
    this.entry = entry;
    this.number = number;
  }

  line(key: string): number {
    return lineOf(this.lines, this.number, key);
  }

  refusal(key: string, why: string): Refusal {
    return new Refusal(`${this.file}:${this.line(key)}: ${why}`);
  }

  text(key: string): string | undefined {
    const value = this.entry[key];
    if (value === undefined) return value;
    if (typeof value !== 'string' || value === '')
      throw this.refusal(key, `${key} = ${shown(value)} is not a string. Write it in quotes.`);
    // C strings end at a NUL.
    if (value.includes('\0')) throw this.refusal(key, `${key} = ${shown(value)} has a NUL in it. Leave it out.`);
    return value;
  }

  /** A table of strings. */
  table(key: string): [string, string][] {
    const value = this.entry[key] ?? {};
    if (!isTable(value))
      throw this.refusal(key, `${key} = ${shown(value)} is not a table. Write ${key} = {"a" = "b"}.`);
    const wrong = Object.entries(value).find(([, one]) => typeof one !== 'string');
    if (wrong) throw this.refusal(key, `${key} has ${shown(wrong[1])} for '${wrong[0]}', which is not a string.`);
    return Object.entries(value) as [string, string][];
  }
}

/**
 * The line of a key in the nth [[module]], or in the file for 0; the line of the table if the key is not found. Only for messages:
 * text that looks like a key inside a multi-line string would be taken for one.
 */
function lineOf(lines: readonly string[], nth: number, key: string): number {
  const header = /^\s*\[\[\s*["']?module["']?\s*\]\]/;
  let start = 0;
  for (let left = nth; left > 0; left--) {
    const next = lines.findIndex((line, index) => index >= start && header.test(line));
    if (next < 0) break;
    start = next + 1;
  }
  const name = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const wanted = new RegExp(
    `^\\s*(?:["']?${name}["']?\\s*[=.]|\\[{1,2}\\s*(?:module\\s*\\.\\s*)?["']?${name}["']?\\s*\\])`,
  );
  for (let index = start; index < lines.length && !(nth > 0 && header.test(lines[index] ?? '')); index++)
    if (wanted.test(lines[index] ?? '')) return index + 1;
  return Math.max(start, 1);
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const shown = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : typeof value === 'number' ? String(value) : JSON.stringify(value);
