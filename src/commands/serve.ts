/** The command that serves WAGI modules. wagi/ reads its own command line, and is loaded where it serves. */
import type { Command } from '../cli/command.ts';
import { temporary } from '../lib/process.ts';

export const serve: Command = {
  name: 'serve',
  help: 'serve WAGI modules locally, for development',
  load: async () => ({
    flags: {},
    usage: (program) => `Usage: ${program} [flags]`,
    async run(argv) {
      const { serve } = await import('../../wagi/cli.ts');
      return { text: '', code: await serve([...argv], temporary) };
    },
  }),
};
