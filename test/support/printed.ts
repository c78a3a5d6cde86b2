/** The commands that the README, the pages of docs/, `--help` and generated READMEs print, taken from their text. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import { presets } from '../../src/catalog/presets.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { prepare, writeProject } from '../../src/cli/create.ts';
import { binCommands } from '../../src/commands/commands.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { Ask } from '../../src/plan/choices.ts';
import { conflict } from '../../src/plan/compose.ts';
import { flagsOf } from '../../src/plan/flags.ts';
import { render } from '../../src/print/render.ts';
import { cells } from './cells.ts';
import { plain } from './examples.ts';
import { runFolder } from './shared.ts';

const root = resolve(import.meta.dirname, '../..');

/** A command, and the page that prints it. */
export interface Printed {
  command: string;
  where: string;
}

/** The programs with which a printed command starts. */
const programs = 'npx|npm|yo|generator-wasm|make|git|node|cd|mise|gh|bash|sh|curl|kubectl|oras|cosign|spin|wash';
const isCommand = new RegExp(`^(?:[A-Z_]+=\\S+ )*(?:\\. |(?:${programs})(?: |$))`);

/** The commands of a shell block, of one line each unless a quote or a here-document is open at its end. */
function commandsIn(block: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of block.replaceAll('\\\n', '').split('\n')) {
    open += open ? `\n${line}` : line.replace(/(?:^| +)# .*/, '').trim();
    const [, end] = /<<'?(\w+)/.exec(open) ?? [];
    if (end ? !open.endsWith(`\n${end}`) : open.split("'").length % 2 === 0) continue;
    if (open) commands.push(open);
    open = '';
  }
  return commands;
}

/** The commands of a page's shell blocks, and its words in backticks that are commands. */
export function commandsOf(page: string): string[] {
  const blocks: string[] = [];
  const rest = page.replace(/^ *```(\w*)[^\n]*\n(.*?)^ *```$/gms, (_, language, text) => {
    if (language === 'sh') blocks.push(...commandsIn(text));
    return '';
  });
  const words = [...rest.matchAll(/(`+)(.+?)\1/gs)].map(([, , code = '']) => code.replace(/\s+/g, ' ').trim());
  return [
    ...new Set([...blocks.map((line) => line.replace(/ {2,}/g, ' ')), ...words.filter((code) => isCommand.test(code))]),
  ];
}

const page = (where: string): Printed[] =>
  commandsOf(readFileSync(join(root, where), 'utf8')).map((command) => ({ command, where }));

/** What this repository's pages print for users. */
export const printedByPages = (): Printed[] =>
  [
    ...['README.md', 'SECURITY.md', 'wagi/README.md'],
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ].flatMap(page);

/** The synopses of `--help`, without what may be left out. */
export async function printedByHelp(): Promise<Printed[]> {
  const found: Printed[] = [];
  for (const { name, load } of binCommands)
    for (const [, line = ''] of (await load()).usage(`generator-wasm ${name}`).matchAll(/^Usage: (.*)$/gm))
      found.push({ command: line.replace(/ \[[^\]]*\]/g, ''), where: `--help of ${name}` });
  return found;
}

/** The tasks that `make` lists. */
const listedByMake = (makefile: string): string[] =>
  [...makefile.matchAll(/^\t@echo ' {2}(\w+) /gm)].map(([, task]) => `make ${task}`);

/** What the pages and the Makefiles of generated projects print, for every language, kind, host and registry, and for several modules. */
export function printedByProjects(): Printed[] {
  const choices: Choices[] = [
    ...cells.flatMap((cell) => [cell.choices, ...cell.others]),
    // The namespaces are the examples of the registries.
    ...axes.registry.flatMap(({ id: registry, example: namespace = '' }) => {
      const host = axes.host.find(({ id }) => !conflict({ ...plain, language: 'rust', host: id, registry, namespace }));
      return host ? [{ ...plain, language: 'rust', host: host.id, registry, namespace }] : [];
    }),
    { ...plain, module: ['api:rust:wagi:wagi', 'job:zig:command:wasmtime'] },
  ];
  const found = new Map<string, Printed>();
  for (const one of choices)
    for (const { path, text } of render({ ...one, ci: ['none'] }))
      if (path.endsWith('.md') || path.endsWith('Makefile'))
        for (const command of path.endsWith('.md') ? commandsOf(text) : listedByMake(text))
          found.set(command, { command, where: `${path}, ${[one.language, one.host, one.registry].join(' ')}` });
  return [...found.values()];
}

/** The commands that creating a project prints, for every language and kind, each preset and several modules. */
export async function printedByCreate(): Promise<Printed[]> {
  const author = ['--author', 'Ada'];
  const create = async (flags: string[], ask?: Ask) => {
    const request = readCreateRequest(['hello', '--no-git', ...author, ...flags]);
    return writeProject(await prepare(request, mkdtempSync(join(runFolder, 'printed-')), ask));
  };
  const said = [];
  for (const { choices } of cells) said.push(await create(flagsOf({ ...choices, author: 'Ada' }).slice(0, -2)));
  said.push(await create(['--yes', '--module', 'api:rust:wagi:wagi', '--module', 'job:zig:command:wasmtime']));
  for (const { id } of presets.filter(({ choices }) => choices))
    said.push(
      await create([], async ({ key }, _, fallback) =>
        key === 'preset' ? id : key === 'namespace' ? '' : (fallback ?? ''),
      ),
    );
  return said
    .flatMap((text) => [...(text.split('\nNext:\n')[1] ?? '').matchAll(/^ {2}(.*?)(?: +#.*)?$/gm)])
    .map(([, command = '']) => ({ command, where: 'Next:' }));
}
