/** C++: any clang with libc++ for WASI, else wasi-sdk. */
import type { Language } from '../../model/axes.ts';
import { slowStart } from '../slow-start.ts';
import { notes } from '../templates.ts';
import { byClang, clangChanges, existingByClang } from './clang.ts';

export const cpp: Language = {
  existing: existingByClang('C++', /\.(?:cpp|cc|cxx)$/, undefined),
  id: 'cpp',
  label: 'C++',
  aliases: ['c++', 'cxx', 'cc'],
  help: 'C++20 with clang and libc++, without exceptions',
  status: 'current',
  ran: 'compiled by clang 22 with the libc++ and wasi-libc of Debian, unit tests by gcc 12 and clang 22; not compiled by wasi-sdk itself, which is in no package registry',
  changes: [
    ...clangChanges('CLANGXX', 'CXX', 'pp'),
    {
      version: '0.3.0',
      files: ['main.cpp', 'runtime.cpp'],
      why: 'clangd marks no line of a fresh project.',
    },
  ],
  kinds: ['command', 'wagi'],
  maxBytes: { command: 20_500, wagi: 25_000 },
  memory: { command: 17, wagi: 19 },
  refuses: () => undefined,
  contribute: (module) => ({
    ...byClang(
      {
        id: 'cpp',
        ending: 'pp',
        besides: ['runtime.cpp'],
        compiler: 'clang++',
        variable: 'CLANGXX',
        flags: { name: 'CXXFLAGS', value: '-std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Werror' },
        nativeCompiler: { variable: 'HOST_CXX', command: 'c++', package: 'g++' },
      },
      module,
    ),
    advice: [
      `\`main.cpp\` only reads and writes. Put your code in \`src/\`, in portable C++20, with tests in \`test/\`.`,
      `There are no exceptions and no RTTI, and whatever brings iostream, locales or printf makes the module many times as large: see what \`make build\` wrote before and after.`,
    ],
    notes: [notes('languages/cpp/notes.md.ejs'), slowStart(module)],
  }),
};
