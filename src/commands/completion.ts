/** `completion`: what bash, zsh and fish complete after `generator-wasm`, as a script that is printed from the commands. */
import { type Command, type Flag, helpFlag, helpOf, type LoadedCommand, readFlags } from '../cli/command.ts';
import { UserError } from '../lib/user-error.ts';
import { choiceOf } from '../plan/values.ts';

/** The values in the hint of a flag, `a|b` or `a|b,…`; and whether it takes several. */
function valuesOf({ hint = '' }: Flag): { values: string[]; many: boolean } {
  const many = hint.endsWith(',…');
  const values = hint.replace(/,…$/, '').split('|');
  return { values: values.length > 1 ? values : [], many };
}

type Completed = Omit<Command, 'load'> & Pick<LoadedCommand, 'flags' | 'values' | 'manyValues'>;

const flagsOf = ({ flags }: Completed) =>
  Object.entries(flags).map(([name, flag]) => ({ name, ...flag, ...valuesOf(flag) }));

/** A word in single quotes, as bash and zsh read it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** @param create the command without a name; `others` have one, as their first word */
function bash(create: Completed, others: readonly Completed[]): string {
  const words = (command: Completed) =>
    flagsOf(command)
      .map(({ name }) => `--${name}`)
      .join(' ');
  const branch = (command: Completed, name: string) =>
    `    ${name}) flags=${quoted(words(command))} values=${quoted((command.values ?? []).join(' '))}${command.manyValues ? ' list=yes' : ''} ;;`;
  const valued = (command: Completed) =>
    flagsOf(command).flatMap(({ name, hint, values, many }) =>
      hint
        ? [
            `    '${command === create ? '' : command.name} --${name}') flags='' values=${quoted(values.join(' '))}${many ? ' list=yes' : ''} ;;`,
          ]
        : [],
    );
  return `# Completion of generator-wasm in bash. In ~/.bashrc: source <(generator-wasm completion bash)
_generator_wasm() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command='' flags='' values='' list='' line
  # Bash splits a word at its equals sign.
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $before == '=' ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  ((COMP_CWORD > 1)) && case \${COMP_WORDS[1]} in
    ${others.map(({ name }) => name).join(' | ')}) command=\${COMP_WORDS[1]} ;;
  esac
  case $command in
${others.map((command) => branch(command, command.name)).join('\n')}
${branch(create, '*')}
  esac
  ((COMP_CWORD == 1)) && values=${quoted(others.map(({ name }) => name).join(' '))}
  case "$command $before" in
${[create, ...others].flatMap(valued).join('\n')}
  esac
  if [[ $word == -* ]]; then
    values=$flags
    list=''
  elif [[ $list == yes && $word == *,* ]]; then
    list=\${word%,*},
    word=\${word##*,}
  else
    list=''
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$list$line")
  done < <(compgen -W "$values" -- "$word")
}
complete -o default -F _generator_wasm generator-wasm`;
}

