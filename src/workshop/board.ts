/** The progress board, and how a participant joins it. */
import { templateText } from '../catalog/templates.ts';
import type { Part, Workshop } from './model.ts';

export function board({ locale }: Workshop): Part {
  const messages: Record<string, string> = JSON.parse(templateText(`workshop/text/${locale}/board.json`));
  // Make puts what stands on its command line into the environment, so that no name passes through a shell.
  const run = (script: string): string[] => [`@exec node .workshop/package/templates/workshop/board/${script}.mjs`];
  return {
    lines: [
      '# A name may have a $. Only one that was typed counts: WSL has the name of the machine in NAME.',
      'override NAME := $(if $(filter command%,$(origin NAME)),$(value NAME))',
      'export NAME',
      '',
    ],
    targets: [
      { name: 'board', help: messages.help_board ?? '', run: run('server') },
      { name: 'join', help: messages.help_join ?? '', run: run('join') },
    ],
    ignore: ['/.workshop/board.json', '/.workshop/board/'],
  };
}
