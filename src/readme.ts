/** Prints the project's README from its plan. */
import { axes, find } from './axes.ts';
import { reproduce } from './command.ts';
import { pipeline, usesMise } from './pipeline.ts';
import type { File, Kind, Plan, Renderer } from './plan.ts';
import { taskNames } from './plan.ts';
import { prose } from './templates.ts';
import { getMise } from './tools.ts';
import { withValues } from './variables.ts';

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

const contracts: Record<Kind, string> = {
  wagi: `\`contract/wagi.json\` says what the program answers to which request, case by case. \`make test\` holds the built
module to it, and \`make smoke URL=…\` any host that serves it. Change the program by changing a case first.`,
  http: `\`contract/http.json\` says what the component answers to which request, case by case. \`make test\` holds the built
component to it, under \`wasmtime serve\`, and \`make smoke URL=…\` any host that serves it. Change the program by changing a
case first.`,
  command: `\`contract/command.json\` says what the program prints for which arguments and input, case by case. \`make test\`
holds the built module to it. Change the program by changing a case first.`,
};

/** `a, b and c`. */
const and = (words: readonly string[]) => words.join(', ').replace(/, ([^,]*)$/, ' and $1');

export function readme(plan: Plan): File {
  const { choices, tasks } = plan;
  const language = find(axes.language, choices.language)?.label ?? choices.language;
  const present = taskNames.flatMap((name) => {
    const task = tasks[name];
    return task ? [{ name, ...task }] : [];
  });
  const release = pipeline(plan, 'release');
  const providers = axes.ci.filter(({ id }) => id !== 'none' && choices.ci.includes(id));
  const runs = (names: readonly string[]) => and(names.map((name) => `\`${name}\``));
  const who = `${and(providers.map(({ label }) => label))} ${providers.length > 1 ? 'run' : 'runs'}`;
  const ci = [
    `${who} ${runs(pipeline(plan, 'check'))} for every change${release.length > 0 ? ';' : '.'}`,
    ...(release.length > 0 ? [`for a tag such as \`v1.0.0\`, ${runs(release)}.`] : []),
  ];
  const secrets = present.flatMap((task) => task.secrets.map((one) => ({ ...one, kind: 'secret' })));
  const settings = present.flatMap((task) =>
    task.settings.map((one) => ({ ...one, kind: 'variable', own: undefined })),
  );
  /** What a provider has to be given: not what its own platform hands to every job. */
  const given = ({ platform }: Renderer) =>
    [...secrets, ...settings].filter(({ own }) => !own || own.platform !== platform);
  const asked = [...new Set(providers.flatMap(given))];
  const places = providers.flatMap((provider) => {
    if (given(provider).length > 0) return provider.secrets ?? [];
    return secrets.length > 0
      ? `${provider.label} logs in with the token of its own job: there is nothing to set.`
      : [];
  });
  const hasIdentity = present.some((task) => task.identity);
  return {
    path: 'README.md',
    text: prose('project/README.md.ejs', {
      name: choices.name,
      summary: programs[choices.kind](language),
      start: tasks.serve ? 'make serve    # then open http://127.0.0.1:3000' : 'make run ARGS="Ada"',
      setupNote: usesMise(plan)
        ? `The tools of \`mise.toml\` come by [mise](https://mise.jdx.dev): \`${getMise}\`.\n`
        : '',
      editor: choices.editor === 'none' ? '' : ', the editor',
      tasks: present.map(({ name, help }) => ({ name, help: withValues(help, plan.variables).replaceAll('|', '\\|') })),
      contract: contracts[choices.kind],
      notes: plan.notes,
      hasCi: providers.length > 0,
      ci,
      asked,
      places,
      identities: providers.flatMap(({ label, identity }) => (identity && hasIdentity ? [{ label, ...identity }] : [])),
      reproduce: reproduce(choices),
      license: choices.license === 'none' ? '' : `[${find(axes.license, choices.license)?.label}](LICENSE)`,
    }),
  };
}
