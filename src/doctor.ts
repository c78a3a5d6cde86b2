/** Prints scripts/doctor.sh: one line for each tool that the tasks call. */
import type { File, Plan, Tool } from './plan.ts';
import { quote } from './shell.ts';
import { templateText } from './templates.ts';

function line(tool: Tool): string {
  const get = tool.get ?? (tool.mise ? 'make setup' : 'install it with the package manager of your system');
  const command = tool.instead ? `"${tool.instead}"` : tool.command;
  return tool.optional === undefined
    ? `need ${command} ${tool.atLeast ?? '0'} ${quote(get)}${tool.probe ? ` ${quote(tool.probe)}` : ''}`
    : `command -v ${tool.command} >/dev/null 2>&1 || echo ${quote(`optional ${tool.command}: ${tool.optional}; ${get}`)}`;
}

export function doctor(plan: Plan): File {
  return {
    path: 'scripts/doctor.sh',
    text: `${templateText('project/doctor.sh')}\n${plan.tools.map(line).join('\n')}\n\nexit $failed\n`,
    executable: true,
  };
}
