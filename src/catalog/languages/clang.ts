/** Shared by C and C++: any clang with a WASI sysroot, else wasi-sdk; unit tests with the native compiler. */

import { quotePath } from '../../lib/shell.ts';
import type { Existing } from '../../model/axes.ts';
import type { Change } from '../../model/choices.ts';
import type { Built, Contribution, Tool } from '../../model/plan.ts';
import { ignoringItself, task } from '../existing.ts';
import { underWasmtime } from '../launch.ts';
import { located } from '../matchers.ts';
import { templateFiles } from '../templates.ts';
import { cmake as cmakeTool, wasiSdk, wasmOpt, wasmtime } from '../tools.ts';

/** The differences between C and C++. */
interface Dialect {
  /** The language's id, here and in VS Code. */
  id: string;
  /** The rest of the file extension after `c` or `h`. */
  ending: '' | 'pp';
  /** Sources besides `main` that only the module has. */
  besides: string[];
  compiler: string;
  /** make's variable for the compiler. Not `CC` or `CXX`, which name the compiler of the system in many environments. */
  variable: 'CLANG' | 'CLANGXX';
  /** make's variable for its flags. */
  flags: { name: string; value: string };
  /** The compiler of the unit tests. */
  nativeCompiler: { variable: string; command: string; package: string };
}

/** What changed for both languages. @param system make's usual variable for the compiler */
export const clangChanges = (variable: Dialect['variable'], system: string, ending: Dialect['ending']): Change[] => [
  {
    version: '0.3.0',
    files: ['Makefile', 'README.md', 'scripts/doctor.sh'],
    why: `\`${variable}\` chooses the compiler for WebAssembly. \`${system}\` does not any more: many environments set it to the compiler of the system.`,
  },
  {
    version: '0.3.0',
    files: [`src/streams.c${ending}`, `src/streams.h${ending}`, 'Makefile'],
    why: 'A program that cannot read its input or write its output says so, with the reason.',
  },
];

const unitTests = 'build/unit-tests';
const problem = located('clang');

/** A program of wasi-sdk, from WASI_SDK_PATH if set. */
const ofSdk = (command: string) => `\${WASI_SDK_PATH:+$WASI_SDK_PATH/bin/}${command}`;

const tool = (command: string, variable: string): Tool => ({
  command,
  atLeast: '20',
  instead: `\${${variable}:-${ofSdk(command)}}`,
  get: 'make setup',
});

/** The folder of mise's wasi-sdk, as a shell word. */
const sdkFolder = `"$(mise where ${wasiSdk[0]})"`;

/**
 * An adopted project with sources of these extensions and none of the others: built by its CMakeLists.txt, or by a
 * Makefile that mentions WebAssembly.
 */
