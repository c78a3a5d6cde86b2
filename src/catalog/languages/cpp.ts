/** C++: any clang with libc++ for WASI, else wasi-sdk. */
import type { Language } from '../../model/axes.ts';
import { slowStart } from '../slow-start.ts';
import { byClang, existingByClang } from './clang.ts';

export const cpp: Language = {
  existing: existingByClang('C++', /\.(?:cpp|cc|cxx)$/, undefined),
  id: 'cpp',
  label: 'C++',
  help: 'C++20 with clang and libc++, without exceptions',
  status: 'current',
  ran: 'compiled by clang 22 with the libc++ and wasi-libc of Debian, unit tests by gcc 12 and clang 22; not compiled by wasi-sdk itself, which is in no package registry',
  kinds: ['command', 'wagi'],
  maxBytes: { command: 20_500, wagi: 25_000 },
  refuses: () => undefined,
  contribute: (module) => ({
    ...byClang(
      {
        id: 'cpp',
        ending: 'pp',
        besides: ['runtime.cpp'],
        compiler: 'clang++',
        variable: 'CXX',
        flags: { name: 'CXXFLAGS', value: '-std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Werror' },
        nativeCompiler: { variable: 'HOST_CXX', command: 'c++', package: 'g++' },
      },
      module,
    ),
    advice: [
      `\`main.cpp\` only reads and writes. Decisions go into \`src/\`, in portable C++20, with tests in \`test/\`.`,
      `There are no exceptions and no RTTI, and whatever brings iostream, locales or printf makes the module many times as large: see what \`make build\` wrote before and after.`,
    ],
    notes: [
      `## C++

\`main.cpp\` only reads and writes. What the program decides is in \`src/\`, in plain C++20: the unit tests in \`test/\` are
compiled for your own machine by \`HOST_CXX\`, with the address and undefined-behaviour sanitizers. Both can be debugged in
VS Code: the tests natively, the module under wasmtime, which was tried on Linux only.

The module is built without exceptions and RTTI: a library that would throw ends the program. \`runtime.cpp\` sees to it
that it does so without a message, which would bring printf. iostream alone would be 200 kB.

\`make setup\` installs [wasi-sdk](https://github.com/WebAssembly/wasi-sdk). \`WASI_SDK_PATH\` names one that you have, and
\`make CXX=clang++-22\` any clang 20 or newer that finds libc++ and a wasi-libc. \`make build\` also writes
\`build/compile_commands.json\`, which clangd finds by itself.`,
      slowStart(module),
    ],
  }),
};
