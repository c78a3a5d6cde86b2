/** The tools that mise installs: those of every project of the workshop, in its own folder too, where lessons call them. */
import type { Tool } from '../model/plan.ts';
import { compose } from '../plan/compose.ts';
import { mise } from '../print/render.ts';
import { messagesOf, registryOf } from './lessons.ts';
import type { Part, Workshop } from './model.ts';

const offline = 'node .workshop/package/templates/workshop/machinery/offline.mjs';

/** The plan of each project, and of the web handler as lesson 6 makes it. */
function plans(workshop: Workshop) {
  const { hello, web, other } = workshop.projects;
  const { id, namespace } = registryOf(workshop);
  const pushes = workshop.lessons.some((lesson) => lesson.id === '06');
  return [hello, web, other, ...(pushes ? [{ ...web, registry: id, namespace }] : [])].map(compose);
}

export function tools(workshop: Workshop): Part {
  const all = plans(workshop);
  const [first] = all;
  return {
    files: first ? mise({ ...first, tools: all.flatMap(({ tools }) => tools) }) : [],
    targets: [{ name: 'offline', help: messagesOf(workshop).help_offline ?? '', run: [`@${offline} fill`] }],
    lines: [
      '# The folder that `make offline` fills: its tools are installed before anything else.',
      'PWD := $(CURDIR)',
      '-include offline/env',
      'ifneq ($(wildcard offline/env),)',
      'intact: .workshop/tools/installed',
      'endif',
      '.workshop/tools/installed: offline/env | $(PACKAGE)/unpacked',
      `\t@${offline} install`,
      '',
    ],
    ignore: ['/offline/', '/mise.lock', '/.workshop/tools/'],
  };
}

/** What mise installs, by its names. */
export const miseTools = (workshop: Workshop): string[] => [
  ...new Set(plans(workshop).flatMap(({ tools }) => tools.flatMap(({ mise }) => (mise ? [mise[0]] : [])))),
];

/** The commands that `make setup` installs. */
export const installed = (workshop: Workshop): string[] => [
  ...new Set(plans(workshop).flatMap(({ tools }) => tools.filter(isInstalled).map(({ command }) => command))),
];

const isInstalled = ({ mise, get }: Tool): boolean => mise !== undefined && get === undefined;
