/** C: any clang with a WASI sysroot, else wasi-sdk. */
import type { Language } from '../../model/axes.ts';
import { slowStart } from '../slow-start.ts';
import { byClang, existingByClang } from './clang.ts';

export const c: Language = {
  existing: existingByClang('C', /\.c$/, /\.(?:cpp|cc|cxx)$/),
  id: 'c',
  label: 'C',
  help: 'C17 with clang and wasi-libc',
  status: 'current',
  ran: 'compiled by clang 22 with the wasi-libc of Debian, unit tests by gcc 12; mise installs an archive in the form of wasi-sdk with the same clang, and not wasi-sdk itself, which is in no package registry',
  kinds: ['command', 'wagi'],
  maxBytes: { command: 14_000, wagi: 17_000 },
  refuses: () => undefined,
  contribute: (module) => ({
    ...byClang(
      {
        id: 'c',
        ending: '',
        besides: [],
        compiler: 'clang',
        variable: 'CC',
        flags: { name: 'CFLAGS', value: '-std=c17 -Wall -Wextra -Werror' },
        nativeCompiler: { variable: 'HOST_CC', command: 'cc', package: 'gcc' },
      },
      module,
    ),
    advice: [`\`main.c\` only reads and writes. Decisions go into \`src/\`, in portable C17, with tests in \`test/\`.`],
    notes: [
      `## C

\`main.c\` only reads and writes. What the program decides is in \`src/\`, in plain C17: the unit tests in \`test/\` are
compiled for your own machine by \`HOST_CC\`, with the address and undefined-behaviour sanitizers. Both can be debugged in
VS Code: the tests natively, the module under wasmtime, which was tried on Linux only.

\`make setup\` installs [wasi-sdk](https://github.com/WebAssembly/wasi-sdk). \`WASI_SDK_PATH\` names one that you have, and
\`make CC=clang-22\` any clang 20 or newer that finds a wasi-libc. \`make build\` also writes
\`build/compile_commands.json\`, which clangd finds by itself.`,
      slowStart(module),
    ],
  }),
};
