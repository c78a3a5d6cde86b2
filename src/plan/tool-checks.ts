/** Rules whose tools are checked before they run. */
import type { Rule, Tool, Variable } from '../model/plan.ts';

/** A rule that first checks, with scripts/doctor.sh, the tools that its lines call. */
export function checkingTools(rule: Rule, tools: readonly Tool[], variables: readonly Variable[]): Rule {
  const needed = rule.run
    .flatMap((line) => line.split(' '))
    .filter((word) => {
      const program = variables.find(({ name }) => word === `$${name}`)?.value ?? word;
      return tools.some(({ command, instead }) => program === command || program === instead);
    })
    .map((word) => (word.startsWith('$') ? `"${word}"` : word));
  if (needed.length === 0) return rule;
  return { ...rule, run: [`@sh scripts/doctor.sh ${[...new Set(needed)].join(' ')}`, ...rule.run] };
}
