/**
 * Other editors: one file that Zed, Helix, Neovim and the IDEs of JetBrains read by default, and settings that a language server reads
 * itself. https://editorconfig.org, https://docs.helix-editor.com/editor.html, https://neovim.io/doc/user/editorconfig.html
 */
import { stringify } from 'smol-toml';
import type { Editor } from '../../model/axes.ts';
import type { File, Plan } from '../../model/plan.ts';

export const other: Editor = {
  id: 'other',
  label: 'Another editor',
  aliases: [
    'editorconfig',
    'zed',
    'helix',
    'neovim',
    'nvim',
    'vim',
    'jetbrains',
    'intellij',
    'clion',
    'rustrover',
    'goland',
  ],
  help: 'EditorConfig, which Zed, Helix, Neovim and JetBrains IDEs read',
  status: 'current',
  ran: '.editorconfig read by Prettier and compared with the sources of each language, which its formatter accepts; not opened in these editors',
  render: rustAnalyzer,
  root: (_, plans) => [
    {
      path: '.editorconfig',
      text: `root = true\n${[
        section('*', { indent_style: 'space', indent_size: 2, insert_final_newline: true }),
        section('Makefile', { indent_style: 'tab' }),
        ...Object.entries(Object.assign({}, ...plans.map(({ indent }) => indent)) as Plan['indent']).map(
          ([files, indent]) => section(files, indent === 'tab' ? { indent_style: 'tab' } : { indent_size: indent }),
        ),
      ].join('')}`,
    },
  ],
};

const section = (files: string, values: object): string =>
  `\n[${files}]\n${Object.entries(values)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')}`;

/** The settings of rust-analyzer in its own file: https://rust-analyzer.github.io/book/configuration.html */
function rustAnalyzer({ settings }: Plan): File[] {
  const prefix = 'rust-analyzer.';
  const own: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(settings)) {
    const [table, key] = name.startsWith(prefix) ? name.slice(prefix.length).split('.') : [];
    if (table && key) own[table] = { ...own[table], [key]: value };
  }
  return Object.keys(own).length > 0 ? [{ path: 'rust-analyzer.toml', text: stringify(own) }] : [];
}
