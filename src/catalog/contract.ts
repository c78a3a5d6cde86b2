/**
 * What a program must answer. templates/contract has every case of each kind, which `generator-wasm contract` checks; a project
 * gets the few that explain its program.
 */
import { toJson } from '../lib/json.ts';
import type { Kind } from '../model/choices.ts';
import { named, once, prose, templateText } from './templates.ts';

const web = [
  'greets-the-world',
  'greets-a-name',
  'decodes-utf-8',
  'refuses-a-stray-byte',
  'shows-listed-headers-in-order',
  'shows-nothing-else-of-the-environment',
  'answers-head-without-a-body',
  'echoes-json-with-its-type',
  'echoes-every-byte',
  'refuses-one-byte-more',
  'takes-no-post-to-the-greeting',
  'takes-no-get-of-the-echo',
  'knows-no-other-path',
  'logs-no-control-characters',
];

/** The cases of a project, by id. */
export const projectCases: Record<Kind, string[]> = {
  wagi: web,
  http: web,
  command: [
    'greets-the-world',
    'greets-each-name-in-order',
    'greets-in-utf-8',
    'greets-after-two-dashes',
    'reads-no-input-when-greeting',
    'counts-nothing',
    'counts-lines-words-and-bytes',
    'counts-a-last-line-without-its-end',
    'splits-words-at-every-white-space',
    'counts-bytes-and-not-characters',
    'counts-three-megabytes',
    'explains-itself',
    'refuses-an-unknown-option',
    'refuses-an-option-among-names',
    'counts-no-files',
  ],
};

/** `contract/run.mjs` of a project with programs of these kinds: the runner has only the code that they need. */
export function runner(kinds: readonly Kind[]): string {
  const [command, wagi, http] = [kinds.includes('command'), kinds.includes('wagi'), kinds.includes('http')];
  return prose('contract/run.mjs.ejs', { command, wagi, http, core: command || wagi, web: wagi || http });
}

/** Every case of a kind, for a program of this name. */
export const allCases = (kind: Kind, name: string): string => named(templateText(`contract/${kind}.json`), name);

interface Case {
  id: string;
  method?: string;
  status?: number;
  responseHeaders?: Record<string, string>;
}

/** `contract/KIND.json` of a project. */
export const casesOfProject = (kind: Kind, name: string): string => named(casesOf(kind), name);

const casesOf = once((kind: Kind) => {
  const { cases }: { cases: Case[] } = JSON.parse(templateText(`contract/${kind}.json`));
  const kept = cases.filter(({ id }) => projectCases[kind].includes(id));
  return toJson({ cases: kept.map((one) => (one === kept[0] ? one : brief(one, kept))) });
});

/**
 * A case without what others of its project check: only HEAD and the first case that can name a length do so, and only the first and
 * the first error name the usual type. 200 is the runner's default.
 */
function brief(one: Case, all: readonly Case[]): object {
  const { responseHeaders = {}, method } = one;
  const isFirst = (has: (other: Case) => unknown) => all.find(has) === one;
  const headers = Object.entries(responseHeaders).filter(([name, value]) => {
    if (value === 'text/plain; charset=utf-8') return isFirst(({ status = 200 }) => status >= 400);
    const isLength = ['content-length', 'x-body-bytes'].includes(name);
    return !isLength || method === 'HEAD' || isFirst((other) => other.responseHeaders?.[name]);
  });
  const said = { ...one, responseHeaders: Object.fromEntries(headers) };
  return Object.fromEntries(
    Object.entries(said).filter(
      ([key, value]) => !(key === 'status' && value === 200) && !(key === 'responseHeaders' && headers.length === 0),
    ),
  );
}
