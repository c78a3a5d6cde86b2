/** A workshop → files. */
import { prose } from '../catalog/templates.ts';
import { getMise } from '../catalog/tools.ts';
import { toJson } from '../lib/json.ts';
import type { File } from '../model/plan.ts';
import { tarballPath } from './archive.ts';
import { board } from './board.ts';
import { leader } from './leader.ts';
import { facts, lessons, messagesOf } from './lessons.ts';
import type { Part, Target, Workshop } from './model.ts';
import { preflight } from './preflight.ts';
import { installed, miseTools, tools } from './tools.ts';
import { tour } from './tour.ts';

const machinery = 'node .workshop/package/templates/workshop/machinery/run.mjs';

/** The files and targets of every workshop. */
function core(workshop: Workshop): Part {
  const messages = messagesOf(workshop);
  const target = (name: string, shown?: string): Target => {
    const [word = ''] = name.split('-');
    return {
      name,
      ...(shown && { shown }),
      help: messages[`help_${word}`] ?? '',
      run: [`@${machinery} ${word}${name.endsWith('%') ? ' $(*)' : word === 'watch' ? ' $(LESSON)' : ''}`],
    };
  };
  return {
    files: [
      {
        path: 'README.md',
        text: prose(`workshop/text/${workshop.locale}/README.md.ejs`, { workshop, messages, getMise }),
      },
      {
        path: 'workshop.json',
        text: toJson({ ...facts(workshop), tools: installed(workshop), miseTools: miseTools(workshop), getMise }),
      },
      { path: 'activate', text: prose('workshop/activate.ejs', { messages }) },
      { path: '.workshop/bin/generator-wasm', text: prose('workshop/bin.ejs', {}), executable: true },
      { path: '.vscode/extensions.json', text: toJson({ recommendations: ['vsls-contrib.codetour'] }) },
      { path: '.gitattributes', text: '* text=auto eol=lf\n*.tgz binary\n' },
    ],
    targets: [
      target('watch'),
      target('check-%', 'check-03'),
      target('hint-%', 'hint-03'),
      target('solution-%', 'solution-03'),
      target('start-%', 'start-04'),
      {
        name: 'registry',
        help: messages.help_registry ?? '',
        run: ['@exec node .workshop/package/templates/workshop/machinery/registry.mjs'],
      },
      target('setup'),
      target('reset'),
    ],
    ignore: [
      '/hello/',
      '/web/',
      '/other/',
      '/kept/',
      '/.workshop/package*/',
      '/.workshop/tmp/',
      '/.workshop/state.json*',
      '/.workshop/starting',
      '/.workshop/registry/',
    ],
  };
}

const parts: ((workshop: Workshop) => Part)[] = [core, tools, lessons, leader, preflight, tour, board];

/** Every file of a workshop but the tarball, sorted by path. Pure: the same choices give the same bytes. */
export function renderWorkshop(workshop: Workshop): File[] {
  const all = parts.map((part) => part(workshop));
  const files = [
    ...all.flatMap(({ files }) => files ?? []),
    {
      path: 'Makefile',
      text: makefile(
        all.flatMap(({ targets }) => targets ?? []),
        all.flatMap(({ lines }) => lines ?? []),
        messagesOf(workshop),
      ),
    },
    { path: '.gitignore', text: `${all.flatMap(({ ignore }) => ignore ?? []).join('\n')}\n` },
  ];
  const paths = new Set(files.map(({ path }) => path.toLowerCase()));
  if (paths.size !== files.length) throw new Error('Two parts of a workshop write the same file');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function makefile(targets: readonly Target[], lines: readonly string[], messages: Record<string, string>): string {
  const width = Math.max(...targets.map(({ name, shown }) => (shown ?? name).length));
  const help = targets.map(
    ({ name, shown, help }) => `\t@echo '  ${(shown ?? name).padEnd(width)}  ${help.replaceAll("'", '’')}'\n`,
  );
  return prose('workshop/Makefile.ejs', {
    tarball: tarballPath,
    messages,
    lines,
    names: targets.filter(({ name }) => !name.includes('%')).map(({ name }) => name),
    help: help.join(''),
    rules: targets
      .map(({ name, run, alone }) => `${name}:${alone ? '' : ' intact'}\n${run.map((line) => `\t${line}\n`).join('')}`)
      .join('\n'),
  });
}
