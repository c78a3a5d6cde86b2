/** Prints the Makefile, the one home of a project's commands. */
import type { File, Plan, Variable } from '../model/plan.ts';
import { type TaskName, taskNames } from '../model/plan.ts';
import { groupsOf } from './groups.ts';

/**
 * Converts a shell line of a plan for a Makefile: variables of the project become make variables, every other `$` is the shell's.
 * Data in the line was quoted by `quote()`. A line must not have a line feed: make would read the rest as a line of its own.
 */
function inMake(line: string, variables: ReadonlySet<string>): string {
  if (/[\0\r\n]/.test(line)) throw new Error(`This is more than one line: ${JSON.stringify(line)}`);
  return line.replace(/\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?|\$/g, (whole, name) =>
    variables.has(name) ? `$(${name})` : whole.replaceAll('$', '$$$$'),
  );
}

const isGlob = (path: string) => path.includes('*');

function variableLine(variable: Variable, variables: ReadonlySet<string>): string {
  const value = inMake(variable.value, variables);
  const output = variable.shell ? `$(shell ${value})` : value;
  const text = variable.orElse ? `$(or ${output},$(error ${variable.orElse}))` : output;
  return `${variable.exported ? 'export ' : ''}${variable.name} ${variable.overridable ? '?=' : ':='} ${text}`.trimEnd();
}

/** The Makefile of a plan. */
export function makefile(plan: Plan): File {
  const variables = new Set(['MAKE', ...plan.variables.map(({ name }) => name)]);
  const present = taskNames.filter((name) => plan.tasks[name]);
  const recipe = (lines: readonly string[]) => lines.map((line) => `\t${inMake(line, variables)}\n`).join('');
  const blocks: string[] = [];

  blocks.push(
    plan.makefile
      ? `# The commands of CI for WebAssembly, separate from the project's own Makefile. \`make -f ${plan.makefile}\` lists them.\n`
      : '# The commands of this project, for you, CI and the editor. `make` lists them.\n',
  );
  const path = [
    ...plan.path.map((folder) => `$(CURDIR)/${folder}`),
    ...(plan.tools.some((tool) => tool.mise) ? ['$(or $(MISE_DATA_DIR),$(HOME)/.local/share/mise)/shims'] : []),
  ];
  if (path.length > 0)
    blocks.push(
      [
        '# make 3.81, as on macOS, uses the new PATH only if SHELL is spelt differently from its default.\n',
        'SHELL := /bin//sh\n',
        `export PATH := ${[...path, '$(PATH)'].join(':')}\n`,
      ].join(''),
    );
  if (plan.variables.length > 0)
    blocks.push(plan.variables.map((variable) => `${variableLine(variable, variables)}\n`).join(''));

  blocks.push(
    ['.DEFAULT_GOAL := help\n', '.DELETE_ON_ERROR:\n', `.PHONY: ${['help', ...present].join(' ')}\n`].join(''),
  );
  const groups = groupsOf(plan);
  const width = Math.max(...groups.flatMap(({ tasks }) => tasks.map((name) => name.length)));
  const helpLine = (name: TaskName) =>
    `\t@echo '  ${name.padEnd(width)}  ${inMake(plan.tasks[name]?.help ?? '', variables).replaceAll("'", '’')}'\n`;
  blocks.push(
    `help:\n${groups
      .map(({ title, tasks }) => `${groups.length > 1 ? `\t@echo '${title}:'\n` : ''}${tasks.map(helpLine).join('')}`)
      .join('')}`,
  );
  // A rule is printed below the first task that needs it.
  const left = new Set(plan.rules);
  for (const name of present) {
    const task = plan.tasks[name];
    if (!task) continue;
    blocks.push(`${[`${name}:`, ...(task.needs ?? [])].join(' ')}\n${recipe(task.run ?? [])}`);
    for (const rule of left)
      if (task.needs?.includes(rule.target)) {
        blocks.push(printRule(rule));
        left.delete(rule);
      }
  }
  for (const rule of left) blocks.push(printRule(rule));
  return { path: plan.makefile ?? 'Makefile', text: blocks.join('\n') };

  function printRule(rule: Plan['rules'][number]): string {
    const globs = rule.from.filter(isGlob);
    const from = [
      ...(globs.length > 0 ? [`$(wildcard ${globs.join(' ')})`] : []),
      ...rule.from.filter((path) => !isGlob(path)).map((path) => inMake(path, variables)),
    ];
    return `${[`${inMake(rule.target, variables)}:`, ...from].join(' ')}\n\t@mkdir -p $(@D)\n${recipe(rule.run)}`;
  }
}
