/** Zig: one compiler and build system, WASI called as it is. */
import { underWasmtime } from '../launch.ts';
import type { Language } from '../plan.ts';
import { templateFiles } from '../templates.ts';
import { wasmOpt, wasmtime } from '../tools.ts';

const folder = 'languages/zig';
const sources = ['build.zig', 'src/*.zig'];

// renovate: datasource=github-tags depName=ziglang/zig
const zigVersion = '0.17.1';

/** An error of the compiler. Where a test fails, the place is that of a stack frame. */
const compiler = {
  owner: 'zig',
  source: 'zig',
  fileLocation: ['autoDetect', '${workspaceFolder}'],
  pattern: {
    regexp: '^(.+\\.zig):(\\d+):(\\d+): (error|note): (.*)$',
    file: 1,
    line: 2,
    column: 3,
    severity: 4,
    message: 5,
  },
};

export const zig: Language = {
  id: 'zig',
  label: 'Zig',
  help: 'small, explicit and fast to compile; not yet 1.0',
  status: 'current',
  ran: `compiled by Zig ${zigVersion} of PyPI`,
  kinds: ['command', 'wagi'],
  refuses: () => undefined,
  share(module) {
    const { artifact, kind, name } = module;
    const debuggable = `build/debug/${name}.wasm`;
    return {
      tasks: {
        format: { help: 'Format the sources', run: ['zig fmt build.zig src'] },
        lint: { help: 'Check the format', run: ['zig fmt --check --ast-check build.zig src'] },
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        debug: { help: `Compile ${debuggable}, for a debugger`, needs: [debuggable] },
        test: { help: 'Run the unit tests and hold the module to its contract', run: ['zig build test'] },
        clean: { help: 'Remove what the build made', run: ['rm -rf .zig-cache'] },
      },
      rules: [
        {
          target: artifact,
          from: sources,
          run: ['zig build --release --prefix build --prefix-exe-dir .', `touch ${artifact}`],
        },
        {
          target: debuggable,
          from: sources,
          run: ['zig build --prefix build --prefix-exe-dir debug', `touch ${debuggable}`],
        },
      ],
      files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
      tools: [{ command: 'zig', atLeast: '0.17', probe: 'zig version', mise: ['zig', zigVersion] }, wasmtime, wasmOpt],
      ignore: ['/.zig-cache/', '/zig-out/'],
      extensions: ['ziglang.vscode-zig', 'vadimcn.vscode-lldb'],
      settings: {
        '[zig]': { 'editor.defaultFormatter': 'ziglang.vscode-zig', 'editor.formatOnSave': true },
      },
      launch: [underWasmtime(kind, debuggable)],
      matchers: { build: [compiler], test: [compiler], lint: [compiler] },
      advice: [],
      notes: [],
    };
  },
};
