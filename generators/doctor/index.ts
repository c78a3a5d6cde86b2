/** `yo wasm:doctor`: the same look at a project as our own door has. */
import Generator from 'yeoman-generator';
import { examine, flags, helpOf } from '../../src/examine.ts';
import { UserError } from '../../src/user-error.ts';
import { typed } from '../typed.ts';

const program = 'yo wasm:doctor';

class Doctor extends Generator {
  constructor(...args: ConstructorParameters<typeof Generator>) {
    super(...args);
    for (const [name, { help }] of Object.entries(flags))
      if (name !== 'help') this.option(name, { type: Boolean, description: help });
  }

  override help(): string {
    return helpOf(program);
  }

  async writing(): Promise<void> {
    const argv = typed('doctor', this._args, this._initOptions, Object.keys(flags));
    const { text, code } = await examine(argv, this.contextRoot, program);
    if (code !== 0) throw new UserError(text, code);
    this.log(text);
  }
}

export default Doctor as typeof Generator;
