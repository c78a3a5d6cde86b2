/** C: any clang with a WASI sysroot, else wasi-sdk. */
import type { Language } from '../../model/axes.ts';
import { slowStart } from '../slow-start.ts';
import { notes } from '../templates.ts';
import { byClang, clangChanges, existingByClang } from './clang.ts';

export const c: Language = {
  existing: existingByClang('C', /\.c$/, /\.(?:cpp|cc|cxx)$/),
  id: 'c',
  label: 'C',
  help: 'C17 with clang and wasi-libc',
  status: 'current',
  ran: 'compiled by clang 22 with the wasi-libc of Debian, unit tests by gcc 12; mise installs an archive in the form of wasi-sdk with the same clang, and not wasi-sdk itself, which is in no package registry',
  changes: clangChanges('CLANG', 'CC', ''),
  kinds: ['command', 'wagi'],
  maxBytes: { command: 14_500, wagi: 17_500 },
  memory: { command: 17, wagi: 19 },
  refuses: () => undefined,
  contribute: (module) => ({
    ...byClang(
      {
        id: 'c',
        ending: '',
        besides: [],
        compiler: 'clang',
        variable: 'CLANG',
        flags: { name: 'CFLAGS', value: '-std=c17 -Wall -Wextra -Werror' },
        nativeCompiler: { variable: 'HOST_CC', command: 'cc', package: 'gcc' },
      },
      module,
    ),
    advice: [`\`main.c\` only reads and writes. Put your code in \`src/\`, in portable C17, with tests in \`test/\`.`],
    notes: [notes('languages/c/notes.md.ejs'), slowStart(module)],
  }),
};
