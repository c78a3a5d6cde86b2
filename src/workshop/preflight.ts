/** `preflight.mjs`: one file to attach to a mail, which looks whether a machine is ready. It needs nothing but Node. */
import { prose, templateText, version } from '../catalog/templates.ts';
import { getMise } from '../catalog/tools.ts';
import { compose } from '../plan/compose.ts';
import type { Part, Workshop } from './model.ts';

/** What a participant must have: the disk and the memory in GB. */
export const least = { disk: 3, memory: 8 };

/** The servers of lessons 2 and 8, and the registry of lesson 6. */
const ports = [3000, 5050];

export function preflight(workshop: Workshop): Part {
  const { help, ...messages }: Record<string, string> = JSON.parse(
    templateText(`workshop/text/${workshop.locale}/preflight.json`),
  );
  const byPackage = (command: string, name = command) => ({ command, install: { key: 'byPackage', package: name } });
  const projects = Object.values(workshop.projects).flatMap((choices) => compose(choices).tools);
  const wanted = {
    name: workshop.name,
    version,
    ...least,
    ports,
    tools: [
      { command: 'npm', install: { key: 'byNode' } },
      { command: 'mise', install: { key: 'byCommand', command: getMise } },
      // `make setup` installs the rest of what the projects call.
      ...new Map(
        [
          ...['git', 'make', 'bash', 'curl', 'tar'].map((command) => byPackage(command)),
          ...projects.flatMap(({ command, mise, get, optional, package: name }) =>
            mise || get || optional ? [] : [byPackage(command, name)],
          ),
        ].map((tool) => [tool.command, tool]),
      ).values(),
    ],
  };
  return {
    files: [{ path: 'leader/preflight.mjs', text: prose('workshop/preflight.mjs.ejs', { wanted, messages }) }],
    targets: [{ name: 'preflight', help: help ?? '', run: ['@node leader/preflight.mjs'], alone: true }],
  };
}
