/** ARCHITECTURE.md lists the folders, lowest first: each imports only from those above it, and no files import each other. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const filesBelow = (folder: string): string[] =>
  readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`);

/** The rows of the table below a heading. */
function rowsOf(heading: string, file = 'ARCHITECTURE.md'): string[][] {
  const [, section = ''] = read(file).split(`\n## ${heading}\n`);
  const rows = section.split('\n## ')[0]?.matchAll(/^\| (.*) \|$/gm) ?? [];
  return [...rows].slice(2).map(([, row = '']) => row.split(' | '));
}

const pathsIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].flatMap(([, path]) => path ?? []);

/** The folders of ARCHITECTURE.md, lowest first. */
const layers = rowsOf('Folders').map(([name = '']) => pathsIn(name)[0] ?? '');

const layerOf = (path: string): string | undefined => layers.find((folder) => path.startsWith(`${folder}/`));

/** The imports of one source text, as paths of the repository; packages are left out. */
const importsOf = (path: string, text: string): string[] =>
  [...text.matchAll(/^(?:import|export)\b[^;]*?\sfrom '(\.[^']+)';|\bimport\('(\.[^']+)'\)/gm)].map(([, from, lazy]) =>
    posix.join(posix.dirname(path), from ?? lazy ?? ''),
  );

type Imports = ReadonlyMap<string, readonly string[]>;

const brokenBy = (imports: Imports): string[] =>
  [...imports].flatMap(([path, targets]) => {
    const layer = layerOf(path);
    if (!layer) return [`${path} is in no folder that ARCHITECTURE.md lists`];
    return targets.flatMap((target) => {
      const below = layerOf(target);
      if (!below) return [`${path} imports ${target}, which is in no folder that ARCHITECTURE.md lists`];
      if (layer === 'wagi' && below !== 'wagi')
        return [`${path} imports ${target}, and wagi knows nothing of the rest`];
      return layers.indexOf(below) > layers.indexOf(layer)
        ? [`${path} imports ${target}, and ${below} stands below ${layer} in ARCHITECTURE.md`]
        : [];
    });
  });

