/** Rules whose tools are checked before they run. */
import type { Rule, Tool, Variable } from '../model/plan.ts';

/** Rules that first check, with scripts/doctor.sh, the tools that their lines call. */
export function checkingTools(rules: readonly Rule[], tools: readonly Tool[], variables: readonly Variable[]): Rule[] {
  const programs = new Set(tools.flatMap(({ command, instead = command }) => [command, instead]));
  const isProgram = (word: string): boolean => {
    const variable = variables.find(({ name }) => word === `$${name}`);
    if (!variable) return programs.has(word);
    return programs.has(variable.value) || programs.has(`\${${variable.name}:-${variable.value}}`);
  };
  return rules.map((rule) => {
    const needed = rule.run
      .flatMap((line) => line.split(' '))
      .filter(isProgram)
      .map((word) => (word.startsWith('$') ? `"${word}"` : word));
    if (needed.length === 0) return rule;
    return { ...rule, run: [`@sh scripts/doctor.sh ${[...new Set(needed)].join(' ')}`, ...rule.run] };
  });
}
