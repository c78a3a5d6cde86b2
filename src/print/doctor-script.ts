/** Prints scripts/doctor.sh: one line for each tool that the tasks call. */

import { templateText } from '../catalog/templates.ts';
import { quote } from '../lib/shell.ts';
import { call } from '../model/pipeline.ts';
import type { File, Plan, Tool } from '../model/plan.ts';

function line(tool: Tool, plan: Plan): string {
  const { check, command, instead, get, mise, probe, optional, atLeast = '0' } = tool;
  const way = get ?? (mise && call(plan, 'setup'));
  if (optional !== undefined) {
    const text = quote(`optional ${command}: ${optional}${way ? `; ${way}` : ''}`);
    return `[ "$wanted" ] || command -v ${command} >/dev/null 2>&1 || echo ${text}`;
  }
  const how = way ? quote(way) : `"$(package ${tool.package ?? command})"`;
  return `need ${instead ? `"${instead}"` : command} ${atLeast} ${how}${probe ? ` ${quote(probe)}` : ''}${check ? `\n${checked(command, check)}` : ''}`;
}

const checked = (command: string, script: string) =>
  `case " \${wanted:-${command}} " in *' ${command} '*) sh ${script} || failed=1 ;; esac`;

export function doctor(plan: Plan): File {
  const lines = plan.tools.map((tool) => line(tool, plan));
  return {
    path: 'scripts/doctor.sh',
    text: [
      templateText('project/doctor.sh'),
      ...(lines.some((text) => text.includes('$(package ')) ? [templateText('project/doctor-package.sh')] : []),
      ...new Set(plan.tools.flatMap(({ define }) => (define ? [define] : []))),
      ...lines,
      '\nexit $failed\n',
    ].join('\n'),
    executable: true,
  };
}
