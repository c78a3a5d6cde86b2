/** Rust: a library with all that is decided and a small program, compiled by cargo for `wasm32-wasip1`. */
import { parse } from 'smol-toml';
import { underWasmtime } from '../launch.ts';
import type { Kind, Language } from '../plan.ts';
import { templateFiles, templateText } from '../templates.ts';
import { wasmOpt, wasmtime } from '../tools.ts';

const folder = 'languages/rust';
const target = 'wasm32-wasip1';

/** What rustup installs for a project. */
const { toolchain } = parse(templateText(`${folder}/common/rust-toolchain.toml`)) as {
  toolchain: { channel: string; components: string[]; targets: string[] };
};

/** Words that no crate can be called, the reserved ones too: https://doc.rust-lang.org/reference/keywords.html */
const keywords = `abstract as async await become box break const continue crate do dyn else enum extern false final fn
for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true
try type typeof unsafe unsized use virtual where while yield`.split(/\s+/);

/** Libraries that come with Rust, and the modules of `std` that `main.rs` uses by these names. */
const libraries = ['alloc', 'core', 'env', 'io', 'proc_macro', 'std', 'test'];

/** Folders that cargo makes beside the program. */
const folders = ['build', 'deps', 'examples', 'incremental'];

/** A run of the program in the debugger, compiled for this computer. */
const example: { [kind in Kind]?: object } = {
  command: { args: ['Ada'] },
  wagi: { env: { REQUEST_METHOD: 'GET', PATH_INFO: '/', QUERY_STRING: 'name=Ada' } },
};

export const rust: Language = {
  id: 'rust',
  label: 'Rust',
  help: 'safe and fast, with the libraries of crates.io',
  status: 'current',
  ran: 'compiled by the rustc 1.96 of Debian, with clippy and rustfmt of 1.95; that rustup installs what the project pins was not run here',
  kinds: ['command', 'wagi'],
  maxBytes: { command: 65_000, wagi: 65_000 },
  refuses(name) {
    if (keywords.includes(name)) return `Name '${name}' is a word of Rust, so no package can have it. Choose another.`;
    if (libraries.includes(name))
      return `Name '${name}' belongs to Rust's own libraries, so a package with it may not compile. Choose another.`;
    if (folders.includes(name))
      return `Name '${name}' is what cargo calls a folder of its own, so no program can have it. Choose another.`;
    return undefined;
  },
  share(module) {
    const { artifact, kind, name } = module;
    const debuggable = `target/${target}/debug/${name}.wasm`;
    return {
      tasks: {
        format: { help: 'Format the sources', run: ['cargo fmt'] },
        lint: {
          help: 'Check format and lint, warnings too',
          run: ['cargo fmt --check', 'cargo clippy --all-targets --locked -- --deny warnings'],
        },
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        debug: {
          help: `Compile ${debuggable}, for a debugger`,
          run: [`cargo build --locked --target ${target} --target-dir target`],
        },
        test: {
          help: 'Run the unit tests, here and in WebAssembly, and hold the module to its contract',
          run: ['cargo test --locked', `cargo test --locked --tests --target ${target}`],
        },
        clean: { help: 'Remove what the build made', run: ['rm -rf target'] },
      },
      rules: [
        {
          target: artifact,
          from: ['src/*.rs', 'src/*/*.rs', 'Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'],
          run: [
            `cargo build --release --locked --target ${target} --target-dir target`,
            `cp target/${target}/release/${name}.wasm ${artifact}`,
          ],
        },
      ],
      files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
      tools: [
        {
          command: 'cargo',
          atLeast: '1.85',
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
        wasmOpt,
      ],
      ignore: ['/target/'],
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
          cargo: { args: ['test', '--no-run', '--lib'], filter: { kind: 'lib' } },
        },
        {
          name: 'Debug the program, compiled for this computer',
          type: 'lldb',
          request: 'launch',
          cargo: { args: ['build'], filter: { kind: 'bin' } },
          ...example[kind],
        },
        underWasmtime(kind, debuggable),
      ],
      matchers: { build: ['$rustc'], test: ['$rustc'], lint: ['$rustc'] },
      ecosystems: ['cargo', 'rust-toolchain'],
      advice: [
        `\`src/main.rs\` only reads and writes. Decisions go into the library beside it, with unit tests in the same file. Text from outside is bytes: no \`String\` before it is checked.`,
      ],
      notes: [
        `## Rust

\`src/main.rs\` only reads and writes. What the program decides is in the library beside it, which holds the unit tests too.
\`make test\` runs them twice: compiled for this computer, and for \`${target}\` under wasmtime. Text from outside is bytes
that need not be UTF-8, so it stays \`Vec<u8>\`. VS Code debugs tests and program natively, and the module under wasmtime,
which was tried on Linux only.

\`rust-toolchain.toml\` names the compiler for [rustup](https://rustup.rs), and \`mise.toml\` the same one. \`[profile.release]\` in
\`Cargo.toml\` is set for small modules: with \`opt-level = 3\` they are larger and often faster.`,
      ],
    };
  },
};
