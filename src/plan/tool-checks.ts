/** Rules whose tools are checked before they run. */
import type { Rule, Tool, Variable } from '../model/plan.ts';

/** A rule that first checks, with scripts/doctor.sh, the tools that its lines call. */
export function checkingTools(rule: Rule, tools: readonly Tool[], variables: readonly Variable[]): Rule {
  const needed = rule.run
    .flatMap((line) => line.split(' '))
    .filter((word) => {
      const variable = variables.find(({ name }) => word === `$${name}`);
      const programs = variable ? [variable.value, `\${${variable.name}:-${variable.value}}`] : [word];
      return tools.some(({ command, instead = command }) => programs.includes(command) || programs.includes(instead));
    })
    .map((word) => (word.startsWith('$') ? `"${word}"` : word));
  if (needed.length === 0) return rule;
  return { ...rule, run: [`@sh scripts/doctor.sh ${[...new Set(needed)].join(' ')}`, ...rule.run] };
}
