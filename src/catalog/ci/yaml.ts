/** Prints YAML files of CI providers: an empty line before each part, comments, shared blocks only once. */
import { type Alias, Document, isMap, isScalar, isSeq, type Node, type Pair, Scalar, visit } from 'yaml';
import type { File } from '../../model/plan.ts';

/** A value with a trailing comment. */
export function commented(value: string, comment: string): Scalar<string> {
  const scalar = new Scalar(value);
  scalar.comment = ` ${comment}`;
  return scalar;
}

interface Style {
  /** Comments above keys, by path: `jobs.release.shell`. */
  comments?: Record<string, string>;
  /** Names of objects that occur in several places: printed in the first as an anchor, and as an alias in the others. */
  anchor?: string;
}

/** Whether Prettier quotes a text with single quotes: it has both, and more double ones. */
const hasMoreDouble = (value: unknown): boolean =>
  typeof value === 'string' && value.includes("'") && value.split('"').length > value.split("'").length;

/** A YAML file. A key without a value has the value null. */
export function yamlFile(path: string, data: object, { comments = {}, anchor }: Style = {}): File {
  const document = new Document(data, { aliasDuplicateObjects: anchor !== undefined });
  if (isMap(document.contents))
    for (const pair of document.contents.items.slice(1) as Pair[]) {
      if (isScalar(pair.key)) pair.key.spaceBefore = isMap(pair.value) || isSeq(pair.value);
    }
  for (const [where, comment] of Object.entries(comments)) {
    const keys = where.split('.');
    const map = document.getIn(keys.slice(0, -1)) ?? document.contents;
    const pair = isMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1)) : undefined;
    if (pair) (pair.key as Node).commentBefore = ` ${comment}`;
  }
  visit(document, {
    Map(_, map) {
      if (map.anchor && anchor) map.anchor = anchor;
    },
    Alias(_, alias: Alias) {
      alias.source = String(anchor);
    },
    Scalar(_, scalar) {
      if (scalar.value === null) scalar.source = '';
      if (hasMoreDouble(scalar.value)) scalar.type = 'QUOTE_SINGLE';
    },
  });
  return { path, text: document.toString({ lineWidth: 0, nullStr: '' }) };
}
