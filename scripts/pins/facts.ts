/** The records of src/catalog/pins.json, by the `depName` of the `renovate` comment or the name on GitHub. */
export type Pins = Record<string, Fact>;

export interface Fact {
  /** Where its versions can be looked up: `npm:NAME`, `pypi:NAME`, `crates:NAME`, `go:MODULE`, `toolchain` (Go's own), `rust`. */
  registry?: string;
  /** Added to the registry's major version: Kubernetes 1.36.6 is 0.36.6 there. */
  major?: string;
  /** For what no registry lists: the newest version, the day it was looked up, and the source. */
  seen?: { version: string; on: string; source: string };
  /** The number of parts of a release line: two for 1.26. */
  line?: number;
  /** The last day of lines, as YYYY-MM-DD, and the source of these days. */
  ends?: Record<string, string>;
  ended?: string;
  /** Why an older version is pinned. */
  held?: string;
  downloads?: Downloads;
}

/** Downloads, which the stand-in of test/e2e/release-pages.ts serves. `{v}` is the version, `{a,b}` one of several. */
export interface Downloads {
  tag: string;
  /** Names that exist. */
  versions: string[];
  /** File names of a GitHub release, or URLs. */
  files: string[];
  /** The name in mise's registry. */
  mise?: string;
  source: string;
}

/** A pinned version. */
export interface Pin {
  name: string;
  version: string;
  /** Where to look up versions, if pins.json does not say. */
  registry?: string;
}

/** A package in a registry: its versions, with their dates if known. */
export interface Seen {
  versions: string[];
  on(version: string): Promise<string | undefined>;
}

const numbers = (version: string): number[] => version.split('.').map(Number);

/** Compares purely numeric versions. */
export function compare(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const days = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** How many days a lookup by hand stays valid. */
export const trusted = 60;

export interface Row {
  cells: [name: string, pinned: string, newest: string, age: string, line: string];
  /** Why the command fails. */
  wrong?: string;
}

/**
 * One line of the table.
 * @param seen the registry's answer; undefined if there is no registry, or it did not answer
 * @param today as YYYY-MM-DD
 */
export async function judge(pin: Pin, fact: Fact, seen: Seen | undefined, today: string): Promise<Row> {
  const { name, version } = pin;
  const stable = seen?.versions.filter((one) => /^\d+(?:\.\d+)*$/.test(one)).sort(compare) ?? [];
  const lineOf = (one: string) => one.split('.').slice(0, fact.line).join('.');
  const ofLine = fact.line ? stable.filter((one) => lineOf(one) === lineOf(version)).at(-1) : undefined;
  const newest = stable.at(-1) ?? fact.seen?.version ?? '?';
  const on = await seen?.on(version);
  const end = fact.ends?.[lineOf(version)];
  const line = [
    ...(end ? [`${end < today ? 'ended' : 'ends'} ${end}`] : []),
    ...(fact.held ? [`held: ${fact.held}`] : []),
    ...(stable.length === 0 && fact.seen
      ? [`not visible from here, last looked up on ${fact.seen.on} in ${fact.seen.source}`]
      : []),
  ];
  const row: Row = {
    cells: [
      name,
      version,
      ofLine && ofLine !== newest ? `${ofLine}, ${newest}` : newest,
      on ? `${days(on, today)} days` : '–',
      line.join('; ') || '–',
    ],
  };
  if (stable.length > 0) return row;
  if (!fact.seen)
    return {
      ...row,
      wrong: `${name} can be looked up in no registry, and src/catalog/pins.json does not say when it was looked up.`,
    };
  const age = days(fact.seen.on, today);
  if (age <= trusted) return row;
  return {
    ...row,
    wrong: `${name} was last looked up ${age} days ago. Look it up, and write the newest version, today and the source into src/catalog/pins.json.`,
  };
}
