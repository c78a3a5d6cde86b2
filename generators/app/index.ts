/** `yo wasm`: the same questions and the same project as our own command. */
import Generator from 'yeoman-generator';
import { helpText, readWish, switches } from '../../src/answers.ts';
import { finish, prepare, type Ready } from '../../src/make.ts';
import { asker, isTerminal } from '../../src/prompt.ts';
import { questions } from '../../src/questions.ts';

/** Flags of yo itself, which it hands on with ours. */
const ofYo = [
  '--no-color',
  '--color',
  '--no-insight',
  '--insight',
  '--local-only',
  '--debug',
  '--skip-cache',
  '--skip-install',
];

export default class extends Generator {
  #ready: Ready | undefined;

  constructor(...args: ConstructorParameters<typeof Generator>) {
    super(...args);
    for (const { key, help } of questions) this.option(key, { type: String, description: help });
    for (const [name, { type, help }] of Object.entries(switches))
      if (name !== 'help' && name !== 'version')
        this.option(name, { type: type === 'string' ? String : Boolean, description: help });
  }

  override help(): string {
    return helpText('yo wasm');
  }

  async prompting(): Promise<void> {
    const ask = asker((question) => this.prompt([question as never]) as Promise<never>);
    this.#ready = await prepare(
      readWish(typed(this._args, this._initOptions)),
      this.contextRoot,
      isTerminal() ? ask : undefined,
    );
  }

  // Our own writer instead of mem-fs: it knows every conflict before the first write, and our other door uses it too.
  writing(): void {
    if (this.#ready) this.log(finish(this.#ready));
  }
}

/**
 * The command line as it was typed. yo reads a folder called 1e3 as a number and joins a repeated flag, so under yo the
 * process's own arguments are taken; a program that calls the generator gives arguments and options.
 */
function typed(args: readonly string[], options: Record<string, unknown>): string[] {
  const [first, ...rest] = process.argv.slice(2);
  if (first !== undefined && /^(?:generator-)?wasm(?::app)?$/.test(first))
    return rest.filter((word) => !ofYo.includes(word));
  const flags = [...questions.map(({ key }) => key as string), ...Object.keys(switches)].flatMap((name) => {
    const value = options[name];
    // Yeoman keeps the option `namespace` for the generator's own: ours comes among the arguments, `--namespace=…`.
    if (value === undefined || value === null || name === 'namespace') return [];
    if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
    return [value].flat().map((word) => `--${name}=${word}`);
  });
  return [...args.map(String), ...flags];
}
