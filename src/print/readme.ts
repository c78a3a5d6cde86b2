/** Prints the project's README from its plan. */
import { axes, find } from '../catalog/axes.ts';
import { usesRenovate } from '../catalog/ci/updates.ts';
import { prose } from '../catalog/templates.ts';
import { getMise } from '../catalog/tools.ts';
import { withValues } from '../catalog/variables.ts';
import { and } from '../lib/words.ts';
import type { CiProvider } from '../model/axes.ts';
import type { Choices, Kind } from '../model/choices.ts';
import { inputs, pipeline, requiredInputs, sigstore, usesMise } from '../model/pipeline.ts';
import type { File, Plan } from '../model/plan.ts';
import { commandLine } from '../plan/flags.ts';
import { groupsOf } from './groups.ts';

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
  return `\`contract/${kind}.json\` lists ${cases}. \`make test\` checks the built ${built} against it${smoke}.
To change the program, change a case first. \`npx generator-wasm contract build/${name}.wasm\` checks the sample program against
many more cases.`;
}

const languageOf = (id: string) => find(axes.language, id)?.label ?? id;

const licenceOf = ({ license }: Choices) =>
  license === 'none' ? '' : `[${find(axes.license, license)?.label}](LICENSE)`;

const taskRows = (plan: Plan) =>
  groupsOf(plan).flatMap(({ tasks }) =>
    tasks.map((name) => ({
      name,
      help: withValues(plan.tasks[name]?.help ?? '', plan.variables).replaceAll('|', '\\|'),
    })),
  );

const setupNote = (plan: Plan) =>
  usesMise(plan)
    ? `\`make setup\` needs [mise](https://mise.jdx.dev): \`${getMise}\`. To pin the checksums of the downloads
too, run \`mise lock\` and commit \`mise.lock\`.\n`
    : '';

/** The README of a project or of a module's folder; the latter leaves out CI and licence. */
export function readme(plan: Plan, isModule = false): File {
  const { choices, tasks } = plan;
  return {
    path: 'README.md',
    text: prose('project/README.md.ejs', {
      name: choices.name,
      summary: programs[choices.kind](languageOf(choices.language)),
      start: tasks.serve ? 'make serve    # then open http://127.0.0.1:3000' : 'make run ARGS="Ada"',
      setupNote: setupNote(plan),
      editor: choices.editor === 'none' ? '' : ', the editor',
      tasks: taskRows(plan),
      contract: contractNote(plan),
      notes: plan.notes,
      ci: ci(plan),
      reproduce: isModule ? '' : commandLine(choices),
      license: isModule ? '' : licenceOf(choices),
    }),
  };
}

/** The README of the root of several modules. */
export function readmeOfModules(plan: Plan, plans: readonly Plan[]): File {
  return {
    path: 'README.md',
    text: prose('project/README.modules.md.ejs', {
      name: plan.choices.name,
      modules: plans.map(({ choices, tasks }) => ({
        name: choices.name,
        what: `${kindOf(choices.kind)} in ${languageOf(choices.language)} for ${find(axes.host, choices.host)?.label}`,
        start: tasks.serve ? 'serve    # then open http://127.0.0.1:3000' : 'run ARGS="Ada"',
      })),
      setupNote: setupNote(plan),
      tasks: taskRows(plan),
      ci: ci(plan),
      reproduce: commandLine(plan.choices),
      license: licenceOf(plan.choices),
    }),
  };
}

const kindOf = (id: Kind) => find(axes.kind, id)?.label ?? id;

/** How to verify the releases of each CI, if some sign with a key and others without. */
function signers(plan: Plan, providers: readonly CiProvider[]): string[] {
  const [keyless, keyed] = [true, false].map((way) =>
    providers.filter(({ identity }) => Boolean(identity?.sigstore) === way).map(({ label }) => label),
  );
  if (!plan.tasks.sign || !keyless?.length || !keyed?.length) return [];
  return [
    `${and(keyed)} ${keyed.length > 1 ? 'sign' : 'signs'} with the key of \`cosign.pub\`, ${and(keyless)} without a key. \`make verify\` trusts \`cosign.pub\` alone; for a release of ${and(keyless)} give it \`KEYLESS=yes\` with SIGNER_IDENTITY and SIGNER_ISSUER.`,
  ];
}

/** The section on CI and on what a release needs; empty without CI. */
function ci(plan: Plan): string {
  const providers = axes.ci.filter(({ id }) => id !== 'none' && plan.choices.ci.includes(id));
  if (providers.length === 0) return '';
  const build = pipeline(plan, 'build');
  const release = pipeline(plan, 'publish');
  const runs = (names: readonly string[]) => and(names.map((name) => `\`${name}\``));
  const who = `${and(providers.map(({ label }) => label))} ${providers.length > 1 ? 'run' : 'runs'}`;
  const given = (provider: CiProvider) => requiredInputs(plan, provider);
  const needed = new Map(providers.flatMap(given).map((one) => [one.name, one]));
  const hasIdentity = (provider: CiProvider) =>
    release.some((task) => {
      const { identity } = inputs(plan, task, provider);
      return identity && identity.audience !== sigstore;
    });
  return prose('project/ci.md.ejs', {
    ci: [
      `${who} ${runs(pipeline(plan, 'check'))} on every push and pull request, and weekly to catch breakage from outside${release.length > 0 ? ';' : '.'}`,
      ...(release.length > 0
        ? [
            `for a tag such as \`v1.0.0\`, ${runs(build)} without credentials, and then, in a job that compiles nothing, ${runs(release)}.`,
          ]
        : []),
    ],
    asked: [...needed.values()],
    places: providers.flatMap((provider) => {
      if (given(provider).length > 0) return provider.secrets;
      return release.length > 0 ? `${provider.label} needs no settings for a release.` : [];
    }),
    outside: providers.flatMap(({ outside }) =>
      outside ? [outside.changes, ...(release.length > 0 ? [outside.releases ?? []].flat() : [])].join(' ') : [],
    ),
    limits: release.length > 0 ? [...providers.flatMap(({ limits }) => limits ?? []), ...signers(plan, providers)] : [],
    bot: usesRenovate(plan, providers)
      ? 'Renovate proposes new versions each week, where [its app or bot](https://docs.renovatebot.com/getting-started/installing-onboarding/) runs for the repository.'
      : 'Dependabot proposes new versions each week.',
    identities: providers.flatMap((provider) =>
      provider.identity && hasIdentity(provider) ? [{ label: provider.label, ...provider.identity }] : [],
    ),
  });
}
