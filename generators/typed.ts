/** The command line of a generator, as it was typed. */

/** Flags of yo itself, which it passes on to the generator. */
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

/**
 * yo reads a folder called 1e3 as a number and joins a repeated flag, so under yo the process's own arguments are taken; a
 * program that calls the generator gives arguments and options.
 * @param generator its name: `app`, `ci`
 * @param flags the names of its own options
 */
export function typed(
  generator: string,
  args: readonly string[],
  options: Record<string, unknown>,
  flags: readonly string[],
): string[] {
  const [first, ...rest] = process.argv.slice(2);
  const [, name = 'app'] = /^(?:generator-)?wasm(?::(\w+))?$/.exec(first ?? '') ?? [undefined, ''];
  if (name === generator) return rest.filter((word) => !ofYo.includes(word));
  const given = flags.flatMap((name) => {
    const value = options[name];
    // Yeoman reserves the option `namespace`, so it arrives among the arguments: `--namespace=…`.
    if (value === undefined || value === null || name === 'namespace') return [];
    // The only flag with a `--no-` form.
    if (value === false) return name === 'git' ? ['--no-git'] : [];
    if (value === true) return [`--${name}`];
    return [value].flat().map((word) => `--${name}=${word}`);
  });
  return [...args.map(String), ...given];
}
