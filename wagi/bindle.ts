/**
 * Reads bindles from a server or a folder, as WAGI does: an invoice lists parcels, which are modules with a route or files for
 * them.
 * The protocol: https://github.com/deislabs/bindle/blob/main/docs/protocol-spec.md
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { parse } from 'smol-toml';
import { type Cache, sha256 } from './cache.ts';
import { parseRoute } from './cgi.ts';
import { defaultEntrypoint, type Entry, isAllowedHost, wrongRoute } from './config.ts';
import { fetchBytes, maxManifest, maxModule, objectOf, textOf } from './fetching.ts';
import { Refusal } from './refusal.ts';

const wasm = 'application/wasm';
export const defaultServer = 'http://localhost:8080/v1';

/** The used parts of a parcel. */
interface Parcel {
  name: string;
  sha256: string;
  mediaType: string;
  /** `feature.wagi` of its label. */
  wagi: Record<string, string>;
  memberOf: string[];
  requires: string[];
}

/** A source of bindles. Both functions return undefined if there is none. */
export interface Bindles {
  /** For messages. */
  name: string;
  invoice(id: string): Promise<string | undefined>;
  parcel(id: string, hash: string): Promise<Uint8Array | undefined>;
}

/** A server, by its URL with the version: `http://localhost:8080/v1`. */
export function bindleServer(url: string): Bindles {
  const base = url.replace(/\/+$/, '');
  const get = async (path: string, accept: string, most: number) => {
    const where = { most, who: `the Bindle server ${base}`, hint: 'Name another with --bindle-url.' };
    const { status, bytes } = await fetchBytes(`${base}/_i/${path}`, { accept }, where);
    return status === 200 ? bytes : undefined;
  };
  const path = (id: string) => id.split('/').map(encodeURIComponent).join('/');
  return {
    name: base,
    invoice: async (id) => {
      const bytes = await get(path(id), 'application/toml', maxManifest);
      return bytes && Buffer.from(bytes).toString();
    },
    parcel: (id, hash) => get(`${path(id)}@${hash}`, '*/*', maxModule),
  };
}

/** A folder of standalone bindles. */
export function bindleFolder(folder: string): Bindles {
  const read = (...names: string[]) => {
    try {
      return readFileSync(join(folder, ...names));
    } catch {
      return undefined;
    }
  };
  return {
    name: folder,
    invoice: async (id) => read(sha256(id), 'invoice.toml')?.toString(),
    parcel: async (id, hash) => read(sha256(id), 'parcels', `${hash}.dat`),
  };
}

/** The module of a `bindle:` reference: the first parcel without a group. */
export async function pullBindle(reference: string, bindles: Bindles, cache: Cache): Promise<Uint8Array> {
  const id = reference.replace(/^bindle:/, '');
  const [module] = modules(await invoice(id, bindles));
  if (!module) throw new Refusal(`has no parcel of the type ${wasm} outside of groups. Name a bindle with a module.`);
  return parcel(id, module, bindles, cache);
}

/** The routes of a bindle that is served as a whole, and its modules by the names in the entries. */
export async function readBindle(
  id: string,
  bindles: Bindles,
  cache: Cache,
): Promise<{ entries: Entry[]; modules: Map<string, Uint8Array> }> {
  const refuse = (why: string) => new Refusal(`The bindle '${id}' ${why}`);
  try {
    const all = await invoice(id, bindles);
    const served = modules(all).filter(({ wagi }) => wagi.route !== undefined);
    if (served.length === 0) throw new Refusal(`has no module with a route. Give a parcel feature.wagi.route.`);
    const bytes = new Map<string, Uint8Array>();
    const entries: Entry[] = [];
    for (const one of served) {
      const { route = '', entrypoint, argv } = one.wagi;
      const wrong = wrongRoute(route);
      if (wrong !== undefined) throw new Refusal(`has a parcel '${one.name}' with a wrong route: ${wrong}`);
      const allowedHosts = one.wagi.allowed_hosts?.split(',').map((host) => host.trim());
      const host = allowedHosts?.find((text) => !isAllowedHost(text));
      if (host !== undefined)
        throw new Refusal(
          `has a parcel '${one.name}' with '${host}' in allowed_hosts, which is not a URL. Write it like "https://example.com".`,
        );
      bytes.set(one.name, await parcel(id, one, bindles, cache));
      const files = required(one, all).filter(({ wagi }) => wagi.file === 'true');
      const folder = join(cache.folder, '_ASSETS', sha256(id));
      for (const file of files) place(folder, file.name, await parcel(id, file, bindles, cache));
      entries.push({
        route: parseRoute(route),
        module: one.name,
        entrypoint: entrypoint ?? defaultEntrypoint,
        ...(argv !== undefined && { argv }),
        volumes: files.length > 0 ? [['/', folder]] : [],
        environment: new Map(),
        ...(allowedHosts && { allowedHosts }),
        place: `The bindle '${id}'`,
      });
    }
    return { entries, modules: bytes };
  } catch (error) {
    throw error instanceof Refusal ? refuse(error.message) : error;
  }
}

