/** Prints scripts/doctor.sh: one line for each tool that the tasks call. */

import { templateText } from '../catalog/templates.ts';
import { quote } from '../lib/shell.ts';
import { call } from '../model/pipeline.ts';
import type { File, Plan, Tool } from '../model/plan.ts';

function line(tool: Tool, plan: Plan): string {
  const { check, command, instead, get, mise, probe, optional, atLeast = '0' } = tool;
  const how = get ? quote(get) : mise ? quote(call(plan, 'setup')) : `"$(package ${tool.package ?? command})"`;
  return optional === undefined
    ? `need ${instead ? `"${instead}"` : command} ${atLeast} ${how}${probe ? ` ${quote(probe)}` : ''}${check ? `\n${checked(command, check)}` : ''}`
    : `optional ${command} ${quote(optional)} ${how}`;
}

const checked = (command: string, script: string) =>
  `case " \${wanted:-${command}} " in *' ${command} '*) sh ${script} || failed=1 ;; esac`;

export function doctor(plan: Plan): File {
  return {
    path: 'scripts/doctor.sh',
    text: [
      templateText('project/doctor.sh'),
      ...(plan.tools.some(({ optional }) => optional !== undefined)
        ? [templateText('project/doctor-optional.sh')]
        : []),
      ...new Set(plan.tools.flatMap(({ define }) => (define ? [define] : []))),
      ...plan.tools.map((tool) => line(tool, plan)),
      '\nexit $failed\n',
    ].join('\n'),
    executable: true,
  };
}
