/** VS Code: every task of the project with its problem matcher, the ways to debug, extensions and settings. */
import type { File, Plan, Renderer, TaskName } from '../../model/plan.ts';
import { taskNames } from '../../model/plan.ts';
import { withValues } from '../variables.ts';

/** Tasks that VS Code's own commands run: Run Build Task, Run Test Task. */
const groups: { [name in TaskName]?: object } = {
  build: { kind: 'build', isDefault: true },
  test: { kind: 'test', isDefault: true },
};

export const vscode: Renderer = {
  id: 'vscode',
  label: 'VS Code',
  help: 'tasks, debugging, extensions and settings',
  status: 'current',
  ran: 'every task of a project of each kind run by vscode-task-runner, its problem matchers on what broken sources print, clangd and TypeScript on fresh projects, rust-analyzer once; not opened in VS Code itself',
  workspace: (name, folders) => ({
    path: `${name}.code-workspace`,
    text: `${JSON.stringify({ folders: [...folders, '.'].map((path) => ({ path })) }, null, 2)}\n`,
  }),
  render(plan) {
    return [
      file('tasks', {
        version: '2.0.0',
        tasks: taskNames.filter((name) => plan.tasks[name]).map((name) => task(plan, name)),
      }),
      ...(plan.launch.length > 0 ? [file('launch', { version: '0.2.0', configurations: plan.launch })] : []),
      file('extensions', { recommendations: plan.extensions }),
      file('settings', plan.settings),
    ];
  },
};

function task(plan: Plan, name: TaskName): object {
  return {
    label: name,
    detail: withValues(plan.tasks[name]?.help ?? '', plan.variables),
    type: 'shell',
    command: 'make',
    args: [name],
    ...(groups[name] ? { group: groups[name] } : {}),
    ...(name === 'serve' ? { isBackground: true } : {}),
    problemMatcher: plan.matchers[name] ?? [],
  };
}

const file = (name: string, data: object): File => ({
  path: `.vscode/${name}.json`,
  text: `${JSON.stringify(data, null, 2)}\n`,
});
