/** The tables of README.md and docs/support.md, from the lists that the program and its end-to-end tests use. */
import { axes } from '../src/catalog/axes.ts';
import type { Language } from '../src/model/axes.ts';
import type { Option } from '../src/model/choices.ts';
import { cells } from '../test/support/cells.ts';

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const state = (option: Option | undefined) => (option?.status === 'legacy' ? 'legacy' : 'current');

function projects(): string {
  return table(
    [
      '`--language`',
      '`--kind`',
      'built, linted, unit-tested, optimized, checked against its contract',
      'hosts whose own tasks ran it',
    ],
    cells.map(({ choices, notRun, others }) => [
      choices.language,
      choices.kind,
      notRun ? '**not run here**' : 'yes',
      notRun ? '–' : [choices, ...others].map(({ host }) => host).join(', '),
    ]),
  );
}

/** What the tests do not cover of a value, and why. */
const missing = (option: Option & Partial<Language>): string[] => [
  ...(option.notRun ? [`**not run here**: ${option.notRun}`] : []),
  ...Object.entries(option.notRunKinds ?? {}).map(([kind, why]) => `**\`${kind}\` not run here**: ${why}`),
];

function values(): string {
  const rows = (['language', 'host', 'registry', 'ci', 'editor'] as const).flatMap((key) =>
    (axes[key] as Option[])
      .filter(({ id }) => id !== 'none')
      .map((option) => [
        `\`--${key} ${option.id}\``,
        option.help,
        state(option),
        [option.ran, ...missing(option)].filter(Boolean).join('; '),
      ]),
  );
  return table(['value', 'what it is', 'state', 'what our tests do with it'], rows);
}

export const supportTables = (): string => `${projects()}\n\n${values()}`;

/** One row for each language, with the kinds of program it has; then hosts, registries, CI providers. */
export function choicesTable(): string {
  const kinds = axes.kind.map(({ id }) => id);
  const rows = axes.language.map((language) => [
    `${language.label} (\`${language.id}\`)`,
    ...kinds.map((kind) => {
      const cell = cells.find(({ choices }) => choices.language === language.id && choices.kind === kind);
      return cell ? (cell.notRun ? 'not tested' : 'yes') : '';
    }),
  ]);
  const list = (key: 'host' | 'registry' | 'ci'): string =>
    (axes[key] as Option[])
      .filter(({ id }) => id !== 'none')
      .map(({ id, label, status }) => `${label} (\`${id}\`${status === 'legacy' ? ', legacy' : ''})`)
      .join(', ');
  return [
    table(['`--language`', ...kinds.map((kind) => `\`${kind}\``)], rows),
    `**Hosts** (\`--host\`): ${list('host')}.`,
    `**Registries** (\`--registry\`): ${list('registry')}, or \`none\`.`,
    `**CI** (\`--ci\`): ${list('ci')}, or \`none\`.`,
  ].join('\n\n');
}
