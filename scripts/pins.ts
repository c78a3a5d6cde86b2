/**
 * `npm run pins`: every version that this program and its templates pin, beside the newest one, its age, and whether its release line
 * has ended. Versions that no registry lists are in src/catalog/pins.json with the day of the lookup; an old lookup is a failure.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { compare, judge, type Pin, type Pins, type Seen } from './pins/facts.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const files = (folder: string, name: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`);

/** The registry of each of Renovate's datasources that does not need GitHub. */
const registries: Record<string, string> = { npm: 'npm:', pypi: 'pypi:', crate: 'crates:' };
/** Renovate's names that differ from those in src/catalog/pins.json. */
const names: Record<string, string> = {
  node: 'nodejs/node',
  python: 'python/cpython',
  ziglang: 'ziglang/zig',
  cmake: 'Kitware/CMake',
};

/** Pinned versions below a `renovate` comment. */
const inSources = (): Pin[] =>
  files('src', /\.ts$/).flatMap((path) =>
    [...read(path).matchAll(/\/\/ renovate: datasource=(\S+) depName=(\S+).*\n.*'([\d.]+)'/g)].map(
      ([, datasource = '', name = '', version = '']) => ({
        name: names[name] ?? name,
        version,
        ...(registries[datasource] && { registry: registries[datasource] + name }),
      }),
    ),
  );

const inPackages = (): Pin[] =>
  files('templates', /package\.json$/).flatMap((path) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path));
    return Object.entries<string>({ ...dependencies, ...devDependencies }).map(([name, version]) => ({
      name,
      version: version.replace(/^[~^]/, ''),
      registry: `npm:${name}`,
    }));
  });

/** Pinned versions in requirements.in. */
function inRequirements(): Pin[] {
  const wanted = read('templates/languages/python/common/requirements.in').split('\n');
  return [...read('templates/languages/python/common/requirements.txt').matchAll(/^(\S+)==(\S+)/gm)].flatMap(
    ([, name = '', version = '']) => (wanted.includes(name) ? [{ name, version, registry: `pypi:${name}` }] : []),
  );
}

function inGo(): Pin[] {
  const text = read('templates/languages/go/common/go.mod');
  const [, version = ''] = /^toolchain go(\S+)/m.exec(text) ?? [];
  const tools = [...text.matchAll(/^tool (\S+)/gm)].map(([, tool = '']) => tool);
  return [
    { name: 'golang/go', version },
    ...[...text.matchAll(/^\t(\S+) v(\S+)/gm)].flatMap(([, name = '', version = '']) =>
      tools.some((tool) => tool.startsWith(name)) ? [{ name, version, registry: `go:${name}` }] : [],
    ),
  ];
}

const inRust = (): Pin[] => [
  ...files('templates', /rust-toolchain\.toml$/).map((path) => ({
    name: 'rust-lang/rust',
    version: (parse(read(path)) as { toolchain: { channel: string } }).toolchain.channel,
  })),
  ...files('templates/languages', /Cargo\.toml$/).flatMap((path) => {
    const { dependencies = {} } = parse(read(path)) as { dependencies?: Record<string, string | { version: string }> };
    const { package: locked = [] } = parse(read(path.replace('.toml', '.lock'))) as {
      package?: { name: string; version: string }[];
    };
    return Object.keys(dependencies).map((name) => ({
      name,
      version: (locked.find((one) => one.name === name)?.version ?? '').replace(/\+.*/, ''),
      registry: `crates:${name}`,
    }));
  }),
];

