/**
 * What a guest needs before it is compiled: the WIT packages of its world, if a tool has to fetch them, and the npm packages that its
 * README installs first. All is read as text.
 */
import { folderOf } from '../../lib/paths.ts';
import { quotePath } from '../../lib/shell.ts';
import type { Facts, Folder, Statement } from '../../model/axes.ts';
import type { Task } from '../../model/plan.ts';
import { task } from '../existing.ts';
import { relativeDir } from './cargo.ts';
import { isTable, json, table, toml } from './data.ts';
import { codeIn, resolveDir } from './statements.ts';

/** A line of the repository that prepares a build, and its working directory, relative to the repository. */
export interface Step {
  from: string;
  dir: string;
  line: string;
}

const inDir = (dir: string, path: string): string => (dir === '' ? path : `${dir}/${path}`);

/** Commands that fetch packages of WIT: https://github.com/bytecodealliance/wasm-pkg-tools, https://crates.io/crates/wit-deps-cli */
const fetchesWit = /\b(?:wkg\s+(?:wit\s+)?(?:fetch|build|update)|wit-deps(?=\s|$)|wash\s+wit\s+(?:deps|fetch))\b/;
const installsNpm = /^npm\s+(?:ci|install|i)(?:\s+--\S+)*$/;
const generatesGo = /^wit-bindgen-go\s+generate\b/;
const prepares = (line: string): boolean => fetchesWit.test(line) || installsNpm.test(line) || generatesGo.test(line);

/** Files that contain commands. */
const scripts =
  /(?:^|\/)(?:(?:GNUm|m|M)akefile|\.?justfile|Taskfile\.ya?ml|(?:Dockerfile|Containerfile)(?:\.[^/]+)?|README(?:\.md)?|[^/]+\.sh|\.github\/workflows\/[^/]+\.ya?ml)$/i;

/** The lines of a repository that prepare builds. In a README they are in code blocks, where `cd` applies to later lines. */
export function stepsIn({ paths, text }: Folder): Step[] {
  return paths
    .filter((path) => scripts.test(path))
    .flatMap((from) => {
      const code = /README(?:\.md)?$/i.test(from) ? codeIn(text(from)) : [text(from)];
      const home = from.startsWith('.github/') ? '' : folderOf(from);
      return code.flatMap((block) => {
        let dir = home;
        return block.split(/\r?\n/).flatMap((line) => {
          const words = line
            .trim()
            .replace(/^(?:[$>@-]\s*|(?:RUN|run:|cmd:)\s+)+/, '')
            .replace(/\s+#.*$/, '');
          let here = dir;
          const found = words.split(/&&|;/).flatMap((one): Step[] => {
            const command = one.trim();
            const to = /^cd\s+(\S+)$/.exec(command)?.[1];
            if (to) here = resolveDir(here, to) ?? home;
            return prepares(command) ? [{ from, dir: here, line: command }] : [];
          });
          // Each recipe line of make, and each RUN, starts in the original folder.
          if (/README|\.sh$/i.test(from)) dir = here;
          return found;
        });
      });
    });
}

/** WIT packages that a folder refers to and that are missing there and in its `deps`. */
function missingIn(root: Folder, wit: string): string[] {
  const inside = root.paths.filter((path) => path.startsWith(`${wit}/`));
  // A binary package contains its name.
  if (inside.some((path) => path.endsWith('.wasm'))) return [];
  const texts = inside
    .filter((path) => path.endsWith('.wit'))
    .map((path) => root.text(path).replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, ''));
  const there = new Set(
    texts.flatMap((text) => [...text.matchAll(/\bpackage\s+([\w-]+:[\w-]+)/g)].map(([, name]) => name)),
  );
  const named = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:import|export|include|use)\s+([\w-]+:[\w-]+)\//g)].flatMap(([, name]) => name ?? []),
  );
  return [...new Set(named)].filter((name) => !there.has(name));
}

/** The WIT folders that a guest is compiled with. */
function witFolders(root: Folder, language: string, dir: string, command: string): string[] {
  const sources = root.paths
    .filter((path) => path.startsWith(dir === '' ? '' : `${dir}/`))
    .filter((path) => /\.(?:rs|go|json)$|(?:^|\/)(?:GNUm|m|M)akefile$/.test(path));
  const texts = [command, ...sources.map(root.text)];
  const generates = texts.flatMap((text) => [...text.matchAll(/\bgenerate!\s*\(([\s\S]*?)\)\s*;/g)]);
  const named =
    language === 'rust'
      ? generates.map(([, options]) => /\bpath:\s*"([^"]+)"/.exec(options ?? '')?.[1] ?? 'wit')
      : texts.some((text) => /\bwit\b/.test(text)) || language === 'python'
        ? ['wit']
        : [];
  const options = [...command.matchAll(/(?:\s-d|\s--?wit(?:-path|-package)?)[= ]+(\S+)/g)].map(
    ([, path]) => path ?? '',
  );
  return [...new Set([...named, ...options].flatMap((path) => resolveDir(dir, path) || []))].filter((wit) =>
    root.paths.some((path) => path.endsWith('.wit') && folderOf(path) === wit),
  );
}

