/**
 * Rust, compiled by cargo: a library with all that is decided and a small program, for `wasm32-wasip1`; or a library that is
 * the component, for `wasm32-wasip2`.
 */
import { parse } from 'smol-toml';
import { quote, quotePath } from '../../lib/shell.ts';
import { and } from '../../lib/words.ts';
import type { Existing, Facts, Language } from '../../model/axes.ts';
import type { Kind } from '../../model/choices.ts';
import type { File, Launch } from '../../model/plan.ts';
import { readCargo } from '../existing/readers.ts';
import { cargoComponent } from '../existing/tools.ts';
import { ignoringItself, statedLine, targets, task, versionIn } from '../existing.ts';
import { underWasmtime } from '../launch.ts';
import { notes, templateFiles, templateText } from '../templates.ts';
import { cmake, wasiSdk, wasmOpt, wasmtime } from '../tools.ts';

const folder = 'languages/rust';

/** An error of rustc or clippy: message, location. */
const problem = {
  owner: 'rustc',
  source: 'rustc',
  fileLocation: ['autoDetect', '${workspaceFolder}'],
  pattern: [
    { regexp: '^(warning|error)(?:\\[(\\w+)\\])?: (.+)$', severity: 1, code: 2, message: 3 },
    { regexp: '^ *--> (.+):(\\d+):(\\d+)$', file: 1, line: 2, column: 3 },
  ],
};

/** https://rust-lang.github.io/rustup/overrides.html: RUSTUP_TOOLCHAIN overrides the file; its `path` may be any folder. */
const cargoVersion = `# rustup would run what a path in rust-toolchain.toml names, but takes a channel from the variable first.
# shellcheck disable=SC2329 # need calls it by its name.
cargo_version() {
  channel=$(sed -n 's/^ *channel *= *"\\([^"/]*\\)".*/\\1/p' rust-toolchain.toml 2>/dev/null)
  RUSTUP_TOOLCHAIN=\${RUSTUP_TOOLCHAIN:-$channel}
  [ "$RUSTUP_TOOLCHAIN" ] || cd /
  export RUSTUP_TOOLCHAIN
  cargo --version
}
`;

/** The toolchain of a project: its rust-toolchain.toml. */
const toolchainOf = (files: File[]) => {
  const { text = '' } = files.find(({ path }) => path === 'rust-toolchain.toml') ?? {};
  return (parse(text) as { toolchain: { channel: string; components: string[]; targets: string[] } }).toolchain;
};

/** The oldest compiler, as in Cargo.toml. */
const rustVersion = (): string =>
  (parse(templateText(`${folder}/common/Cargo.toml`)) as { package: { 'rust-version': string } }).package[
    'rust-version'
  ];

/** The files of a project. A component shares no file with a program: even the manifest differs in target and dependencies. */
function filesOf(kind: Kind, name: string): File[] {
  if (kind !== 'http') return [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)];
  return templateFiles(`${folder}/http`, name).map((file) =>
    file.path === 'Cargo.lock' ? { ...file, text: sorted(file.text) } : file,
  );
}

/** A lock file with packages sorted by name, as cargo writes it. */
function sorted(lock: string): string {
  const mark = '[[package]]\n';
  const [head, ...packages] = lock.trimEnd().split(`\n${mark}`);
  const blocks = packages.map((block) => `${mark}${block.trimEnd()}\n`).sort();
  return [head, ...blocks].join('\n');
}

/** Keywords, which cannot be crate names: https://doc.rust-lang.org/reference/keywords.html */
const keywords = `abstract as async await become box break const continue crate do dyn else enum extern false final fn
for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true
try type typeof unsafe unsized use virtual where while yield`.split(/\s+/);

/** Libraries that come with Rust, and the modules of `std` that `main.rs` uses by these names. */
const libraries = ['alloc', 'core', 'env', 'io', 'proc_macro', 'std', 'test'];

/** Dependencies of a component: a project with such a name would need another lock file. */
const dependencies = ['wasip2', 'wit-bindgen'];

/** Folders that cargo makes beside the program. */
const folders = ['build', 'deps', 'examples', 'incremental'];

/** Debugs the program as a native one. */
const example: { [kind in Kind]?: object } = {
  command: { args: ['Ada'] },
  wagi: { env: { REQUEST_METHOD: 'GET', PATH_INFO: '/', QUERY_STRING: 'name=Ada' } },
};

/** Like `underWasmtime`, for a component that serves. */
const servedByWasmtime = (module: string): Launch => ({
  ...underWasmtime('http', module),
  name: 'Debug the component under wasmtime, at http://127.0.0.1:3000 (Linux)',
  args: ['wasmtime', 'serve', '-S', 'cli', '--addr', '127.0.0.1:3000', '-D', 'debug-info', '-O', 'opt-level=0', module],
});

