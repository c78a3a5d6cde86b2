/** A project's variables where people read them. */
import type { Variable } from '../model/plan.ts';

/** A text with the values that variables have unless told otherwise: `http://127.0.0.1:3000` for `$URL`. */
export function withValues(text: string, variables: readonly Variable[]): string {
  return text.replace(/\$([A-Z_]+)/g, (whole, name) => {
    const variable = variables.find((variable) => variable.name === name);
    return variable ? withValues(variable.value, variables) : whole;
  });
}
