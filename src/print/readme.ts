/** Prints the project's README from its plan. */
import { axes, find } from '../catalog/axes.ts';
import { usesRenovate } from '../catalog/ci/updates.ts';
import { prose } from '../catalog/templates.ts';
import { getMise } from '../catalog/tools.ts';
import { withValues } from '../catalog/variables.ts';
import { table, wrapped } from '../lib/markdown.ts';
import { and } from '../lib/words.ts';
import type { Choices, Kind } from '../model/choices.ts';
import { pipeline, usesMise } from '../model/pipeline.ts';
import type { File, Plan, TaskName } from '../model/plan.ts';
import { commandLine } from '../plan/flags.ts';
import { type Group, groupsOf } from './groups.ts';
import { providersOf, releasePage } from './release-page.ts';

const programs: Record<Kind, (language: string) => string> = {
  wagi: (language) =>
    `A web handler in ${language}, compiled to WebAssembly and run once for each request, as CGI does. It greets at \`/\`, shows a
request at \`/request\`, and sends back what is posted to \`/echo\`.`,
  http: (language) =>
    `A web handler in ${language}, compiled to a WebAssembly component that answers requests by \`wasi:http\`. It greets at \`/\`, shows a
request at \`/request\`, and sends back what is posted to \`/echo\`.`,
  command: (language) =>
    `A command-line program in ${language}, compiled to WebAssembly. It greets its arguments, and with \`--count\` it counts the
lines, words and bytes of its standard input.`,
};

/** What the contract consists of, and what is checked against it. */
const contracts: Record<Kind, [cases: string, built: string]> = {
  wagi: ['requests and the expected answers', 'module'],
  http: ['requests and the expected answers', 'component'],
  command: ['arguments and input, and the expected output', 'module'],
};

function contractNote({ choices: { kind, name } }: Plan): string {
  const [cases, built] = contracts[kind];
  const smoke = kind === 'command' ? '' : ', and `make smoke URL=…` checks a running server';
  return `\`contract/${kind}.json\` lists ${cases}. To change the program, change a case
first, see it fail, then change the code. \`make test\` checks the built ${built} against all cases${smoke}.
To check the unchanged sample program against many more cases, run \`npx generator-wasm contract build/${name}.wasm\`.`;
}

/** A page from its template, with one line break at its end. */
const document = (template: string, data: object) => `${wrapped(prose(template, data)).trimEnd()}\n`;

const languageOf = (id: string) => find(axes.language, id)?.label ?? id;

const licenceOf = ({ license }: Choices) =>
  license === 'none' ? '' : `[${find(axes.license, license)?.label}](LICENSE)`;

/** Tasks that `make` lists and the README does not: other sections name them, or their names say it all. */
const unlisted: TaskName[] = ['doctor', 'optimize', 'smoke', 'clean'];

/** The tasks of a group, as a table; empty if there are none. */
function taskTable(plan: Plan, title: Group['title']): string {
  const listed = groupsOf(plan).find((group) => group.title === title)?.tasks ?? [];
  const tasks = title === 'Develop' ? listed.filter((name) => !unlisted.includes(name)) : listed;
  const rows = tasks.map((name) => [`\`make ${name}\``, withValues(plan.tasks[name]?.help ?? '', plan.variables)]);
  return rows.length > 0 ? table(['task', 'what it does'], rows) : '';
}

/** What has to be there before the first command. */
const firstNote = (plan: Plan) =>
  usesMise(plan) ? `Install [mise](https://mise.jdx.dev) first, which gets the other tools: \`${getMise}\`.\n\n` : '';

const editorNote = ({ choices }: Plan) => {
  const { start } = find(axes.editor, choices.editor) ?? {};
  return start ? `${start}\n\n` : '';
};

const setupNote = (plan: Plan) =>
  usesMise(plan) ? 'To pin the checksums of the downloads too, run `mise lock` and commit `mise.lock`.\n' : '';

/** Where the page on releases is. */
const pageLink = (folder = '') =>
  `[${releasePage}](${folder}${releasePage}) describes what to set up before the first release.`;

