/** C: any clang with a WASI sysroot; wasi-sdk where there is none. */
import { underWasmtime } from '../launch.ts';
import type { Language, Tool } from '../plan.ts';
import { templateFiles } from '../templates.ts';
import { wasiSdk, wasmOpt, wasmtime } from '../tools.ts';

const folder = 'languages/c';
const unitTests = 'build/unit-tests';
const sources = ['main.c', 'src/*.c', 'src/*.h'];

/** A program of wasi-sdk, from the one that the user has where WASI_SDK_PATH says so. */
const ofSdk = (command: string) => `\${WASI_SDK_PATH:+$WASI_SDK_PATH/bin/}${command}`;
/** The same, unless this variable names another; `CC` has a default in make, which is no clang. */
const chosen = (variable: string, command: string) => `\${${variable}:-${ofSdk(command)}}`;

const tool = (command: string, variable: string): Tool => ({
  command,
  atLeast: '20',
  instead: chosen(variable, command),
  get: 'make setup',
});

export const c: Language = {
  id: 'c',
  label: 'C',
  help: 'C17 with clang and wasi-libc',
  status: 'current',
  ran: 'compiled by clang 22 with the wasi-libc of Debian, unit tests by gcc 12; not compiled by wasi-sdk, which is in no package registry',
  kinds: ['command', 'wagi'],
  refuses: () => undefined,
  share(module) {
    const { artifact, kind, name } = module;
    const debuggable = `build/${name}.debug.wasm`;
    return {
      tasks: {
        format: { help: 'Format the sources', run: ['$CLANG_FORMAT -i main.c src/*.[ch] test/*.[ch]'] },
        lint: {
          help: 'Check format and lint, warnings too',
          run: [
            '$CLANG_FORMAT --dry-run -Werror main.c src/*.[ch] test/*.[ch]',
            '$CLANG_TIDY --quiet main.c src/*.c test/*.c -- $CFLAGS',
          ],
        },
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        debug: { help: `Compile ${debuggable}, for a debugger`, needs: [debuggable] },
        test: {
          help: 'Run the unit tests and hold the module to its contract',
          needs: [unitTests],
          run: [unitTests],
        },
      },
      rules: [
        {
          target: artifact,
          from: sources,
          run: [
            'rm -rf build/commands',
            `$CLANG $CFLAGS $TARGET -Oz -flto -s -gen-cdb-fragment-path build/commands main.c src/*.c -o ${artifact}`,
            "sed -e '1s/^/[/' -e '$s/,$/]/' build/commands/*.json >build/compile_commands.json",
          ],
        },
        {
          target: debuggable,
          from: sources,
          run: [`$CLANG $CFLAGS $TARGET -g -O0 main.c src/*.c -o ${debuggable}`],
        },
        {
          target: unitTests,
          from: ['src/*.c', 'src/*.h', 'test/*.c', 'test/*.h'],
          run: [`$HOST_CC $CFLAGS $TEST_FLAGS src/*.c test/*.c -o ${unitTests}`],
        },
      ],
      variables: [
        { name: 'CLANG', value: chosen('CC', 'clang') },
        { name: 'CLANG_FORMAT', value: ofSdk('clang-format'), overridable: true },
        { name: 'CLANG_TIDY', value: ofSdk('clang-tidy'), overridable: true },
        { name: 'HOST_CC', value: 'cc', overridable: true },
        { name: 'CFLAGS', value: '-std=c17 -Wall -Wextra -Werror' },
        { name: 'TARGET', value: '--target=wasm32-wasip1 --no-wasm-opt' },
        { name: 'TEST_FLAGS', value: '-g -fsanitize=address,undefined -fno-sanitize-recover=all' },
      ],
      files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
      tools: [
        { ...tool('clang', 'CC'), mise: wasiSdk },
        tool('clang-format', 'CLANG_FORMAT'),
        tool('clang-tidy', 'CLANG_TIDY'),
        { command: 'cc', instead: '${HOST_CC:-cc}' },
        wasmtime,
        wasmOpt,
      ],
      extensions: ['llvm-vs-code-extensions.vscode-clangd', 'vadimcn.vscode-lldb'],
      settings: {
        '[c]': { 'editor.defaultFormatter': 'llvm-vs-code-extensions.vscode-clangd', 'editor.formatOnSave': true },
        // The compiler knows where its WASI headers are.
        'clangd.arguments': ['--query-driver=**/clang*'],
      },
      launch: [
        {
          name: 'Debug the unit tests',
          type: 'lldb',
          request: 'launch',
          program: `\${workspaceFolder}/${unitTests}`,
          cwd: '${workspaceFolder}',
          preLaunchTask: 'test',
        },
        underWasmtime(kind, debuggable),
      ],
      matchers: { build: ['$gcc'], test: ['$gcc'], lint: ['$gcc'] },
      advice: [
        `\`main.c\` only reads and writes. Decisions go into \`src/\`, in portable C17, with tests in \`test/\`.`,
      ],
      notes: [
        `## C

\`main.c\` only reads and writes. What the program decides is in \`src/\`, in plain C17: the unit tests in \`test/\` are
compiled for your own machine by \`HOST_CC\`, with the address and undefined-behaviour sanitizers. Both can be debugged in
VS Code: the tests natively, the module under wasmtime, which was tried on Linux only.

\`make setup\` installs [wasi-sdk](https://github.com/WebAssembly/wasi-sdk). \`WASI_SDK_PATH\` names one that you have, and
\`make CC=clang-22\` any clang 20 or newer that finds a wasi-libc. \`make build\` also writes
\`build/compile_commands.json\`, which clangd finds by itself.`,
      ],
    };
  },
};
