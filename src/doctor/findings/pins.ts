/** Pins that are older than those that this version writes and was tested with. */
import { parse } from 'smol-toml';
import { misePin } from '../../catalog/ci/setup.ts';
import { folderOf } from '../../lib/paths.ts';
import { quote } from '../../lib/shell.ts';
import { count } from '../../lib/words.ts';
import type { PinnedLine } from '../../model/axes.ts';
import type { Examined, Finding, ProjectContext } from './finding.ts';
import { isOlder } from './versions.ts';

interface Pin {
  name: string;
  version: string;
  /** A mise tool with options. */
  isTable?: true;
  /** The fix for the file at this path: a command, or the line to write. `inTable`: the tool has options there. */
  fix(path: string, inTable: boolean): string;
}

type Read = (text: string) => Pin[];

/** The folder of a path; empty at the root. */

/** A `cd` to the folder of a path; empty at the root. */
const within = (path: string) => (folderOf(path) === '' ? '' : `cd ${quote(folderOf(path))} && `);

function table(parsed: () => unknown): Record<string, unknown> {
  try {
    const data = parsed();
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The mise commands change one entry of the file. `mise use` also installs, and takes only a version. */
export const mise: Read = (text) =>
  Object.entries(table(() => table(() => parse(text)).tools)).flatMap(([name, tool]): Pin[] => {
    const isTable = typeof tool === 'object';
    const options = isTable ? table(() => tool) : { version: tool };
    const { version } = options;
    if (typeof version !== 'string') return [];
    const set = (path: string, [key, value]: [string, unknown]) =>
      typeof value === 'string' && value.includes(version)
        ? [`mise config set --file ${quote(path)} ${quote(`tools.${name}.${key}`)} ${quote(value)}`]
        : [];
    return [
      {
        name,
        version,
        ...(isTable && { isTable }),
        fix: (path, inTable) =>
          inTable
            ? Object.entries(options)
                .flatMap((entry) => set(path, entry))
                .join('\n')
            : `mise use${path === 'mise.toml' ? '' : ` --path ${quote(path)}`} ${quote(`${name}@${version}`)}`,
      },
    ];
  });

const toolchain: Read = (text) => {
  const { channel } = table(() => table(() => parse(text)).toolchain);
  return typeof channel === 'string' ? [{ name: 'Rust', version: channel, fix: () => `channel = "${channel}"` }] : [];
};

/** A range is not a pin: the lock file has the version. */
const npm: Read = (text) => {
  const manifest = table(() => JSON.parse(text));
  return ['dependencies', 'devDependencies'].flatMap((key) =>
    Object.entries(table(() => manifest[key])).flatMap(([name, version]): Pin[] =>
      typeof version === 'string'
        ? [
            {
              name,
              version,
              fix: (path) =>
                `${within(path)}npm install ${key === 'devDependencies' ? '--save-dev ' : ''}--save-exact ${quote(`${name}@${version}`)}`,
            },
          ]
        : [],
    ),
  );
};

/** Only direct requirements: the versions of transitive ones follow from them. */
const pip: Read = (text) => {
  const pins: Pin[] = [];
  let last: Pin | undefined;
  for (const line of text.split('\n')) {
    const [, name, version] = /^([\w.-]+)==([^\s\\;]+)/.exec(line) ?? [];
    if (name && version)
      last = {
        name,
        version,
        fix: (path) =>
          `${within(path)}pip-compile --generate-hashes --strip-extras --upgrade-package ${quote(`${name}==${version}`)}`,
      };
    if (last && /^\s+# (?:via )?\s*-r \S+/.test(line)) pins.push(last);
  }
  return pins;
};

/** The pins in a file of CI. The fix is the generated line. */
const ci =
  (pins: readonly PinnedLine[]): Read =>
  (text) =>
    text.split('\n').flatMap((line) =>
      pins.flatMap(({ name, line: pattern }): Pin[] => {
        const found = pattern.exec(line)?.groups;
        if (!found?.version) return [];
        return [{ name: name ?? found.name ?? '', version: found.version, fix: () => line.trim().replace(/^- /, '') }];
      }),
    );

/** The base image of a Dockerfile. */
const base: PinnedLine = { line: /^FROM (?<name>[a-z][\w./-]*):(?<version>\d[\w.-]*)/ };

const kinds: [file: RegExp, read: Read][] = [
  [/(?:^|\/)Dockerfile$/, ci([base, misePin])],
  [/(?:^|\/)mise\.toml$|(?:^|\/)conf\.d\/[^/]+\.toml$/, mise],
  [/(?:^|\/)rust-toolchain\.toml$/, toolchain],
  [/(?:^|\/)package\.json$/, npm],
  [/(?:^|\/)requirements\.txt$/, pip],
];

export function examinePins(project: ProjectContext): Examined {
  const { written, ci: ofCi, text, renew } = project;
  const read = new Map(
    ofCi.flatMap(({ file, provider }) => (provider ? [[file.path, ci(provider.pins)] as const] : [])),
  );
  let seen = 0;
  const findings = written.flatMap((file): Finding[] => {
    const { path } = file;
    const pins = read.get(path) ?? kinds.find(([pattern]) => pattern.test(path))?.[1];
    const user = text(path);
    if (!pins || user === undefined) return [];
    const generated = new Map(pins(file.text).map((pin) => [pin.name, pin]));
    const found = pins(user).filter(({ name }) => generated.has(name));
    seen += new Set(found.map(({ name }) => name)).size;
    const stale = new Map<string, Finding>();
    for (const { name, version, isTable } of found) {
      const wanted = generated.get(name);
      if (!wanted || !isOlder(version, wanted.version)) continue;
      stale.set(`${name} ${version}`, {
        topic: 'pins',
        path,
        what: `${path} pins ${name} ${version}; this version of generator-wasm was tested with ${wanted.version}.`,
        command: renew ?? wanted.fix(path, isTable === true),
      });
    }
    return [...stale.values()];
  });
  return { findings, seen: count(seen, 'pin') };
}
