/**
 * Crates and workspaces of Cargo, from the text of their manifests: cargo itself would run programs of the repository.
 * https://doc.rust-lang.org/cargo/reference/manifest.html
 */

import { folderOf, isBelow } from '../../lib/paths.ts';
import { and } from '../../lib/words.ts';
import type { Facts, Folder, Guest, RepositoryContext, Statement } from '../../model/axes.ts';
import { targets } from '../existing.ts';
import { isTable, type Table, table, textOf, texts, toml } from './data.ts';
import { leadsTo, resolveDir, saying } from './statements.ts';
import { namesOf } from './tools.ts';
import { imports, runnerOf } from './wit.ts';

/** Packages that need an operating system: a crate that depends on one is a native program. */
const native = new Set(
  `wasmtime wasmtime-cli wasmtime-wasi wasmtime-wasi-http wasmtime-wasi-nn wasmtime-environ wasmer wasmer-wasi wasmer-wasix
  wasmi wasmi_wasi wasm3 wasmedge-sdk wasmedge-sys extism wasi-common cap-std wasmcloud-provider-sdk wasmcloud-provider-wit-bindgen
  wasmcloud-host wasmcloud-test-util wash-lib spin-trigger spin-app spin-core containerd-shim-wasm containerd-shim
  async-nats nats actix-web actix-rt actix warp rocket tonic hyper-util poem salvo tide async-std smol mio
  openssl openssl-sys native-tls tokio-native-tls nix libloading notify ctrlc signal-hook crossterm termion ratatui rustyline
  winit wgpu glutin eframe tauri bevy minifb sdl2 gtk gtk4 pyo3 napi napi-derive neon jni windows windows-sys winapi
  diesel sqlx postgres tokio-postgres mysql rusqlite rocksdb sled redis rdkafka lapin libgit2-sys git2 ssh2 rumqttc paho-mqtt
  memmap2 daemonize fork sysinfo procfs kube k8s-openapi bollard testcontainers duct portable-pty`.split(/\s+/),
);

/** Features of tokio that need an operating system: https://docs.rs/tokio/latest/tokio/#wasm-support */
const nativeTokio = ['full', 'net', 'fs', 'process', 'signal', 'rt-multi-thread', 'io-std'];

/** Packages that tell the target of a module, with the versions for which they do. */
const bindings: [name: string, target: string][] = [
  ['wasm-bindgen', 'wasm32-unknown-unknown'],
  ['wasm-bindgen-futures', 'wasm32-unknown-unknown'],
  ['web-sys', 'wasm32-unknown-unknown'],
  ['worker', 'wasm32-unknown-unknown'],
  ['extism-pdk', 'wasm32-unknown-unknown'],
  ['spin-sdk', 'wasm32-wasip1'],
  ['fastly', 'wasm32-wasip1'],
  ['proxy-wasm', 'wasm32-wasip1'],
  ['wasip2', 'wasm32-wasip2'],
  ['wit-bindgen', 'wasm32-wasip2'],
  ['wit-bindgen-rt', 'wasm32-wasip2'],
  ['waki', 'wasm32-wasip2'],
  ['wstd', 'wasm32-wasip2'],
  ['wasmcloud-component', 'wasm32-wasip2'],
];

interface Crate {
  /** Relative to the examined folder; empty for the folder itself. */
  dir: string;
  name: string;
  manifest: Table;
  /** The name of the built files. */
  modules: string[];
  isCdylib: boolean;
}

/** A pattern of `members` or `exclude`, which may have `*`, `?` and `**`. */
function fits(pattern: string, dir: string): boolean {
  const source = pattern
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?/g, '\u0001')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replaceAll('\u0001', '(?:.*/)?');
  return new RegExp(`^${source}$`).test(dir);
}

