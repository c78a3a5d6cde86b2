/** `yo wasm`: the same questions and the same project as our own command. */
import Generator from 'yeoman-generator';
import { yeomanOverview } from '../../src/change/commands.ts';
import { createFlags, helpText, readCreateRequest } from '../../src/cli/answers.ts';
import { prepare, type Ready, writeProject } from '../../src/cli/create.ts';
import { asker, isTerminal } from '../../src/cli/prompt.ts';
import { questions } from '../../src/plan/questions.ts';
import { typed } from '../typed.ts';

const flags = [...questions.map(({ key }) => key as string), ...Object.keys(createFlags)];

export default class extends Generator {
  #ready: Ready | undefined;

  constructor(...args: ConstructorParameters<typeof Generator>) {
    super(...args);
    for (const { key, help } of questions) this.option(key, { type: String, description: help });
    for (const [name, { type, help }] of Object.entries(createFlags))
      if (name !== 'help' && name !== 'version')
        this.option(name, { type: type === 'string' ? String : Boolean, description: help });
  }

  override help(): string {
    return `${helpText('yo wasm')}\n\n${yeomanOverview()}`;
  }

  async prompting(): Promise<void> {
    const ask = asker((question) => this.prompt([question as never]) as Promise<never>);
    this.#ready = await prepare(
      readCreateRequest(typed('app', this._args, this._initOptions, flags)),
      this.contextRoot,
      isTerminal() ? ask : undefined,
    );
  }

  // Our own writer instead of mem-fs: it knows every conflict before the first write, and our other door uses it too.
  writing(): void {
    if (this.#ready) this.log(writeProject(this.#ready));
  }
}
