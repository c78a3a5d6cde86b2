/** Detects the modules in a repository of another author, describes them, and lets the user choose. */

import { axes, find } from '../catalog/axes.ts';
import { preparationOf, stepsIn } from '../catalog/existing/preparation.ts';
import { resolveDir, statementsIn } from '../catalog/existing/statements.ts';
import { mostManifests, tooMuch } from '../lib/limits.ts';
import { shown } from '../lib/printable.ts';
import { UserError } from '../lib/user-error.ts';
import type { Folder, Statement } from '../model/axes.ts';
import type { Ask } from '../plan/choices.ts';
import type { PromptedQuestion } from '../plan/questions.ts';
import type { Project } from './adopted.ts';

/** A part of a repository that may become a module, included or left out. */
export interface Candidate extends Project {
  /** Its folder, relative to the repository: what `--module` names. */
  path: string;
  /** Why it is left out. */
  why?: string;
}

/** A candidate as `--json` prints it. */
export interface FoundModule {
  path: string;
  language: string;
  what: string;
  /** The path of the module after the build, if known. */
  artifact: string;
  /** The file that states how it is built; empty for a guess. */
  says: string;
  /** Why it is left out. */
  why?: string;
}

/** Folders of third-party or generated sources. */
const foreign = /(?:^|\/)(?:node_modules|vendor|third[_-]party|\.venv|target|build|dist)\//;

/** Folders of test data. Go ignores `testdata` too. */
const fixtures = /(?:^|\/)(?:testdata|fixtures|__fixtures__)\//;

/** A name in a manifest that a template engine fills in: cargo-generate, wash, Spin and cookiecutter write `{{name}}`, EJS `<%= name %>`. */
const placeholder = /^\s*(?:"name"\s*:|name\s*=|module\s)[^\n]*(?:\{\{|<%)/m;

/** What the builds of possible candidates write, at most `mostManifests` paths, so that `ignoring` asks git once about all. */
export function writtenIn(paths: readonly string[]): string[] {
  const written = paths.flatMap((path) => {
    const end = path.lastIndexOf('/') + 1;
    const own = axes.language.filter(({ existing }) => existing?.manifests.includes(path.slice(end)));
    return own.flatMap(({ existing }) => existing?.writes?.map((name) => path.slice(0, end) + name) ?? []);
  });
  return [...new Set(written)].slice(0, mostManifests);
}

/** The candidates of a repository, outermost first, also those that are left out, with the reason. */
export function detect({ paths, text }: Folder, ignores: (path: string) => boolean): Candidate[] {
  const candidates: Candidate[] = [];
  let looked = 0;
  const own = paths.filter((path) => !foreign.test(path) && !fixtures.test(path));
  const root = { paths: own, text };
  const stated = statementsIn(root);
  const steps = stepsIn(root);
  for (const { id: language, existing } of axes.language) {
    if (!existing) continue;
    const dirs = own
      .filter((path) => existing.manifests.includes(path.slice(path.lastIndexOf('/') + 1)))
      .map((path) => path.split('/').slice(0, -1).join('/'));
    const wholes: string[] = [];
    const taken = new Set<string>();
    for (const dir of [...new Set(dirs)].sort((a, b) => a.split('/').length - b.split('/').length)) {
      const prefix = dir === '' ? '' : `${dir}/`;
      if (taken.has(dir) || wholes.some((whole) => whole === '' || prefix.startsWith(`${whole}/`))) continue;
      if (++looked > mostManifests) throw tooMuch(`${looked} folders or more have a manifest`, mostManifests);
      const found = existing.read(
        {
          paths: own.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)),
          text: (path) => text(`${prefix}${path}`),
        },
        { dir, root, stated, ignores: (path) => ignores(`${prefix}${path}`) },
      );
      if (!found) continue;
      if (!Array.isArray(found)) wholes.push(dir);
      const template = existing.manifests.find((name) => placeholder.test(text(`${prefix}${name}`)));
      for (const { path, facts, why } of Array.isArray(found) ? found : [{ path: '', facts: found, why: undefined }]) {
        const inside = `${prefix}${path}`.replace(/\/$/, '');
        taken.add(inside);
        if (!facts && !why) continue;
        const prepared = preparationOf(
          root,
          { language, project: dir, path: inside, facts: facts ?? {} },
          stated,
          steps,
          ignores,
        );
        const known = Object.entries({ ...facts, ...(facts && prepared.facts) }).filter(([, value]) => value !== '');
        const reason = template
          ? `the name in its ${template} is a placeholder, as in a template`
          : (why ?? (facts && prepared.why));
        candidates.push({
          language,
          dir: dir || '.',
          path: inside || '.',
          facts: Object.fromEntries(known),
          ...(reason && { why: reason }),
        });
      }
    }
  }
  return [...candidates.map((one) => withoutPlain(one, candidates)), ...unbuilt(stated, candidates)];
}

/** The manifests of a language, as a text: those of Go and TinyGo are the same. */
const manifestsOf = (language: string): string => String(find(axes.language, language)?.existing?.manifests);

/** If other candidates are certainly for WebAssembly, a program without any sign of it is left out. */
function withoutPlain(candidate: Candidate, all: readonly Candidate[]): Candidate {
  const { plain, ...facts } = candidate.facts;
  const isAlike = ({ language }: Candidate) => manifestsOf(language) === manifestsOf(candidate.language);
  const sure = all.find((one) => isAlike(one) && !one.why && !one.facts.plain);
  if (!plain || !sure) return { ...candidate, facts };
  return {
    ...candidate,
    facts,
    why: candidate.why ?? `it is not marked as WebAssembly, unlike ${sure.path === '.' ? 'the root' : sure.path}`,
  };
}

