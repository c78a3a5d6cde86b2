/** A command as a generator of Yeoman: `yo wasm`, `yo wasm:ci`. */
import { asker, commands, createCommand, isTerminal, UserError } from '../src/commands/program.ts';
import { typed } from './typed.ts';
import Generator from './yeoman.ts';

/** @param name of a command; `app` writes a project */
export async function door(name: string): Promise<typeof Generator> {
  const listed = [createCommand(commands), ...commands].find((one) => one.name === name);
  if (!listed) throw new Error(`No command is called ${name}`);
  const command = await listed.load();
  const program = name === 'app' ? 'yo wasm' : `yo wasm:${name}`;
  return class extends Generator {
    constructor(...args: ConstructorParameters<typeof Generator>) {
      super(...args);
      // Yeoman reads --no-git as the option git.
      for (const [flag, { hint, help }] of Object.entries(command.flags))
        if (flag !== 'help' && flag !== 'version' && !flag.startsWith('no-'))
          this.option(flag, { type: hint ? String : Boolean, description: help });
    }

    override help(): string {
      return command.usage(program);
    }

    // Not mem-fs: the writer of the other door finds every conflict before the first write.
    async writing(): Promise<void> {
      const ask = asker((question) => this.prompt([question as never]) as Promise<never>);
      const argv = typed(name, this._args, this._initOptions, Object.keys(command.flags));
      const { text, code } = await command.run(argv, {
        cwd: this.contextRoot,
        ask: isTerminal() ? ask : undefined,
        program,
      });
      // The text has several lines, and a UserError has one.
      if (code !== 0) throw Object.assign(new UserError('', code), { message: text });
      this.log(text);
    }
  } as typeof Generator;
}
