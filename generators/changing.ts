/** `yo wasm:ci` and its like: the same commands as our own door has. */
import Generator from 'yeoman-generator';
import { change } from '../src/change/change.ts';
import { commands, flagsOf, helpOf } from '../src/change/commands.ts';
import type { CommandResult } from '../src/change/outcome.ts';
import { asker, isTerminal } from '../src/cli/prompt.ts';
import { printed } from '../src/lib/printable.ts';
import { UserError } from '../src/lib/user-error.ts';
import type { Ask } from '../src/plan/choices.ts';
import { typed } from './typed.ts';

/** A command for Yeoman. */
export interface Door {
  name: string;
  flags: Record<string, { type: 'string' | 'boolean' }>;
  help(program: string): string;
  run(argv: readonly string[], cwd: string, ask: Ask | undefined, program: string): Promise<CommandResult>;
}

/** The generator of a command. */
export function door({ name, flags, help, run }: Door): typeof Generator {
  const program = `yo wasm:${name}`;
  return class extends Generator {
    constructor(...args: ConstructorParameters<typeof Generator>) {
      super(...args);
      for (const [flag, { type }] of Object.entries(flags))
        if (flag !== 'help') this.option(flag, { type: type === 'string' ? String : Boolean });
    }

    override help(): string {
      return help(program);
    }

    async writing(): Promise<void> {
      const ask = asker((question) => this.prompt([question as never]) as Promise<never>);
      const argv = typed(name, this._args, this._initOptions, Object.keys(flags));
      const { text, code } = await run(argv, this.contextRoot, isTerminal() ? ask : undefined, program);
      // Of several lines, and shown already.
      if (code !== 0) throw Object.assign(new UserError('', code), { message: printed(text) });
      this.log(printed(text));
    }
  } as typeof Generator;
}

/** The generator of a command that changes a project. */
export const changer = (name: keyof typeof commands): typeof Generator =>
  door({
    name,
    flags: flagsOf(commands[name]),
    help: (program) => helpOf(program, commands[name]),
    run: (argv, cwd, ask, program) => change(name, argv, cwd, ask, program),
  });