/** The first cycle of imports, in order; empty where there is none. */
function cycleIn(imports: Imports): string[] {
  const done = new Set<string>();
  const visit = (path: string, way: string[]): string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const target of imports.get(path) ?? []) {
      const cycle = visit(target, [...way, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const path of imports.keys()) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe('The folders of ARCHITECTURE.md', () => {
  const files = ['src', 'wagi', 'bin', 'generators'].flatMap(filesBelow);
  const imports = new Map(files.map((path) => [path, importsOf(path, read(path))]));

  it('name every folder of the sources', () => {
    const top = readdirSync(new URL('../../src', import.meta.url)).map((name) => `src/${name}`);
    assert.deepEqual([...layers].sort(), [...top, 'bin', 'generators', 'wagi'].sort());
    assert.ok(imports.size > 100 && [...imports.values()].flat().length > 400);
  });
  it('import only from those above them', () => assert.deepEqual(brokenBy(imports), []));
  it('have no files that import each other', () => assert.deepEqual(cycleIn(imports), []));

  it('name the file that breaks a rule', () => {
    assert.deepEqual(brokenBy(new Map([['src/lib/json.ts', ['src/model/plan.ts']]])), [
      'src/lib/json.ts imports src/model/plan.ts, and src/model stands below src/lib in ARCHITECTURE.md',
    ]);
    assert.deepEqual(brokenBy(new Map([['wagi/pool.ts', ['src/lib/json.ts']]])), [
      'wagi/pool.ts imports src/lib/json.ts, and wagi knows nothing of the rest',
    ]);
    assert.deepEqual(
      importsOf('src/cli/a.ts', "import {\n  type B,\n} from '../lib/b.ts';\nawait import('./c.ts');\n"),
      ['src/lib/b.ts', 'src/cli/c.ts'],
    );
    assert.deepEqual(
      cycleIn(
        new Map([
          ['a', ['b', 'c']],
          ['b', []],
          ['c', ['a']],
        ]),
      ),
      ['a', 'c', 'a'],
    );
  });
});

describe('The command that creates a project', () => {
  /** The files that one file loads when it is loaded: not by `import()`, and not for their types. */
  const loadedBy = (path: string): string[] =>
    importsOf(path, read(path).replace(/^(?:import|export) type [^;]*;|\bimport\('[^']+'\)/gm, ''));

  it('loads the code of no other command', () => {
    const found = new Set<string>();
    const add = (path: string): void => {
      if (found.has(path)) return;
      found.add(path);
      loadedBy(path).forEach(add);
    };
    ['bin/generator-wasm.ts', 'src/commands/program.ts', 'src/cli/answers.ts', 'src/cli/create.ts'].forEach(add);
    assert.ok(found.size > 100 && found.has('src/catalog/axes.ts'));
    const others = /^(?:wagi|src\/(?:doctor|explain|workshop|legacy|change))\//;
    assert.deepEqual(
      [...found].filter((path) => others.test(path)),
      // The flags of the commands that change a project.
      ['src/change/commands.ts', 'src/change/reconcile.ts', 'src/change/cases.ts'],
    );
  });
});

describe('The map of ARCHITECTURE.md', () => {
  const rows = rowsOf('To change X, go to Y');
  it('has the changes that people make most', () => assert.ok(rows.length >= 10));
  it('names only paths that exist', () => {
    const paths = [...rowsOf('Folders'), ...rows].flatMap((cells) => pathsIn(cells.join(' '))).filter(isPath);
    assert.ok(paths.length > 30);
    assert.deepEqual(
      paths.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url))),
      [],
    );
  });
});

describe('The text of ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md');
  const files = ['src', 'wagi', 'test'].flatMap(filesBelow);
  const sources = files.filter((path) => !path.startsWith('test/')).map(read);

  it('names only functions that exist', () => {
    const names = [...new Set([...text.matchAll(/(\w+)\(\)/g)].map(([, name]) => name ?? ''))];
    assert.ok(names.length > 8);
    const missing = names.filter(
      (name) => !sources.some((one) => new RegExp(`(?:function|const) ${name}\\b`).test(one)),
    );
    assert.deepEqual(missing, []);
  });
  it('names only files that exist', () => {
    const names = [...new Set([...text.matchAll(/`([\w-]+\.ts)`/g)].map(([, name]) => name ?? ''))];
    assert.ok(names.length > 4);
    assert.deepEqual(
      names.filter((name) => !files.some((path) => path.endsWith(`/${name}`))),
      [],
    );
  });
});

describe('The values of the axes', () => {
  /** The original yo-wasm and the workshop have fixed languages. */
  const elsewhere = /^src\/(?:catalog|legacy|workshop)\//;
  /** Defaults of questions, and the command `vscode`. */
  const allowed = ['src/plan/questions.ts: github', 'src/change/commands.ts: vscode'];
  const words = new Set<string>(['none', 'oci', 'bindle', ...axes.kind.map(({ id }) => id)]);
  const ids = [axes.language, axes.host, axes.registry, axes.ci, axes.editor]
    .flatMap((axis) => axis.map(({ id }) => id))
    .filter((id) => !words.has(id));

  it('are named by their own files alone, so that a new one needs no other', () => {
    const named = filesBelow('src')
      .filter((path) => !elsewhere.test(path))
      .flatMap((path) => {
        const literals = [...read(path).matchAll(/'([\w+-]+)'/g)].map(([, literal]) => literal);
        return ids.filter((id) => literals.includes(id)).map((id) => `${path}: ${id}`);
      });
    assert.deepEqual(named.sort(), allowed.sort());
  });
});

describe('The words of CONTRIBUTING.md', () => {
  it('that name types are in the sources', () => {
    const sources = ['src', 'wagi'].flatMap(filesBelow).map(read).join('\n');
    const words = rowsOf('Words', 'CONTRIBUTING.md').flatMap(([words = '']) => words.split(', '));
    const types = words.filter((word) => /^[A-Z]/.test(word));
    assert.ok(types.length > 10);
    assert.deepEqual(
      types.filter((type) => !new RegExp(`^(?:export )?(?:interface|type|class) ${type}\\b`, 'm').test(sources)),
      [],
    );
  });
});

/** A path of this repository, and not a command or a name in the code. */
const isPath = (text: string): boolean => /^[\w.-]+(?:\/[\w.-]*)+$|^\w+\.md$/.test(text);
