/** `yo wasm:ci` and its like: the same commands as our own door has. */
import Generator from 'yeoman-generator';
import { change } from '../src/change/change.ts';
import { commands, flagsOf, helpOf } from '../src/change/commands.ts';
import { asker, isTerminal } from '../src/prompt.ts';
import { UserError } from '../src/user-error.ts';
import { typed } from './typed.ts';

/** The generator of a command. */
export function changer(name: keyof typeof commands): typeof Generator {
  const flags = flagsOf(commands[name]);
  const program = `yo wasm:${name}`;
  return class extends Generator {
    constructor(...args: ConstructorParameters<typeof Generator>) {
      super(...args);
      for (const [flag, { type }] of Object.entries(flags))
        if (flag !== 'help') this.option(flag, { type: type === 'string' ? String : Boolean });
    }

    override help(): string {
      return helpOf(program, commands[name]);
    }

    async writing(): Promise<void> {
      const ask = asker((question) => this.prompt([question as never]) as Promise<never>);
      const argv = typed(name, this._args, this._initOptions, Object.keys(flags));
      const { text, code } = await change(name, argv, this.contextRoot, isTerminal() ? ask : undefined, program);
      if (code !== 0) throw new UserError(text, code);
      this.log(text);
    }
  } as typeof Generator;
}