export const existingByClang = (label: string, ending: RegExp, not: RegExp | undefined): Existing => ({
  manifests: ['CMakeLists.txt', 'Makefile'],
  writes: ['build/'],
  read(folder, around) {
    const sources = folder.paths.filter((path) => ending.test(path));
    if (sources.length === 0 || (not && folder.paths.some((path) => not.test(path)))) return undefined;
    if (folder.paths.includes('CMakeLists.txt')) {
      const text = folder.text('CMakeLists.txt');
      const saying = folder.paths.find(
        (path) => /(?:CMakeLists\.txt|\.cmake|CMakePresets\.json)$/.test(path) && aboutWasm.test(folder.text(path)),
      );
      // What a system has, and wasi-sdk has not.
      const needed = /\bfind_package\s*\(\s*(\w+)[^)]*\bREQUIRED\b/i.exec(text)?.[1];
      if (needed && !saying) return [{ path: '', why: `it needs ${needed}, and it is not marked as WebAssembly` }];
      return {
        what: `a CMake project in ${label}`,
        artifact: 'build/*.wasm',
        cmake: 'yes',
        from: saying ?? '',
        plain: saying ? '' : 'yes',
        untracked: around.ignores('build/') ? '' : 'yes',
        test: /\b(?:enable_testing|add_test)\b|\binclude\s*\(\s*CTest\b/i.test(text) ? 'yes' : '',
      };
    }
    const text = folder.text('Makefile');
    // A Makefile of another language may contain C.
    if (!aboutWasm.test(text) || !/\b(?:clang|emcc|cc)\b|\$[({]\w*(?:CC|CXX|CLANG|SDK)\w*[)}]/i.test(text))
      return undefined;
    const targets = [...text.matchAll(/^([^\s#:=.][^\s#:=]*)\s*:(?![=:])/gm)].flatMap(([, name]) => name ?? []);
    const target = ['test', 'check'].find((name) => targets.includes(name));
    const first = /^(?:help|usage|default|run|clean|install)$/.test(targets[0] ?? '')
      ? (['all', 'build'].find((name) => targets.includes(name)) ?? '')
      : '';
    return {
      what: `a Makefile for ${label}`,
      artifact: '*.wasm',
      cmake: '',
      test: target ?? '',
      target: first,
      sdk: sdkVariables(text),
      from: 'Makefile',
    };
  },
  contribute: ({ cmake, test, target, sdk, untracked }) => {
    const known = sdk?.split(' ').filter((name) => folderNames.test(name) || programNames.test(name)) ?? [];
    const variables = (known.length > 0 ? known : ['WASI_SDK_PATH'])
      .map((name) => `${name}=${sdkPath(name)}`)
      .join(' ');
    return {
      tasks: cmake
        ? {
            build: task(
              ...(untracked ? [ignoringItself('build')] : []),
              `cmake -S . -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE=${sdkFolder}/share/cmake/wasi-sdk.cmake -DCMAKE_CROSSCOMPILING_EMULATOR=wasmtime`,
              'cmake --build build',
            ),
            ...(test && { test: task('ctest --test-dir build --output-on-failure') }),
          }
        : {
            build: task(`$MAKE ${target ? `${quotePath(target)} ` : ''}${variables}`),
            ...(test && { test: task(`$MAKE ${quotePath(test)} ${variables}`) }),
          },
      tools: [{ command: 'clang', mise: wasiSdk }, ...(cmake ? [cmakeTool] : []), wasmtime],
    };
  },
});

const aboutWasm = /wasm|wasi|emscripten/i;

const folderNames = /^WASI_?SDK(?:_?(?:PATH|ROOT|DIR|HOME|PREFIX|FOLDER|BASE))?$/;
const programNames = /^WASI_?(?:CC|CXX|CLANG|CLANGXX|AR|SYSROOT)$/;

/** The variables with which a Makefile finds wasi-sdk: its folder, or its programs and sysroot. */
function sdkVariables(text: string): string {
  const read = [...new Set([...text.matchAll(/\$[({](\w+)[)}]/g)].flatMap(([, name]) => name ?? []))];
  const folders = read.filter((name) => folderNames.test(name));
  const programs = read.filter((name) => programNames.test(name));
  const taken = folders.length > 0 ? folders : programs;
  return taken.length > 0 ? taken.join(' ') : 'WASI_SDK_PATH';
}

/** The value of such a variable. */
function sdkPath(name: string): string {
  const [, part = ''] = /^WASI_?(CC|CLANGXX|CXX|CLANG|AR|SYSROOT)$/.exec(name) ?? [];
  const paths: Partial<Record<string, string>> = {
    CC: 'bin/clang',
    CLANG: 'bin/clang',
    CXX: 'bin/clang++',
    CLANGXX: 'bin/clang++',
    AR: 'bin/llvm-ar',
    SYSROOT: 'share/wasi-sysroot',
  };
  return paths[part] ? `${sdkFolder}/${paths[part]}` : sdkFolder;
}

/** The contribution without `advice` and `notes`. */
export function byClang(dialect: Dialect, { artifact, kind, name }: Built): Contribution {
  const { id, ending, compiler, variable, flags, nativeCompiler } = dialect;
  const folder = `languages/${id}`;
  const debuggable = `build/${name}.debug.wasm`;
  const main = [`main.c${ending}`, ...dialect.besides].join(' ');
  const [source, header, either] = [`*.c${ending}`, `*.h${ending}`, `*.[ch]${ending}`];
  const all = `${main} src/${either} test/${either}`;
  const module = { sources: `${main} src/${source}`, from: [...main.split(' '), `src/${source}`, `src/${header}`] };
  return {
    tasks: {
      format: { help: 'Format the sources', run: [`$CLANG_FORMAT -i ${all}`] },
      lint: {
        help: 'Check formatting and lint; warnings are errors',
        run: [
          `$CLANG_FORMAT --dry-run -Werror ${all}`,
          `$CLANG_TIDY --quiet ${module.sources} test/${source} -- $${flags.name}`,
        ],
      },
      build: { help: `Compile ${artifact}`, needs: [artifact] },
      debug: { help: `Compile ${debuggable}, for a debugger`, needs: [debuggable] },
      test: {
        help: 'Run the unit tests and check the module against its contract',
        needs: [unitTests],
        run: [unitTests],
      },
    },
    rules: [
      {
        target: artifact,
        from: module.from,
        run: [
          'rm -rf build/commands',
          `$${variable} $${flags.name} $TARGET -Oz -flto -s -gen-cdb-fragment-path build/commands ${module.sources} -o ${artifact}`,
          "sed -e '1s/^/[/' -e '$s/,$/]/' build/commands/*.json >build/compile_commands.json",
        ],
      },
      {
        target: debuggable,
        from: module.from,
        run: [`$${variable} $${flags.name} $TARGET -g -O0 ${module.sources} -o ${debuggable}`],
      },
      {
        target: unitTests,
        from: [`src/${source}`, `src/${header}`, `test/${source}`, `test/${header}`],
        run: [`$${nativeCompiler.variable} $${flags.name} $TEST_FLAGS src/${source} test/${source} -o ${unitTests}`],
      },
    ],
    variables: [
      { name: variable, value: ofSdk(compiler), overridable: true },
      { name: 'CLANG_FORMAT', value: ofSdk('clang-format'), overridable: true },
      { name: 'CLANG_TIDY', value: ofSdk('clang-tidy'), overridable: true },
      { name: nativeCompiler.variable, value: nativeCompiler.command, overridable: true },
      flags,
      { name: 'TARGET', value: '--target=wasm32-wasip1 --no-wasm-opt' },
      { name: 'TEST_FLAGS', value: '-g -fsanitize=address,undefined -fno-sanitize-recover=all' },
    ],
    files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
    contents: [
      { type: 'generic/wasi-libc' },
      { type: 'generic/compiler-rt', run: `$${variable} -dumpversion` },
      ...(id === 'cpp' ? [{ type: 'generic/libc++', run: `$${variable} -dumpversion` }] : []),
    ],
    tools: [
      { ...tool(compiler, variable), mise: wasiSdk },
      tool('clang-format', 'CLANG_FORMAT'),
      tool('clang-tidy', 'CLANG_TIDY'),
      {
        command: nativeCompiler.command,
        instead: `\${${nativeCompiler.variable}:-${nativeCompiler.command}}`,
        package: nativeCompiler.package,
      },
      wasmtime,
      wasmOpt,
    ],
    extensions: ['llvm-vs-code-extensions.vscode-clangd', 'vadimcn.vscode-lldb'],
    settings: {
      [`[${id}]`]: { 'editor.defaultFormatter': 'llvm-vs-code-extensions.vscode-clangd', 'editor.formatOnSave': true },
      // The compiler finds its WASI headers itself.
      'clangd.arguments': ['--query-driver=**/clang*'],
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
    // Failed checks of the unit tests are printed as a compiler's errors.
    matchers: { build: [problem], test: [problem], lint: [problem] },
  };
}