/** Facts in which crates agree that one command builds. */
const joinable =
  'target folder component command make in tests options imports tools compilesC fetch fetchIn wit npm'.split(' ');

/**
 * What the crate cc reads, old versions and new: https://docs.rs/cc/latest/cc/#external-configuration-via-environment-variables,
 * `autodetect_wasi_compiler` in its sources.
 */
function withClang(target: string, line: string): string {
  const name = target.replaceAll('-', '_');
  const variables = [
    'WASI_SYSROOT="$WASI_SDK_PATH/share/wasi-sysroot"',
    `CC_${name}="$WASI_SDK_PATH/bin/clang"`,
    `CXX_${name}="$WASI_SDK_PATH/bin/clang++"`,
    `AR_${name}="$WASI_SDK_PATH/bin/llvm-ar"`,
  ];
  return `export WASI_SDK_PATH="$(mise where ${wasiSdk[0]})" && export ${variables.join(' ')} && ${line}`;
}

/** An adopted crate or workspace. Its own target and toolchain are used. */
const existing: Existing = {
  manifests: ['Cargo.toml'],
  writes: ['Cargo.lock', 'target/'],
  read: readCargo,
  // cargo builds several members of a workspace with one command if they have the same target.
  join: (all) => {
    const joined: Facts[] = [];
    for (const facts of all) {
      const same = (one: Facts) => joinable.every((key) => one[key] === facts[key]);
      const other = facts.workspace && joined.find(same);
      if (!other) joined.push({ ...facts });
      else {
        other.package = `${other.package} ${facts.package}`;
        other.what = `the crates ${and(other.package.split(' '))}`;
        other.artifact = [...new Set([other.artifact, facts.artifact])].join(', ');
      }
    }
    return joined.map(({ members, ...facts }) => {
      const isWhole = members !== undefined && facts.package?.split(' ').length === Number(members);
      return isWhole ? Object.fromEntries(Object.entries(facts).filter(([key]) => key !== 'package')) : facts;
    });
  },
  contribute({ channel = '', locked, fmt, clippy, workspace, package: crates, component, untracked, ...facts }) {
    const target = targets.find((one) => one === facts.target) ?? 'wasm32-wasip1';
    const compiling = (line: string) => (facts.compilesC ? withClang(target, line) : line);
    // Before 0.3.0 a workspace was built as a whole.
    const members = !workspace
      ? ''
      : crates
        ? crates
            .split(' ')
            .map((name) => ` --package ${quote(name)}`)
            .join('')
        : ' --workspace';
    const flags = `${members}${locked ? ' --locked' : ''}`;
    const runner = facts.options ? quote(`wasmtime run -S ${facts.options}`) : 'wasmtime';
    const underWasmtime = `CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}_RUNNER=${runner} cargo test${flags} --target ${target}`;
    const tests = facts.tests ?? (target.startsWith('wasm32-wasi') ? 'wasm' : 'native');
    const test: Partial<Record<string, string>> = {
      wasm: underWasmtime,
      native: `cargo test${flags}`,
      unrunnable: `@echo ${quote(`The tests import ${facts.imports}, which wasmtime does not provide, so they are not run.`)}`,
    };
    const line = test[tests];
    const pinned = toolchainOf(filesOf('command', 'any'));
    const components = [...(clippy ? ['clippy'] : []), ...(fmt ? ['rustfmt'] : [])].join();
    const lint = [
      ...(fmt ? ['cargo fmt --check'] : []),
      ...(clippy ? [compiling(`cargo clippy${flags} --target ${target} -- --deny warnings`)] : []),
    ];
    return {
      tasks: {
        ...(lint.length > 0 && { lint: task(...lint) }),
        build: task(
          ...(untracked ? [ignoringItself(quotePath(facts.folder ?? 'target'))] : []),
          compiling(
            statedLine(facts) ?? `cargo ${component ? 'component ' : ''}build --release${flags} --target ${target}`,
          ),
        ),
        ...(line && { test: task(tests === 'wasm' ? compiling(line) : line) }),
      },
      tools: [
        {
          command: 'cargo',
          mise: [
            'rust',
            { version: versionIn(channel) || pinned.channel, ...(components && { components }), targets: target },
          ],
        },
        ...(component ? [cargoComponent] : []),
        ...(tests === 'wasm' ? [wasmtime] : []),
        ...(facts.compilesC ? [{ command: 'clang', mise: wasiSdk }] : []),
        ...(facts.compilesC === 'cmake' ? [cmake] : []),
      ],
      ecosystems: ['cargo'],
    };
  },
};