/** The namespaces whose registry wkg knows: https://docs.rs/wasm-pkg-common, `Config::default` */
const registries = ['wasi', 'ba'];

interface Prepared {
  facts: Facts;
  why?: string;
}

/** The facts of a guest with what it needs before its build, or why that is not available. */
export function preparationOf(
  root: Folder,
  guest: { language: string; project: string; path: string; facts: Facts },
  stated: readonly Statement[],
  steps: readonly Step[],
  ignores: (path: string) => boolean,
): Prepared {
  const { language, project, path, facts } = guest;
  const said = stated.filter(({ from, dir }) => from === facts.from && (dir === path || dir === project));
  const calls = [facts.command ?? '', ...said.filter(({ rank }) => rank !== 'hint').map(({ calls }) => calls)].join(
    '\n',
  );
  const npm = npmOf(root, project, said, steps);
  const manifest = table(toml(root.text(inDir(path, 'Cargo.toml'))).package).metadata;
  // cargo-component fetches what its manifest lists.
  const fetchesItself = isTable(table(table(table(manifest).component).target).dependencies);
  if (language === 'c' || language === 'cpp' || fetchesItself || fetchesWit.test(calls)) return { facts: npm };
  for (const wit of witFolders(root, language, path, calls)) {
    const missing = missingIn(root, wit);
    const [first] = missing;
    if (first === undefined) continue;
    const above = folderOf(wit);
    const step = steps.find(({ dir, line }) => fetchesWit.test(line) && (dir === above || line.includes(wit)));
    const config = /--config[= ]+(\S+)/.exec(step?.line ?? '')?.[1];
    const settings = config ? resolveDir(above, config.replace(/^"|"$/g, '')) : undefined;
    const byDeps = root.paths.includes(`${wit}/deps.toml`) && wit.split('/').at(-1) === 'wit';
    const lock = byDeps ? `${wit}/deps.lock` : inDir(above, 'wkg.lock');
    const isLocked = root.paths.includes(lock) || ignores(lock);
    const unknown = missing.find((name) => !registries.includes(name.split(':')[0] ?? ''));
    const configured = settings && root.paths.includes(settings) ? settings : undefined;
    if (!byDeps && unknown && !configured && !root.paths.includes(inDir(above, 'wkg.toml')))
      return {
        facts: npm,
        why: `${wit}/ names ${unknown}, which is not in the repository, and of which wkg knows no registry`,
      };
    return {
      facts: {
        ...npm,
        fetch: byDeps ? 'wit-deps' : 'wkg',
        fetchIn: relativeDir(project, above),
        wit: relativeDir(above, wit),
        fetchConfig: configured ? relativeDir(above, configured) : '',
        fetched: ignores(`${wit}/deps/`) ? '' : 'yes',
        fetchLock: isLocked ? '' : lock,
        fetchFrom: step?.from ?? '',
      },
    };
  }
  return { facts: npm };
}

/** The folder whose npm packages the README installs before this build, unless CI builds that folder as a project. */
function npmOf(root: Folder, project: string, said: readonly Statement[], steps: readonly Step[]): Facts {
  const script = said.find(({ from }) => /(?:^|\/)package\.json$/.test(from));
  if (script) return hasDependencies(root, script.from) ? npmFacts(root, project, script.dir) : {};
  const hint = said.find(({ rank }) => rank === 'hint');
  const step = steps.find(
    ({ from, dir, line }) =>
      hint?.from === from &&
      dir === hint.dir &&
      installsNpm.test(line) &&
      root.paths.includes(inDir(dir, 'package.json')),
  );
  if (!step || root.paths.includes(inDir(project, 'asconfig.json'))) return {};
  return npmFacts(root, project, step.dir);
}

const npmFacts = (root: Folder, project: string, dir: string): Facts => ({
  npm: relativeDir(project, dir),
  npmLocked: root.paths.includes(inDir(dir, 'package-lock.json')) ? 'yes' : '',
});

function hasDependencies(root: Folder, path: string): boolean {
  const manifest = json(root.text(path));
  return [manifest.dependencies, manifest.devDependencies].some((one) => Object.keys(table(one)).length > 0);
}

/** The lines that prepare a build, to run in the project's folder. */
export function preparation({
  fetch,
  fetchIn = '.',
  wit = 'wit',
  fetchConfig,
  fetched,
  npm,
  npmLocked,
}: Facts): Task | undefined {
  const inFolder = (dir: string, line: string) => (dir === '.' ? line : `cd ${quotePath(dir)} && ${line}`);
  const config = fetchConfig ? ` --config ${quotePath(fetchConfig)}` : '';
  const lines = [
    ...(npm ? [inFolder(npm, npmLocked ? 'npm ci' : 'npm install --no-package-lock')] : []),
    ...(fetch === 'wkg' ? [inFolder(fetchIn, `wkg fetch ${quotePath(wit)}${config}`)] : []),
    // wit-deps reads wit/deps.toml.
    ...(fetch === 'wit-deps' ? [inFolder(fetchIn, 'wit-deps')] : []),
    ...(fetch && fetched ? [inFolder(fetchIn, `echo '*' >${quotePath(`${wit}/deps/.gitignore`)}`)] : []),
  ];
  return lines.length > 0 ? task(...lines) : undefined;
}
