/** What src/catalog/pins.json records of what is pinned, by the `depName` of its `renovate` comment or by its name on GitHub. */
export type Pins = Record<string, Fact>;

export interface Fact {
  /** Where its versions can be looked up: `npm:NAME`, `pypi:NAME`, `crates:NAME`, `go:MODULE`, `toolchain` (Go's own), `rust`. */
  registry?: string;
  /** What the registry's major version lacks: Kubernetes' 1.36.6 is 0.36.6 there. */
  major?: string;
  /** The newest version that was seen, on what day and where, for what no registry shows. */
  seen?: { version: string; on: string; source: string };
  /** How many numbers make a release line: two for 1.26. */
  line?: number;
  /** The last day of lines, as YYYY-MM-DD, and the source of these days. */
  ends?: Record<string, string>;
  ended?: string;
  /** Why an older version is pinned. */
  held?: string;
  downloads?: Downloads;
}

/** What can be downloaded, which the stand-in of test/e2e/release-pages.ts serves. `{v}` is the version, `{a,b}` one of several. */
export interface Downloads {
  tag: string;
  /** Those that are known to exist. */
  versions: string[];
  /** Names of a GitHub release, or whole addresses. */
  files: string[];
  /** The name that mise's registry has for it. */
  mise?: string;
  source: string;
}

/** A version that we write down. */
export interface Pin {
  name: string;
  version: string;
  /** Where to look up versions, unless the facts of this name say. */
  registry?: string;
}

/** What a registry says of a package: its versions with their days, where it has them. */
export interface Seen {
  versions: string[];
  on(version: string): Promise<string | undefined>;
}

const numbers = (version: string): number[] => version.split('.').map(Number);

/** Orders versions of numbers alone. */
export function compare(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const days = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** How old what no registry shows may be. */
export const trusted = 60;

export interface Row {
  cells: [name: string, pinned: string, newest: string, age: string, line: string];
  /** Why the command fails. */
  wrong?: string;
}

/**
 * One line of the table.
 * @param seen what the registry says; undefined where none shows this, or where it did not answer
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