const inActions = (): Pin[] =>
  [...read('templates/ci/github/action.yml').matchAll(/uses: (\S+)@\S+ # v(\S+)/g)].map(
    ([, name = '', version = '']) => ({ name, version }),
  );

/** Debian's release in the name of the image that CI's jobs run in. */
const images = (): Pin[] =>
  /node:\$\{nodeMajor\}-bookworm/.test(read('src/catalog/tools.ts')) ? [{ name: 'debian', version: '12' }] : [];

async function get(address: string): Promise<string> {
  const response = await fetch(address, { headers: { 'user-agent': 'generator-wasm npm run pins' } });
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  return response.text();
}

const day = (time: string | undefined) => time?.slice(0, 10);
const lines = (text: string) => text.split('\n').filter(Boolean);

/** @throws Error if the registry does not answer. */
async function ask(registry: string, major: string | undefined): Promise<Seen> {
  const [kind = '', ...rest] = registry.split(':');
  const name = rest.join(':');
  if (kind === 'npm') {
    const { versions, time = {} } = JSON.parse(await get(`https://registry.npmjs.org/${name.replace('/', '%2f')}`));
    return { versions: Object.keys(versions), on: async (version) => day(time[version]) };
  }
  if (kind === 'pypi') {
    const { releases } = JSON.parse(await get(`https://pypi.org/pypi/${name}/json`));
    return { versions: Object.keys(releases), on: async (version) => day(releases[version]?.[0]?.upload_time) };
  }
  if (kind === 'crates') {
    const path =
      name.length > 3 ? `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}` : `${name.length}/${name[0]}/${name}`;
    const all = lines(await get(`https://index.crates.io/${path}`))
      .map((line): { vers: string; yanked: boolean; pubtime?: string } => JSON.parse(line))
      .filter(({ yanked }) => !yanked)
      .map(({ vers, pubtime }) => ({ version: vers.replace(/\+.*/, ''), pubtime }));
    return {
      versions: all.map(({ version }) => version),
      on: async (version) => day(all.find((one) => one.version === version)?.pubtime),
    };
  }
  if (kind === 'rust') {
    const channel = await get('https://static.rust-lang.org/dist/channel-rust-stable.toml');
    const version = /\[pkg\.rust\]\nversion = "(\S+)/.exec(channel)?.[1];
    const on = /^date = "(\S+)"/m.exec(channel)?.[1];
    return { versions: version ? [version] : [], on: async (one) => (one === version ? on : undefined) };
  }
  // The Go module proxy escapes an upper-case letter as `!` and the lower-case one.
  const module = (kind === 'toolchain' ? 'golang.org/toolchain' : name).replace(
    /[A-Z]/g,
    (letter) => `!${letter.toLowerCase()}`,
  );
  const [prefix, suffix] = kind === 'toolchain' ? ['v0.0.1-go', '.linux-amd64'] : [major ? 'v0.' : 'v', ''];
  const all = lines(await get(`https://proxy.golang.org/${module}/@v/list`)).filter(
    (one) => one.startsWith(prefix) && one.endsWith(suffix),
  );
  const there = (version: string) => `${prefix}${major ? version.slice(major.length + 1) : version}${suffix}`;
  return {
    versions: all.map(
      (one) => (major ? `${major}.` : '') + one.slice(prefix.length, suffix ? -suffix.length : undefined),
    ),
    on: async (version) => {
      const known = all.includes(there(version));
      return known
        ? day(JSON.parse(await get(`https://proxy.golang.org/${module}/@v/${there(version)}.info`)).Time)
        : undefined;
    },
  };
}

const facts = JSON.parse(read('src/catalog/pins.json')) as Pins;
const all = [inSources(), inPackages(), inRequirements(), inGo(), inRust(), inActions(), images()].flat();
const pins = [...new Map(all.map((pin) => [`${pin.name} ${pin.version}`, pin])).values()].sort(
  (a, b) => a.name.toLowerCase().localeCompare(b.name.toLowerCase()) || compare(a.version, b.version),
);
const today = new Date().toISOString().slice(0, 10);
const failures: string[] = [];
const rows = await Promise.all(
  pins.map(async (pin) => {
    const fact = facts[pin.name] ?? {};
    const registry = fact.registry ?? pin.registry;
    let seen: Seen | undefined;
    if (registry)
      try {
        seen = await ask(registry, fact.major);
      } catch (error) {
        failures.push(`${pin.name}: ${error instanceof Error ? error.message : error}`);
      }
    return judge(pin, fact, seen, today);
  }),
);
const table = [['name', 'pinned', 'newest', 'age', 'line'], ...rows.map(({ cells }) => [...cells])];
const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
for (const cells of table)
  console.log(
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
const wrong = [...failures, ...rows.flatMap(({ wrong }) => wrong ?? [])];
if (wrong.length > 0) {
  console.error(`\n${wrong.join('\n')}`);
  process.exitCode = 1;
}
