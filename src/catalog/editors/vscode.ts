/** VS Code: tasks with editor features, debug configurations, extensions and settings. */
import { toJson, toJsonc } from '../../lib/json.ts';
import type { Editor } from '../../model/axes.ts';
import type { File, Plan, TaskName } from '../../model/plan.ts';
import { taskNames } from '../../model/plan.ts';
import { withValues } from '../variables.ts';

/** Tasks that VS Code's own commands run: Run Build Task, Run Test Task. */
const groups: { [name in TaskName]?: object } = {
  build: { kind: 'build', isDefault: true },
  test: { kind: 'test', isDefault: true },
};

export const vscode: Editor = {
  id: 'vscode',
  label: 'VS Code',
  aliases: ['vs-code', 'code', 'visual-studio-code'],
  help: 'tasks, debugging, extensions and settings',
  status: 'current',
  ran: 'every task that tasks.json has for a project of each kind run by vscode-task-runner, its problem matchers on what broken sources print, clangd, ruff and TypeScript on fresh projects; in `npm run test:extended`, lldb-dap by its protocol for C, C++, Zig and the module of Rust, biome, gopls, pyright and rust-analyzer, and a project of each language but Swift and TinyGo, and of three modules, opened in VS Code 1.100 in a browser',
  changes: [
    {
      version: '0.3.0',
      files: [
        ...['tasks', 'launch', 'settings', 'extensions'].map((name) => `.vscode/${name}.json`),
        '*.code-workspace',
      ],
      why: '`tasks.json` has the tasks that VS Code runs in the background, reads for problems, or starts by its own commands; a terminal runs the others. Errors are found without extensions, and debugging compiles the unit tests without running them. Ending the terminal of `serve` ends the server. The files are formatted as Prettier does it.',
    },
  ],
  callsTasks: true,
  root: ({ name, module }, plans) =>
    module
      ? [
          {
            path: `${name}.code-workspace`,
            text: toJsonc({ folders: [...plans.map(({ choices }) => choices.name), '.'].map((path) => ({ path })) }),
          },
        ]
      : [],
  render(plan) {
    return [
      file('tasks', {
        version: '2.0.0',
        tasks: taskNames.filter((name) => isUseful(plan, name)).map((name) => task(plan, name)),
      }),
      ...(plan.launch.length > 0 ? [file('launch', { version: '0.2.0', configurations: plan.launch })] : []),
      file('extensions', { recommendations: plan.extensions }),
      file('settings', plan.settings),
    ];
  },
};

/** Whether VS Code does more with a task than a terminal does. */
const isUseful = (plan: Plan, name: TaskName): boolean =>
  plan.tasks[name] !== undefined &&
  (name === 'serve' ||
    groups[name] !== undefined ||
    plan.matchers[name] !== undefined ||
    plan.launch.some(({ preLaunchTask }) => preLaunchTask === name));

/** What `make test` compiles before it runs the unit tests. */
const unitTests = ({ tasks, rules, modules }: Plan): string[] =>
  (tasks.test?.needs ?? []).filter(
    (need) => rules.some(({ target }) => target === need) && modules.every(({ artifact }) => artifact !== need),
  );

/** `build` also compiles the unit tests: a debugger starts them without running them first, and `test` needs no matcher of a compiler. */
function task(plan: Plan, name: TaskName): object {
  const tests = unitTests(plan);
  const isBoth = name === 'build' && tests.length > 0;
  const help = withValues(plan.tasks[name]?.help ?? '', plan.variables);
  return {
    label: name,
    detail: isBoth ? `${help} and the unit tests` : help,
    type: 'shell',
    // VS Code ends a terminal by SIGHUP to its first process. Without `exit`, the shell has replaced itself by make, which waits for
    // the server; a shell that ends has the system send the signal to everything in the terminal.
    command: ['make', name, ...(isBoth ? tests : [])].join(' ') + (name === 'serve' ? '; exit' : ''),
    ...(groups[name] ? { group: groups[name] } : {}),
    ...(name === 'test' && tests.length > 0 ? { dependsOn: 'build' } : {}),
    ...(name === 'serve' ? { isBackground: true } : {}),
    problemMatcher: plan.matchers[name] ?? [],
  };
}

const file = (name: string, data: object): File => ({
  path: `.vscode/${name}.json`,
  text: toJson(data),
});
