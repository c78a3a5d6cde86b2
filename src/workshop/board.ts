/** The progress board, and how a participant joins it. */
import { templateText } from '../catalog/templates.ts';
import type { Part, Workshop } from './model.ts';

export function board({ locale }: Workshop): Part {
  const messages: Record<string, string> = JSON.parse(templateText(`workshop/text/${locale}/board.json`));
  const run = (script: string): string[] => [
    // Make puts what stands on its command line into the environment, so that no name passes through a shell.
    `@exec node .workshop/package/templates/workshop/board/${script}.mjs`,
  ];
  return {
    targets: [
      { name: 'board', help: messages.help_board ?? '', run: run('server') },
      { name: 'join', help: messages.help_join ?? '', run: run('join') },
    ],
    ignore: ['/.workshop/board.json', '/.workshop/board/'],
  };
}
