/** Zig: its own build system, and WASI without libc. */

import type { Existing, Language } from '../../model/axes.ts';
import { ignoringItself, task, versionIn } from '../existing.ts';
import { underWasmtime } from '../launch.ts';
import { located } from '../matchers.ts';
import { notes, templateFiles } from '../templates.ts';
import { wasmOpt, wasmtime } from '../tools.ts';

// renovate: datasource=pypi depName=ziglang
const zigVersion = '0.17.1';

const folder = 'languages/zig';
const unitTests = 'build/unit-tests';
const sources = ['build.zig', 'src/*.zig'];
const problem = located('zig');

/** A file that `zig fmt --check` would change: only its path. */
const unformatted = {
  owner: 'zig-fmt',
  source: 'zig fmt',
  pattern: { kind: 'file', regexp: '^((?:build|src/.+)\\.zig)$', file: 1, message: 1 },
};

/** A failed test: the last line of the stack trace. */
const failed = {
  owner: 'zig-test',
  source: 'zig test',
  fileLocation: 'absolute',
  pattern: {
    regexp: '^(/.+\\.zig):(\\d+):(\\d+): 0x\\S+ in test\\.(.+) \\(',
    file: 1,
    line: 2,
    column: 3,
    message: 4,
  },
};

/** The folders that `zig build` creates. */
const made = ['zig-out', '.zig-cache'];

/** An adopted project, built with its build.zig. */
const existing: Existing = {
  manifests: ['build.zig'],
  writes: made.map((path) => `${path}/`),
  read(folder, around) {
    const build = folder.text('build.zig');
    if (build.trim() === '') return undefined;
    return {
      what: 'a project in Zig',
      artifact: 'zig-out/bin/*.wasm',
      version: /\.minimum_zig_version\s*=\s*"([^"]+)"/.exec(folder.text('build.zig.zon'))?.[1] ?? '',
      test: /\bstep\(\s*"test"/.test(build) ? 'yes' : '',
      target: /standardTargetOptions/.test(build) ? 'wasm32-wasi' : '',
      from: 'build.zig',
      untracked: made.filter((path) => !around.ignores(`${path}/`)).join(' '),
    };
  },
  contribute: ({ version = '', test, target, untracked }) => ({
    tasks: {
      build: task(
        ...made.filter((folder) => untracked?.split(' ').includes(folder)).map(ignoringItself),
        `zig build${target ? ' -Dtarget=wasm32-wasi' : ''}`,
      ),
      ...(test && { test: task('zig build test') }),
    },
    tools: [{ command: 'zig', mise: ['zig', versionIn(version) || zigVersion] }],
  }),
};

export const zig: Language = {
  existing,
  id: 'zig',
  label: 'Zig',
  help: 'explicit, very small modules; not at 1.0 yet',
  status: 'current',
  ran: `compiled by the Zig ${zigVersion} of PyPI; that mise installs it was not run here`,
  changes: [
    {
      version: '0.3.0',
      files: ['build.zig', 'Makefile'],
      why: '`zig build unit-tests` compiles the unit tests for a debugger, without running them.',
    },
    {
      version: '0.3.0',
      files: ['build.zig'],
      why: '`zig build test` prints the whole output of a failed test.',
    },
    {
      version: '0.3.0',
      files: ['src/wasi.zig', 'Makefile'],
      why: 'A program that cannot read its input or write its output says so, with the reason.',
    },
  ],
  kinds: ['command', 'wagi'],
  maxBytes: { command: 9_500, wagi: 14_000 },
  memory: { command: 17, wagi: 19 },
  refuses: () => undefined,
  contribute(module) {
    const { artifact, kind, name } = module;
    const debuggable = `build/debug/${name}.wasm`;
    return {
      tasks: {
        format: { help: 'Format the sources', run: ['zig fmt build.zig src'] },
        lint: {
          help: 'Check formatting and lint; warnings are errors',
          run: ['zig fmt --check --ast-check build.zig src'],
        },
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        debug: { help: `Compile ${debuggable}, for a debugger`, needs: [debuggable] },
        test: {
          help: 'Run the unit tests and check the module against its contract',
          needs: [unitTests],
          run: ['zig build test'],
        },
        clean: { help: 'Remove the build output', run: ['rm -rf .zig-cache zig-out'] },
      },
      rules: [
        {
          target: artifact,
          from: sources,
          // Zig does not touch an up-to-date file, which make then considers old.
          run: ['zig build --release --prefix build --prefix-exe-dir .', `touch ${artifact}`],
        },
        {
          target: debuggable,
          from: sources,
          run: ['zig build --prefix build --prefix-exe-dir debug', `touch ${debuggable}`],
        },
        {
          target: unitTests,
          from: sources,
          run: ['zig build unit-tests --prefix build --prefix-exe-dir .', `touch ${unitTests}`],
        },
      ],
      files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
      contents: [{ type: 'generic/zig-std', run: 'zig version' }],
      tools: [{ command: 'zig', atLeast: '0.17', probe: 'zig version', mise: ['zig', zigVersion] }, wasmtime, wasmOpt],
      ignore: ['/.zig-cache/', '/zig-out/', '/zig-pkg/'],
      indent: { '*.{zig,zon}': 4 },
      extensions: ['ziglang.vscode-zig', 'vadimcn.vscode-lldb'],
      settings: {
        '[zig]': { 'editor.defaultFormatter': 'ziglang.vscode-zig', 'editor.formatOnSave': true },
        'zig.version': zigVersion,
      },
      launch: [
        {
          name: 'Debug the unit tests',
          type: 'lldb',
          request: 'launch',
          program: `\${workspaceFolder}/${unitTests}`,
          cwd: '${workspaceFolder}',
          preLaunchTask: 'build',
        },
        underWasmtime(kind, debuggable),
      ],
      matchers: { build: [problem], test: [failed], lint: [problem, unformatted] },
      advice: [
        `\`src/main.zig\` only reads and writes, by \`src/wasi.zig\`. Put your code in the files beside it, with \`test\` blocks; \`src/tests.zig\` names each such file.`,
        `Zig changes between releases: trust the standard library of the installed one (\`zig env\` says where) over what you remember.`,
      ],
      notes: [notes('languages/zig/notes.md.ejs')],
    };
  },
};