function zsh(create: Completed, others: readonly Completed[]): string {
  const escaped = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');
  const action = (values: readonly string[], many: boolean) =>
    values.length === 0 ? '_files' : many ? `_values -s , value ${values.join(' ')}` : `(${values.join(' ')})`;
  const spec = ({ name, short, help, hint, multiple, values, many }: ReturnType<typeof flagsOf>[number]) => {
    const value = hint ? `:${escaped(name)}:${action(values, many)}` : '';
    const sign = hint ? '=' : '';
    const star = multiple ? '*' : '';
    return [`--${name}${sign}`, ...(short ? [`-${short}`] : [])].map((flag) =>
      quoted(`${star}${flag}[${escaped(help)}]${value}`),
    );
  };
  const branch = (command: Completed) => {
    const first =
      command === create
        ? "'1:command or folder:_generator-wasm_first'"
        : command.values
          ? quoted(`1:value:${action(command.values, command.manyValues ?? false)}`)
          : undefined;
    const rest = command === create ? [] : ["'*:folder:_files -/'"];
    return `    ${command === create ? '*' : command.name})
      _arguments \\
        ${[...flagsOf(command).flatMap(spec), ...(first ? [first] : []), ...rest].join(' \\\n        ')}
      ;;`;
  };
  return `#compdef generator-wasm
# Completion of generator-wasm in zsh. In ~/.zshrc, after compinit: source <(generator-wasm completion zsh)
_generator-wasm_first() {
  local -a commands=(
${others.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join('\n')}
  )
  _describe command commands
  _files -/
}
_generator-wasm() {
  local command=''
  if ((CURRENT > 2)); then
    case $words[2] in
      ${others.map(({ name }) => name).join('|')})
        command=$words[2]
        shift words
        ((CURRENT--))
        ;;
    esac
  fi
  case $command in
${[...others, create].map(branch).join('\n')}
  esac
}
compdef _generator-wasm generator-wasm`;
}

function fish(create: Completed, others: readonly Completed[]): string {
  const text = (words: string) => `'${words.replace(/[\\']/g, '\\$&')}'`;
  const names = others.map(({ name }) => name).join(' ');
  const line = (condition: string, words: string) => `complete -c generator-wasm -n ${text(condition)} ${words}`;
  const listed = (values: readonly string[], many: boolean) =>
    text(many ? `(__fish_append , ${values.join(' ')})` : values.join(' '));
  const lines = (command: Completed) => {
    const condition =
      command === create ? `not __fish_seen_subcommand_from ${names}` : `__fish_seen_subcommand_from ${command.name}`;
    return [
      ...(command.values ? [line(condition, `-f -a ${listed(command.values, command.manyValues ?? false)}`)] : []),
      ...flagsOf(command).map(({ name, short, help, hint, values, many }) =>
        line(
          condition,
          [
            ...(short ? [`-s ${short}`] : []),
            `-l ${name}`,
            ...(hint ? [values.length > 0 ? `-x -a ${listed(values, many)}` : '-r'] : []),
            `-d ${text(help)}`,
          ].join(' '),
        ),
      ),
    ];
  };
  return [
    '# Completion of generator-wasm in fish: generator-wasm completion fish > ~/.config/fish/completions/generator-wasm.fish',
    ...others.map(({ name, help }) => line('__fish_use_subcommand', `-a ${name} -d ${text(help)}`)),
    ...[create, ...others].flatMap(lines),
  ].join('\n');
}

const shells: Record<string, (create: Completed, others: readonly Completed[]) => string> = { bash, zsh, fish };
const names = Object.keys(shells);

const usage = (program: string): string =>
  helpOf(
    `${program} ${names.join('|')}`,
    ['Prints a script that completes commands, flags and values. Its first lines say how to use it.'],
    helpFlag,
  );

/**
 * @param create returns the command that has no name
 * @param others returns the named commands
 */
export const completion = (create: () => Command, others: () => readonly Command[]): LoadedCommand => ({
  flags: helpFlag,
  values: names,
  usage,
  async run(argv, { program }) {
    const { positionals, has } = readFlags(argv, helpFlag, 1);
    if (has('help')) return { text: usage(program), code: 0 };
    const [shell = ''] = positionals;
    const script = Object.hasOwn(shells, shell.toLowerCase()) ? shells[shell.toLowerCase()] : undefined;
    const options = names.map((id) => ({ id, label: id, help: '', status: 'current' as const }));
    if (!script)
      throw new UserError(
        shell === ''
          ? `Give a shell: ${program} ${names.join('|')}.`
          : `Unknown shell '${shell}'. ${choiceOf(options, shell)}`,
      );
    return { text: script(await completed(create()), await Promise.all(others().map(completed))), code: 0 };
  },
});

const completed = async ({ name, help, load }: Command): Promise<Completed> => ({ name, help, ...(await load()) });
