/** `list`: every value that a project can have. */
import { axes } from '../catalog/axes.ts';
import { helpFlag, helpOf, type LoadedCommand, readFlags } from '../cli/command.ts';
import type { Option } from '../model/choices.ts';

/** The title of each list, in the order of the prompts. */
const titles: Record<keyof typeof axes, string> = {
  language: 'Languages',
  kind: 'Kinds of program',
  host: 'Hosts',
  registry: 'Registries',
  ci: 'CI providers',
  editor: 'Editors',
  license: 'Licences',
};
const keys = Object.keys(titles) as (keyof typeof axes)[];

const flags = { json: { help: 'print JSON, with what our tests run of each value' }, ...helpFlag };

const line = ({ id, help, status, aliases = [] }: Option): string =>
  [
    `  ${id.padEnd(16)}${help}`,
    ...(status === 'legacy' ? ['(legacy)'] : []),
    ...(aliases.length > 0 ? [`(also: ${aliases.join(', ')})`] : []),
  ].join(' ');

const asJson = ({ id, label, help, status, aliases = [], ran, notRun }: Option) => ({
  id,
  label,
  help,
  status,
  aliases,
  ran,
  notRun,
});

const usage = (program: string): string =>
  helpOf(`${program} [--json]`, ['Lists every value of every question, with other words for it.'], flags);

export const list: LoadedCommand = {
  flags,
  usage,
  async run(argv, { program }) {
    const { has } = readFlags(argv, flags, 0);
    if (has('help')) return { text: usage(program), code: 0 };
    const text = has('json')
      ? JSON.stringify(
          Object.fromEntries(
            keys.map((key) => [
              key,
              axes[key].map((option) => ({ ...asJson(option), ...('kinds' in option && { kinds: option.kinds }) })),
            ]),
          ),
          undefined,
          2,
        )
      : keys.map((key) => [`${titles[key]} (--${key})`, ...axes[key].map(line)].join('\n')).join('\n\n');
    return { text, code: 0 };
  },
};
