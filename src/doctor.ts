/** Prints scripts/doctor.sh: one line for each tool that the tasks call. */
import type { File, Plan, Rule, Tool, Variable } from './plan.ts';
import { quote } from './shell.ts';
import { templateText } from './templates.ts';

/** What the doctor calls a tool, as a shell word: the command that tasks really call. */
export const called = ({ command, instead }: Tool): string => (instead ? `"${instead}"` : command);

/** A rule that asks the doctor first for those of the tools that its lines call, before they make anything. */
export function examined(rule: Rule, tools: readonly Tool[], variables: readonly Variable[]): Rule {
  const value = (word: string) => variables.find(({ name }) => word === `$${name}`)?.value;
  const words = rule.run.flatMap((line) => line.split(' ')).flatMap((word) => [word, value(word) ?? []].flat());
  const needed = tools.filter(({ command, instead = command }) => words.includes(command) || words.includes(instead));
  if (needed.length === 0) return rule;
  return { ...rule, run: [`@sh scripts/doctor.sh ${needed.map(called).join(' ')}`, ...rule.run] };
}

function line(tool: Tool): string {
  const { command, get, mise, probe, optional, atLeast = '0' } = tool;
  const how = get ? quote(get) : mise ? "'make setup'" : `"$(package ${tool.package ?? command})"`;
  return optional === undefined
    ? `need ${called(tool)} ${atLeast} ${how}${probe ? ` ${quote(probe)}` : ''}`
    : `optional ${command} ${quote(optional)} ${how}`;
}

export function doctor(plan: Plan): File {
  return {
    path: 'scripts/doctor.sh',
    text: `${templateText('project/doctor.sh')}\n${plan.tools.map(line).join('\n')}\n\nexit $failed\n`,
    executable: true,
  };
}