/** The README of a project or of a module's folder; the latter leaves out CI, licence and the page on releases. */
export function readme(plan: Plan, isModule = false): File {
  const { choices, tasks, notes } = plan;
  const host = find(axes.host, choices.host)?.label;
  return {
    path: 'README.md',
    text: document('project/README.md.ejs', {
      name: choices.name,
      summary: programs[choices.kind](languageOf(choices.language)),
      start: startOf(plan),
      firstNote: (isModule ? '' : editorNote(plan)) + firstNote(plan),
      setupNote: setupNote(plan),
      code: notes.code,
      editor: find(axes.editor, choices.editor)?.callsTasks ? ', the editor' : '',
      tasks: taskTable(plan, 'Develop'),
      contract: contractNote(plan),
      release: taskTable(plan, 'Release'),
      releaseNotes: notes.release,
      setup: pageLink(isModule ? '../' : ''),
      host: tasks.deploy ? `Deploy to ${host}` : `Host: ${host}`,
      cluster: taskTable(plan, 'Cluster'),
      hostNotes: notes.host,
      ci: ci(plan),
      reproduce: isModule ? '' : commandLine(choices),
      license: isModule ? '' : licenceOf(choices),
    }),
  };
}

const startOf = ({ tasks }: Plan) =>
  tasks.serve ? 'make serve    # then open http://127.0.0.1:3000' : 'make run ARGS="Ada"';

/** The README of the root of several modules. @param shared the folders that they share, in backquotes */
export function readmeOfModules(plan: Plan, plans: readonly Plan[], shared: readonly string[]): File {
  return {
    path: 'README.md',
    text: document('project/README.modules.md.ejs', {
      name: plan.choices.name,
      modules: plans.map((module) => ({
        name: module.choices.name,
        start: startOf(module).replace('make ', ''),
      })),
      shared: `${and(shared)} ${shared.length === 1 ? 'has' : 'have'}`,
      folders: table(
        ['folder', 'contents'],
        plans.map(({ choices: { name, kind, language, host } }) => [
          `[\`${name}\`](${name}/README.md)`,
          `${kindOf(kind)} in ${languageOf(language)} for ${find(axes.host, host)?.label}`,
        ]),
      ),
      firstNote: editorNote(plan) + firstNote(plan),
      setupNote: setupNote(plan),
      tasks: taskTable(plan, 'Develop'),
      release: taskTable(plan, 'Release'),
      setup: pageLink(),
      ci: ci(plan),
      reproduce: commandLine(plan.choices),
      license: licenceOf(plan.choices),
    }),
  };
}

const kindOf = (id: Kind) => find(axes.kind, id)?.label ?? id;

/** The section on CI; empty without CI. */
function ci(plan: Plan): string {
  const providers = providersOf(plan);
  if (providers.length === 0) return '';
  const build = pipeline(plan, 'build');
  const release = pipeline(plan, 'publish');
  const runs = (names: readonly string[]) => and(names.map((name) => `\`${name}\``));
  const units = [...new Set(providers.map(({ unit }) => unit ?? 'job'))];
  const unit = units.length === 1 ? units[0] : 'job';
  const who = `${and(providers.map(({ label }) => label))} ${providers.length > 1 ? 'run' : 'runs'}`;
  return prose('project/ci.md.ejs', {
    runs: `${who} ${runs(pipeline(plan, 'check'))} on every push and pull request, and weekly to catch breakage from outside.`,
    releases:
      release.length > 0 &&
      `For a tag such as \`v1.0.0\`, a ${unit} without credentials runs ${runs(build)}; then a ${unit} that compiles nothing runs
${runs(release)}.`,
    outside: providers.flatMap(({ outside }) => outside?.changes ?? []),
    bot: usesRenovate(plan, providers)
      ? `Renovate proposes new versions each week if [its app or bot](https://docs.renovatebot.com/getting-started/installing-onboarding/)
runs for the repository.`
      : 'Dependabot proposes new versions each week.',
  }).trimEnd();
}