async function invoice(id: string, bindles: Bindles): Promise<Parcel[]> {
  const text = await bindles.invoice(id);
  if (text === undefined)
    throw new Refusal(`is not at ${bindles.name}. Push it first, or name another server or folder.`);
  let read: Record<string, unknown>;
  try {
    read = parse(text);
  } catch {
    throw new Refusal('has an invoice that is not TOML. Push it again.');
  }
  if (read.yanked) throw new Refusal('was yanked. Name a newer version.');
  const { parcel = [] } = read;
  if (!Array.isArray(parcel))
    throw new Refusal("has an invoice whose 'parcel' is not a list of tables. Push it again.");
  return parcel.map(parcelOf);
}

/** Reads a parcel: https://github.com/deislabs/bindle/blob/main/docs/invoice-spec.md */
function parcelOf(data: unknown, index: number): Parcel {
  const parcel = objectOf(data);
  const label = objectOf(parcel?.label);
  const wrong = (what: string) =>
    new Refusal(`has an invoice whose parcel ${index + 1} has no valid ${what}. Push it again.`);
  const text = (key: string) => {
    const value = textOf(label?.[key]);
    if (value === undefined) throw wrong(`'label.${key}'`);
    return value;
  };
  const texts = (key: string): string[] => {
    const value = objectOf(parcel?.conditions)?.[key] ?? [];
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) throw wrong(`'conditions.${key}'`);
    return value;
  };
  const wagi = objectOf(objectOf(label?.feature)?.wagi) ?? {};
  if (Object.values(wagi).some((value) => textOf(value)?.includes('\0') !== false)) throw wrong("'label.feature.wagi'");
  const sha = text('sha256');
  if (!/^[0-9a-f]{64}$/.test(sha)) throw wrong("'label.sha256'");
  return {
    ...{ name: text('name'), sha256: sha, mediaType: text('mediaType') },
    wagi: wagi as Record<string, string>,
    ...{ memberOf: texts('memberOf'), requires: texts('requires') },
  };
}

const modules = (all: readonly Parcel[]): Parcel[] =>
  all.filter(({ mediaType, memberOf }) => mediaType === wasm && memberOf.length === 0);

async function parcel(id: string, { name, sha256 }: Parcel, bindles: Bindles, cache: Cache): Promise<Uint8Array> {
  const bytes = await cache.get(sha256, async () => {
    const fetched = await bindles.parcel(id, sha256);
    if (!fetched) throw new Refusal(`lacks its parcel '${name}' at ${bindles.name}. Push it again.`);
    return fetched;
  });
  if (!bytes) throw new Refusal(`has a parcel '${name}' that does not match its hash. Push it again.`);
  return bytes;
}

/** The members of the groups that a parcel requires, transitively. */
function required(one: Parcel, all: readonly Parcel[]): Parcel[] {
  const found = new Set<Parcel>();
  const groups = [...one.requires];
  for (const group of groups)
    for (const member of all.filter(({ memberOf }) => memberOf.includes(group))) {
      found.add(member);
      for (const next of member.requires) if (!groups.includes(next)) groups.push(next);
    }
  return [...found];
}

function place(folder: string, name: string, bytes: Uint8Array): void {
  const path = normalize(name);
  if (path.startsWith('..') || path.startsWith(sep) || /^[A-Za-z]:/.test(path))
    throw new Refusal(`has a file '${name}' whose name leads out of its folder. Name it without '..'.`);
  try {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  } catch (error) {
    throw new Refusal(
      `has a file '${name}' that cannot be written (${(error as NodeJS.ErrnoException).code}). Rename it.`,
    );
  }
}