/** The crates of a folder that may become modules, and the reasons against the others. */
export function readCargo(folder: Folder, context: RepositoryContext): Guest[] | undefined {
  const manifest = toml(folder.text('Cargo.toml'));
  if (!isTable(manifest.package) && !isTable(manifest.workspace))
    return [{ path: '', why: 'its Cargo.toml cannot be read as TOML, or has neither `[package]` nor `[workspace]`' }];
  const workspace = isTable(manifest.workspace) ? manifest.workspace : undefined;
  const dirs = folder.paths.filter((path) => /(?:^|\/)Cargo\.toml$/.test(path)).map(folderOf);
  const manifests = new Map(dirs.map((dir) => [dir, toml(folder.text(inDir(dir, 'Cargo.toml')))]));
  const members = workspace ? membersOf(workspace, manifest, manifests) : [''];
  const crates = members.flatMap((dir) => crateAt(folder, dir, manifests) ?? []);
  const excluded = texts(workspace?.exclude);
  const strays = !workspace
    ? []
    : dirs.filter(
        (dir) =>
          !members.includes(dir) &&
          !excluded.some((path) => isBelow(dir, path.replace(/^\.\//, '').replace(/\/$/, ''))) &&
          !dirs.some((other) => other !== '' && isBelow(dir, other) && isTable(manifests.get(other)?.workspace)) &&
          dir !== '',
      );
  const guests = guestsOf(folder, context, crates, manifest, manifests);
  return [
    ...guests,
    ...members.filter((dir) => !guests.some(({ path }) => path === dir)).map((path): Guest => ({ path })),
    ...strays.map(
      (path): Guest => ({
        path,
        why: 'cargo refuses it: it is neither a member of the workspace nor excluded from it',
      }),
    ),
  ];
}

const inDir = (dir: string, path: string): string => (dir === '' ? path : `${dir}/${path}`);

/** The folders of a workspace's members: named ones, the root, and path dependencies of these. */
function membersOf(workspace: Table, manifest: Table, manifests: Map<string, Table>): string[] {
  const excluded = texts(workspace.exclude);
  const isExcluded = (dir: string) =>
    excluded.some((path) => isBelow(dir, path.replace(/^\.\//, '').replace(/\/$/, '')));
  const named = [...manifests.keys()].filter(
    (dir) => dir !== '' && texts(workspace.members).some((pattern) => fits(pattern, dir)),
  );
  const members = new Set([...(isTable(manifest.package) ? [''] : []), ...named]);
  for (const dir of members)
    for (const path of pathDependencies(manifests.get(dir) ?? {}, dir))
      if (manifests.has(path) && !isExcluded(path) && !isTable(manifests.get(path)?.workspace)) members.add(path);
  return [...members];
}

/** The dependency tables of a manifest that apply to WebAssembly targets. */
function dependencyTables(manifest: Table, key: 'dependencies' | 'dev-dependencies' | 'build-dependencies'): Table[] {
  const conditional = Object.entries(table(manifest.target))
    // `cfg(unix)`, `cfg(not(target_arch = "wasm32"))` and names of other targets do not apply.
    .filter(([condition]) => /wasm|wasi/.test(condition) && !/not\s*\(/.test(condition))
    .map(([, one]) => table(table(one)[key]));
  return [table(manifest[key]), ...conditional];
}

function pathDependencies(manifest: Table, dir: string): string[] {
  return (['dependencies', 'dev-dependencies', 'build-dependencies'] as const)
    .flatMap((key) => dependencyTables(manifest, key))
    .flatMap((one) => Object.values(one))
    .flatMap((one) => textOf(table(one).path) || [])
    .flatMap((path) => resolveDir(dir, path) ?? []);
}

/** A dependency: its real name and its features. */
interface Dependency {
  name: string;
  version: string;
  features: string[];
  path: string | undefined;
}

function dependenciesOf(
  manifest: Table,
  root: Table,
  dir: string,
  key: 'dependencies' | 'dev-dependencies' | 'build-dependencies' = 'dependencies',
): Dependency[] {
  const shared = table(table(root.workspace).dependencies);
  const defaults = texts(table(manifest.features).default).map((one) => one.replace(/^dep:/, '').split('/')[0] ?? '');
  return dependencyTables(manifest, key)
    .flatMap((one) => Object.entries(one))
    .flatMap(([alias, own]): Dependency[] => {
      const isShared = table(own).workspace === true;
      const said = isShared ? shared[alias] : own;
      if (table(own).optional === true && !defaults.includes(alias)) return [];
      const path = textOf(table(said).path);
      return [
        {
          name: textOf(table(said).package) || alias,
          version: typeof said === 'string' ? said : textOf(table(said).version),
          features: [...texts(table(said).features), ...(isShared ? texts(table(own).features) : [])],
          path: path ? resolveDir(isShared ? '' : dir, path) : undefined,
        },
      ];
    });
}

function crateAt(folder: Folder, dir: string, manifests: Map<string, Table>): Crate | undefined {
  const manifest = manifests.get(dir) ?? {};
  if (!isTable(manifest.package)) return undefined;
  const name = textOf(manifest.package.name);
  const has = (path: string) => folder.paths.includes(inDir(dir, path));
  const lib = table(manifest.lib);
  const isCdylib = texts(lib['crate-type'] ?? lib.crate_type).includes('cdylib');
  const declared = Array.isArray(manifest.bin) ? manifest.bin.filter(isTable) : [];
  const defaults = texts(table(manifest.features).default);
  const isBuilt = (bin: Table) => texts(bin['required-features']).every((feature) => defaults.includes(feature));
  const bins = declared.filter(isBuilt).map((bin) => textOf(bin.name));
  if (manifest.package.autobins !== false) {
    const isDeclared = (path: string, as: string) =>
      declared.some((bin) => textOf(bin.path) === path || (!textOf(bin.path) && textOf(bin.name) === as));
    if (has('src/main.rs') && !isDeclared('src/main.rs', name)) bins.push(name);
    bins.push(
      ...folder.paths.flatMap((path) => {
        if (!path.startsWith(inDir(dir, 'src/bin/'))) return [];
        const inCrate = relativeDir(dir, path);
        const as = /^src\/bin\/([^/]+?)(?:\.rs|\/main\.rs)$/.exec(inCrate)?.[1];
        return as && !isDeclared(inCrate, as) ? as : [];
      }),
    );
  }
  // https://doc.rust-lang.org/cargo/reference/cargo-targets.html: a library's name has `_` for `-`, a program's does not.
  const library = (textOf(lib.name) || name).replaceAll('-', '_');
  // Without sources, Cargo.toml alone does not tell.
  if (!isTable(manifest.lib) && !has('src/lib.rs') && bins.length === 0) bins.push(name);
  const modules = [...new Set([...(isCdylib ? [library] : []), ...bins])].filter(Boolean);
  return { dir, name, manifest, modules, isCdylib };
}

/** Why a crate is a native program; undefined if it may become a module. */
function whyNative(
  folder: Folder,
  crate: Crate,
  root: Table,
  manifests: Map<string, Table>,
  seen = new Set<string>(),
): string | undefined {
  seen.add(crate.dir);
  for (const { name, features, path } of dependenciesOf(crate.manifest, root, crate.dir)) {
    if (native.has(name)) return `it depends on ${name}, which needs an operating system`;
    const feature = name === 'tokio' ? nativeTokio.find((one) => features.includes(one)) : undefined;
    if (feature) return `it depends on tokio with the feature \`${feature}\`, which needs an operating system`;
    if (path === undefined || seen.has(path) || !manifests.has(path)) continue;
    const other = crateAt(folder, path, manifests);
    const why = other && whyNative(folder, other, root, manifests, seen);
    if (why) return `it depends on ${name}: ${why}`;
  }
  if (/^xtask/.test(crate.name)) return 'it holds tasks of the workspace';
  const system = sourcesOf(folder, crate, manifests).flatMap(
    ({ text }) =>
      /^(?!.*\/\/).*\bstd::os::(?:unix|linux|windows|macos|fd::AsRawFd)\b/m.exec(
        /#!?\[cfg\(/.test(text) ? '' : text,
      )?.[0] ?? [],
  )[0];
  return system ? `it uses \`${/std::os::\w+/.exec(system)?.[0]}\`, which does not exist for WebAssembly` : undefined;
}

/** Packages whose build scripts compile C or C++ for WebAssembly too, without a feature that says so. */
const compilingC = new Set(
  `ring zstd zstd-sys libsqlite3-sys lz4-sys bzip2-sys libz-sys libwebp-sys brotli-sys tree-sitter rquickjs rquickjs-sys
  quickjs-wasm-rs quickjs-wasm-sys mlua mlua-sys`.split(/\s+/),
);

/** How a crate, or one of the repository that it depends on, compiles C or C++: `cc`, `cmake`, or empty if it does not. */
function compilesC(
  folder: Folder,
  { dir, manifest }: Crate,
  root: Table,
  manifests: Map<string, Table>,
  seen = new Set<string>(),
): string {
  seen.add(dir);
  const found = dependenciesOf(manifest, root, dir, 'build-dependencies').map(({ name }) => name);
  for (const { name, path } of dependenciesOf(manifest, root, dir)) {
    if (compilingC.has(name)) found.push('cc');
    const other = path !== undefined && !seen.has(path) && manifests.has(path) && crateAt(folder, path, manifests);
    if (other) found.push(compilesC(folder, other, root, manifests, seen));
  }
  return ['cmake', 'cc'].find((name) => found.includes(name)) ?? '';
}

/** The sources of a crate, without those of crates below. */
function sourcesOf(folder: Folder, { dir }: Crate, manifests: Map<string, Table>): { path: string; text: string }[] {
  const inside = [...manifests.keys()].filter((other) => other !== dir && isBelow(other, dir));
  return folder.paths
    .filter((path) => path.endsWith('.rs') && isBelow(path, dir) && !inside.some((other) => isBelow(path, other)))
    .map((path) => ({ path, text: folder.text(path) }));
}

function guestsOf(
  folder: Folder,
  context: RepositoryContext,
  crates: Crate[],
  root: Table,
  manifests: Map<string, Table>,
): Guest[] {
  const toRepository = (dir: string) => inDir(context.dir, dir).replace(/\/$/, '');
  const said = saying(context.stated, /\b(?:cargo|wasm-pack)\b/, (dir, calls) =>
    // A statement of a parent folder counts if it changes to this folder.
    isBelow(dir, context.dir) ? !isElsewhere(dir) : leadsTo(dir, calls, context.dir),
  );
  const builds = said.filter(({ rank }) => rank !== 'hint');
  const hints = said.filter(({ rank }) => rank === 'hint');
  const named = new Map<Crate, Statement[]>();
  const whole: Statement[] = [];
  for (const one of builds) {
    const name = packageOf(one);
    const path = /--manifest-path[= ]+(?:\.\/)?(\S*?)\/?Cargo\.toml/.exec(one.calls)?.[1];
    const crate =
      crates.find((crate) => crate.name === name) ??
      (path === undefined
        ? undefined
        : crates.find((crate) => toRepository(crate.dir) === resolveDir(one.dir, path))) ??
      crates.find((crate) => toRepository(crate.dir) === one.dir && (crate.dir !== '' || crates.length === 1));
    if (crate) named.set(crate, [...(named.get(crate) ?? []), one]);
    else whole.push(one);
  }
  const only = builds.some(({ rank }) => rank === 'manifest') && whole.length === 0;
  const guests: Guest[] = [];
  for (const crate of crates) {
    if (crate.name === '') {
      guests.push({ path: crate.dir, why: 'its Cargo.toml has no name of the package' });
      continue;
    }
    const own = named.get(crate) ?? whole.filter((_, index) => index === 0);
    if (crate.modules.length === 0 && !named.has(crate)) {
      if (crates.length === 1) guests.push({ path: crate.dir, why: 'it is a library: neither a cdylib nor a program' });
      continue;
    }
    const facts = factsOf(folder, context, crate, root, manifests, own, hints);
    const isNamed = named.has(crate) || hints.some((hint) => packageOf(hint) === crate.name);
    const why = isNamed ? undefined : whyNative(folder, crate, root, manifests);
    const unsaid =
      only && !isNamed && !crate.isCdylib
        ? `${and([...new Set(builds.map(({ from }) => from))])} names other guests`
        : undefined;
    guests.push({ path: crate.dir, facts, ...((why ?? unsaid) && { why: why ?? unsaid ?? '' }) });
  }
  // If every member is included, cargo builds the workspace as a whole.
  if (guests.every(({ why }) => !why))
    for (const { facts } of guests) if (facts?.workspace) facts.members = String(guests.length);
  return guests;

  /** Whether a folder is a separate project. */
  function isElsewhere(dir: string): boolean {
    const inside = [...manifests.keys()].filter(
      (other) => other !== '' && !crates.some((crate) => crate.dir === other),
    );
    return inside.some((other) => isBelow(dir, toRepository(other)));
  }
}

/** The package that a statement names. */
const packageOf = ({ calls }: Statement): string | undefined => /(?:--package|\s-p)[= ]+(\S+)/.exec(calls)?.[1];

function factsOf(
  folder: Folder,
  context: RepositoryContext,
  crate: Crate,
  root: Table,
  manifests: Map<string, Table>,
  builds: Statement[],
  hints: Statement[],
): Facts & { what: string } {
  const at = (dir: string, path: string) => folder.text(inDir(dir, path));
  const configs = [...new Set([crate.dir, ''])].flatMap((dir) => [
    { from: '.cargo/config.toml', text: at(dir, '.cargo/config.toml') },
    { from: '.cargo/config', text: at(dir, '.cargo/config') },
  ]);
  const above = context.dir === '' ? '' : context.root.text('.cargo/config.toml');
  const channels = [at(crate.dir, 'rust-toolchain.toml'), folder.text('rust-toolchain.toml')];
  const channel = channels.map((text) => textOf(table(toml(text).toolchain).channel)).find(Boolean) ?? '';
  const configured = [...configs, { from: '.cargo/config.toml', text: above }].flatMap(({ from, text }) => {
    const { build, alias } = toml(text);
    const aliases = Object.values(table(alias)).flatMap((one) => targetIn(texts(one).join(' ')));
    return [...texts(table(build).target), ...aliases].map((target) => ({ from, target: known(target) ?? '' }));
  });
  const pinned = channels
    .flatMap((text) => texts(table(toml(text).toolchain).targets))
    .flatMap((one) => known(one) ?? []);
  const dependencies = dependenciesOf(crate.manifest, root, crate.dir);
  const component = isTable(table(table(crate.manifest.package).metadata).component);
  const hint =
    hints.find((one) => packageOf(one) === crate.name) ??
    hints.find(
      (one) =>
        !packageOf(one) &&
        (one.dir === inDir(context.dir, crate.dir).replace(/\/$/, '') || one.calls.includes(crate.name)),
    ) ??
    (manifests.size === 1 ? hints[0] : undefined);
  const said = builds[0];
  const stated = said ? said.calls : (hint?.calls ?? '');
  const byComponent = /\bcargo\s+component\b/.test(stated) || (!said && component);
  const wanted = targetIn(stated)[0];
  const bound = bindings.find(([name]) => dependencies.some((one) => one.name === name))?.[1];
  // Since 0.12 this package is WASI 0.2: https://docs.rs/crate/wasi
  const isWasi2 = dependencies.some(({ name, version }) => name === 'wasi' && /^[^\d]*0\.1[2-9]/.test(version));
  const target =
    wanted ??
    configured.find((one) => one.target)?.target ??
    (byComponent ? 'wasm32-wasip1' : undefined) ??
    (pinned.length === 1 ? pinned[0] : undefined) ??
    bound ??
    (isWasi2 ? 'wasm32-wasip2' : 'wasm32-wasip1');
  const from = said
    ? said.from
    : component
      ? inDir(crate.dir, 'Cargo.toml')
      : ((wanted || byComponent ? hint?.from : undefined) ?? configured.find((one) => one.target)?.from);
  const isPlain = !from && !crate.isCdylib && !bound && !isWasi2 && pinned.length === 0;
  const sources = sourcesOf(folder, crate, manifests);
  const tests = testsOf(folder, crate, sources, root, target, byComponent);
  const made = said?.artifact ? resolveBack(context.dir, said.artifact) : undefined;
  // Of the crate's own configuration or its workspace's: relative to the folder that has `.cargo`.
  const put = configs.map(({ text }) => textOf(table(toml(text).build)['target-dir'])).find(Boolean) ?? 'target';
  const folderOfTarget = resolveDir('', put) ?? '';
  const outputs = crate.modules.map((name) => `${folderOfTarget}/${target}/release/${name}.wasm`).join(', ');
  return {
    what: `the crate ${crate.name}`,
    artifact: made ?? (folderOfTarget ? outputs : ''),
    folder: folderOfTarget === 'target' ? '' : folderOfTarget,
    target,
    package: crate.name,
    channel: channel || folder.text('rust-toolchain').trim(),
    locked: folder.paths.includes('Cargo.lock') ? 'yes' : '',
    unlocked: folder.paths.includes('Cargo.lock') || context.ignores('Cargo.lock') ? '' : 'yes',
    fmt: folder.paths.some((path) => /(?:^|\/)\.?rustfmt\.toml$/.test(path)) ? 'yes' : '',
    clippy: folder.paths.some((path) => /(?:^|\/)\.?clippy\.toml$/.test(path)) ? 'yes' : '',
    workspace: isTable(root.workspace) && [...manifests.keys()].some((dir) => dir !== '') ? 'yes' : '',
    component: byComponent ? 'yes' : '',
    compilesC: compilesC(folder, crate, root, manifests),
    ...tests,
    untracked: folderOfTarget === '' || context.ignores(`${folderOfTarget}/`) ? '' : 'yes',
    from: from ?? '',
    plain: isPlain ? 'yes' : '',
    ...(said && withoutLock(statedFacts(said, context.dir), folder.paths.includes('Cargo.lock'))),
  };
}

/** Without Cargo.lock in git, `--locked` fails. */
const withoutLock = ({ command = '', ...facts }: Facts, isLocked: boolean): Facts => ({
  ...facts,
  ...(command && { command: isLocked ? command : command.replace(/ --(?:locked|frozen)(?=\s|$)/g, '') }),
});

/** A statement as facts of a project in this folder. */
export function statedFacts({ dir, command, make, calls, from }: Statement, project: string): Facts {
  return {
    // A task may call more than its own line shows.
    tools: command === calls ? '' : namesOf(calls),
    // Rust 1.84 removed wasm32-wasi.
    ...(make ? { make } : { command: command.replace(/\bwasm32-wasi\b(?!-)/g, 'wasm32-wasip1') }),
    ...(dir !== project && { in: relativeDir(project, dir) }),
    from,
  };
}

/** The relative path from one folder to another, both relative to the repository. */
export function relativeDir(from: string, to: string): string {
  const [a, b] = [from, to].map((path) => path.split('/').filter(Boolean)) as [string[], string[]];
  let common = 0;
  while (common < a.length && a[common] === b[common]) common++;
  return [...a.slice(common).map(() => '..'), ...b.slice(common)].join('/') || '.';
}

const resolveBack = (dir: string, path: string): string =>
  relativeDir(dir, path).replace(/\bwasm32-wasi\b(?!-)/g, 'wasm32-wasip1');

/** The targets of commands. */
const targetIn = (commands: string): string[] =>
  [...commands.matchAll(/--target[= ]+"?(wasm32[\w-]*)/g)].flatMap(([, name]) => known(name ?? '') ?? []);

/** The current name of a target; undefined if it is not WebAssembly. */
function known(target: string): string | undefined {
  const now = { 'wasm32-wasi': 'wasm32-wasip1', 'wasm32-wasi-preview2': 'wasm32-wasip2' }[target] ?? target;
  return targets.includes(now) ? now : undefined;
}

/** The line that runs a crate's tests; none if there are no tests. */
function testsOf(
  folder: Folder,
  crate: Crate,
  sources: { path: string; text: string }[],
  root: Table,
  target: string,
  byComponent: boolean,
): Facts {
  if (!sources.some(({ text }) => /^\s*#\[(?:\w+::)*test\b|#\[(?:test_case|rstest|wasm_bindgen_test)\b/m.test(text)))
    return { tests: 'none' };
  const development = dependenciesOf(crate.manifest, root, crate.dir, 'dev-dependencies');
  if (byComponent || development.some(({ name }) => native.has(name))) return { tests: 'native' };
  if (!target.startsWith('wasm32-wasi')) return { tests: 'native' };
  if (target === 'wasm32-wasip1') return {};
  const wits = folder.paths.filter(
    (path) => path.endsWith('.wit') && isBelow(path, inDir(crate.dir, 'wit')) && !path.includes('/deps/'),
  );
  const wanted = [
    ...imports(wits.map(folder.text)),
    ...sources.flatMap(({ text }) =>
      /\bwasip2::http\b|\bwasi::http\b|\bwaki\b|\bwstd::http\b|wasi:http/.test(text) ? ['wasi:http/types'] : [],
    ),
  ];
  return runnerOf(wanted);
}
