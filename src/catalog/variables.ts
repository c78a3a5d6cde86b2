/** Values of variables in text for people. */
import type { Variable } from '../model/plan.ts';

/** Replaces variables by their default values: `http://127.0.0.1:3000` for `$URL`. */
export function withValues(text: string, variables: readonly Variable[]): string {
  return text.replace(/\$([A-Z_]+)/g, (whole, name) => {
    const variable = variables.find((variable) => variable.name === name);
    return variable ? withValues(variable.value, variables) : whole;
  });
}
