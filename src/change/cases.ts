/** Merges files of contract cases by the id of a case, where a merge by lines would find conflicts in unrelated cases. */
import { toJson } from '../lib/json.ts';

export const isCases = (path: string): boolean => /(?:^|\/)contract\/[a-z]+\.json$/.test(path);

type Case = { id: string };

/**
 * Cases that the user added or changed stay as they are, and cases that the user removed stay away. Of the others, those that are
 * no longer generated go. Returns undefined if one of the texts has no list of cases.
 */
export function mergeCases(user: string, base: string, generated: string): string | undefined {
  const [own, old, now] = [user, base, generated].map(casesOf);
  if (!own || !old || !now) return undefined;
  const kept = [...own.values()].flatMap((one) => (isSame(one, old.get(one.id)) ? (now.get(one.id) ?? []) : one));
  const added = [...now.values()].filter(({ id }) => !own.has(id) && !old.has(id));
  return toJson({ cases: [...kept, ...added] });
}

const isSame = (one: Case, other: Case | undefined) => JSON.stringify(one) === JSON.stringify(other);

function casesOf(text: string): Map<string, Case> | undefined {
  try {
    const { cases } = JSON.parse(text);
    return Array.isArray(cases) && cases.every((one) => typeof one?.id === 'string')
      ? new Map(cases.map((one: Case) => [one.id, one]))
      : undefined;
  } catch {
    return undefined;
  }
}