export const rust: Language = {
  existing,
  id: 'rust',
  label: 'Rust',
  aliases: ['rs'],
  help: 'safe and fast, with libraries from crates.io',
  status: 'current',
  // Read when it is asked for, since it reads the templates.
  get ran() {
    return `compiled by the rustc 1.96 of Debian, with clippy and rustfmt of 1.95; projects pin ${toolchainOf(filesOf('command', 'any')).channel}, which rustup installs, and which compiled and linted them once`;
  },
  changes: [
    {
      version: '0.3.0',
      files: ['scripts/doctor.sh'],
      why: 'The doctor does not run programs of a path in rust-toolchain.toml.',
    },
  ],
  kinds: ['command', 'wagi', 'http'],
  maxBytes: { command: 65_000, wagi: 65_000, http: 105_000 },
  memory: { command: 17, wagi: 20, http: 32 },
  refuses(name) {
    if (keywords.includes(name)) return `Name '${name}' is a word of Rust, so no package can have it. Choose another.`;
    if (libraries.includes(name))
      return `Name '${name}' belongs to Rust's own libraries, so a package with it may not compile. Choose another.`;
    if (dependencies.includes(name))
      return `Name '${name}' belongs to a package that web handlers in Rust are made with. Choose another.`;
    if (folders.includes(name))
      return `Name '${name}' is what cargo calls a folder of its own, so no program can have it. Choose another.`;
    return undefined;
  },
  contribute(module) {
    const { artifact, kind, name } = module;
    const component = kind === 'http';
    const files = filesOf(kind, name);
    const toolchain = toolchainOf(files);
    const target = component ? 'wasm32-wasip2' : 'wasm32-wasip1';
    const built = `${component ? name.replaceAll('-', '_') : name}.wasm`;
    const debuggable = `target/${target}/debug/${built}`;
    return {
      tasks: {
        format: { help: 'Format the sources', run: ['cargo fmt'] },
        lint: {
          help: 'Check formatting and lint; warnings are errors',
          run: ['cargo fmt --check', 'cargo clippy --all-targets --locked -- --deny warnings'],
        },
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        debug: {
          help: `Compile ${debuggable}, for a debugger`,
          run: [`cargo build --locked --target ${target} --target-dir target`],
        },
        test: {
          help: 'Run the unit tests, natively and in WebAssembly, and check the module against its contract',
          run: ['cargo test --locked', `cargo test --locked --tests --target ${target}`],
        },
        clean: { help: 'Remove the build output', run: ['rm -rf target'] },
      },
      rules: [
        {
          target: artifact,
          from: ['src/*.rs', 'src/*/*.rs', 'Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'],
          run: [
            `cargo build --release --locked --target ${target} --target-dir target`,
            `cp target/${target}/release/${built} ${artifact}`,
          ],
        },
      ],
      files,
      contents: [
        {
          type: 'cargo',
          run: `cargo tree --locked --target ${target} --edges normal,no-proc-macro --prefix none --format {p}`,
        },
        // cargo's version is that of its Rust release.
        { type: 'generic/rust-std', run: 'cargo --version' },
        { type: 'generic/wasi-libc' },
      ],
      tools: [
        {
          command: 'cargo',
          atLeast: rustVersion(),
          probe: 'cargo_version',
          define: cargoVersion,
          mise: [
            'rust',
            {
              version: toolchain.channel,
              components: toolchain.components.join(),
              targets: toolchain.targets.join(),
            },
          ],
        },
        wasmtime,
        ...(component ? [] : [wasmOpt]),
      ],
      ignore: ['/target/'],
      indent: { '*.rs': 4 },
      extensions: ['rust-lang.rust-analyzer', 'vadimcn.vscode-lldb'],
      settings: {
        '[rust]': { 'editor.defaultFormatter': 'rust-lang.rust-analyzer', 'editor.formatOnSave': true },
        'rust-analyzer.check.command': 'clippy',
      },
      launch: [
        {
          name: 'Debug the unit tests',
          type: 'lldb',
          request: 'launch',
          cargo: { args: ['test', '--no-run', '--lib'], filter: { kind: component ? 'cdylib' : 'lib' } },
        },
        ...(component
          ? [servedByWasmtime(debuggable)]
          : [
              {
                name: 'Debug the program, compiled for this computer',
                type: 'lldb',
                request: 'launch',
                cargo: { args: ['build'], filter: { kind: 'bin' } },
                ...example[kind],
              } as const,
              underWasmtime(kind, debuggable),
            ]),
      ],
      matchers: { build: [problem], test: [problem], lint: [problem] },
      ecosystems: ['cargo', 'rust-toolchain'],
      advice: [
        `\`src/${component ? 'lib' : 'main'}.rs\` only reads and writes. Put your code in ${component ? 'the files' : 'the library'} beside it, with unit tests in the same file. Text from outside is bytes: no \`String\` before it is checked.`,
      ],
      notes: [notes('languages/rust/notes.md.ejs', { component })],
    };
  },
};