/** Components that a manifest builds with a command that no language here recognises; without any candidate, also other builds. */
function unbuilt(stated: readonly Statement[], candidates: readonly Candidate[]): Candidate[] {
  const known = (dir: string) =>
    candidates.some(({ path, dir: project, facts }) =>
      [path, project, project === '.' ? facts.in : `${project}/${facts.in}`].includes(dir || '.'),
    );
  return stated
    .filter(({ rank, dir }) => (rank === 'manifest' && !known(dir)) || candidates.length === 0)
    .map(({ dir, from, of, command, calls }) => ({
      language: '',
      dir: dir || '.',
      path: dir || '.',
      facts: {},
      why: `${from} builds ${of || 'it'} by \`${command || calls.split('\n')[0]}\`, and nothing there says with which tools`,
    }));
}

/** The candidates as projects; candidates that one command builds together become one project. */
export function joinCandidates(candidates: readonly Candidate[]): Project[] {
  const projects: Project[] = [];
  for (const { id: language, existing } of axes.language) {
    const own = candidates.filter((one) => one.language === language);
    for (const dir of new Set(own.map((one) => one.dir))) {
      const facts = own.filter((one) => one.dir === dir).map((one) => one.facts);
      projects.push(...(existing?.join?.(facts) ?? facts).map((facts) => ({ language, dir, facts })));
    }
  }
  return projects;
}

/** The path of the module after the build, relative to the repository. */
const artifactOf = ({ dir, facts }: Project): string =>
  (facts.artifact ?? '')
    .split(', ')
    .map((path) => (path && resolveDir(dir === '.' ? '' : dir, path)) || path)
    .join(', ');

/** The name of a candidate in messages. */
export const nameOf = ({ facts, path }: Candidate): string =>
  shown(`${facts.what ?? 'what is'}${path !== '.' ? ` in ${path}` : facts.what ? '' : ' in the root'}`);

/** A candidate as a sentence. */
export function sentence(candidate: Candidate): string {
  const { language, facts, why } = candidate;
  const what = `${nameOf(candidate)}${language && ` (${language})`}`;
  if (why) return `Left out ${what}: ${shown(why)}.`;
  const artifact = artifactOf(candidate);
  const by = facts.library
    ? ' Only its tests are run.'
    : facts.from
      ? ` Build command from ${shown(facts.from)}.`
      : ' No file says how to build it, so the build command is a guess.';
  const first = facts.fetch
    ? ` Before, ${facts.fetch} fetches the WIT that it names${facts.fetchFrom ? `, as ${shown(facts.fetchFrom)} says` : ', which is not in the repository'}.`
    : '';
  return `Found ${what}${artifact ? `, output ${shown(artifact)}` : ''}.${by}${first}`;
}

/** A candidate as data. */
export const foundModule = (candidate: Candidate): FoundModule => ({
  path: candidate.path,
  language: candidate.language,
  what: candidate.facts.what ?? '',
  artifact: artifactOf(candidate),
  says: candidate.facts.from ?? '',
  ...(candidate.why && { why: candidate.why }),
});

/** A typed folder in the form of `Candidate.path`. */
export const plainPath = (path: string): string =>
  path
    .trim()
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/+$/, '') || '.';

/** The candidates at these paths of `--module`. Throws a UserError if a path has none. */
export function selectCandidates(candidates: readonly Candidate[], paths: readonly string[]): Candidate[] {
  const able = candidates.filter(({ facts }) => facts.what);
  const chosen = new Set<Candidate>();
  for (const path of paths) {
    const inside = able.filter((one) => one.path === path || one.path.startsWith(`${path}/`));
    if (inside.length === 0) {
      const why = candidates.find((one) => one.path === path)?.why;
      throw new UserError(
        `No WebAssembly module found in '${path}'${why ? `: ${why}` : ''}. Choose one of: ${able.map((one) => one.path).join(', ')}.`,
      );
    }
    for (const one of inside) chosen.add(one);
  }
  return candidates.map((one) => {
    const { why, ...rest } = one;
    return chosen.has(one) ? rest : { ...rest, why: why ?? '--module names others' };
  });
}

/** Asks which candidates to build, if there are several; undefined means all. */
export async function chooseCandidates(candidates: readonly Candidate[], ask: Ask): Promise<string[] | undefined> {
  const able = candidates.filter(({ facts }) => facts.what);
  if (able.length < 2) return undefined;
  const found = able.flatMap(({ why }, index) => (why ? [] : [String(index)]));
  const question: PromptedQuestion = {
    key: 'modules',
    message: 'Modules that CI builds',
    kind: 'many',
    options: able.map((one, index) => ({
      id: String(index),
      label: nameOf(one),
      help: shown(one.why ? `left out unless ticked: ${one.why}` : artifactOf(one)),
      status: 'current',
    })),
    check: () => undefined,
  };
  const ids = [await ask(question, {}, found)].flat();
  const chosen = able.filter((_, index) => ids.includes(String(index)));
  if (chosen.length === 0) throw new UserError('No module was chosen, so CI has nothing to build.');
  const isSame = ids.length === found.length && found.every((id) => ids.includes(id));
  return isSame ? undefined : chosen.map(({ path }) => path);
}
