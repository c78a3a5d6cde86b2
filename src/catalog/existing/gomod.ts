/**
 * Go modules, from the text of their files, because the go command may run programs of the repository: which programs are compiled to
 * WebAssembly, by which compiler, and why others are not.
 */

import { folderOf, isBelow } from '../../lib/paths.ts';
import { quote, quotePath } from '../../lib/shell.ts';
import { and, literally } from '../../lib/words.ts';
import type { Folder, Guest, RepositoryContext, Statement } from '../../model/axes.ts';
import { made } from '../existing.ts';
import { relativeDir, statedFacts } from './cargo.ts';
import { stepsIn } from './preparation.ts';
import { saying } from './statements.ts';
import { worldIn } from './wit.ts';

/** Packages that only native programs import: WebAssembly runtimes, and packages that Go does not support on WASI. */
const native =
  /^(?:github\.com\/(?:tetratelabs\/wazero|bytecodealliance\/wasmtime-go|wasmerio\/wasmer-go|second-state\/wasmedge-go|extism\/go-sdk|magefile\/mage|spf13\/cobra\/doc|mattn\/go-sqlite3)|go\.wasmcloud\.dev\/provider|k8s\.io\/client-go|C|plugin|os\/signal\/windows)(?:\/|$)/;

/**
 * Whether a file is compiled for WebAssembly: by its build constraint, https://pkg.go.dev/cmd/go#hdr-Build_constraints, and its name.
 * @param system `wasip1`, or `js` for web pages
 * @param isOld the go line of go.mod is older than 1.18, so `// +build` lines count too
 */
function isCompiled(path: string, text: string, byTinygo: boolean, system: string, isOld: boolean): boolean {
  const name = path.split('/').at(-1) ?? '';
  if (/_test\.go$|^[._]/.test(name)) return false;
  const [, named] =
    /_(aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|386|amd64|arm|arm64|wasm)\.go$/.exec(
      name,
    ) ?? [];
  if (named && named !== system && named !== 'wasm') return false;
  const head = text.split(/^package\s/m)[0] ?? '';
  const old = [...head.matchAll(/^\/\/ \+build\s+(.+)$/gm)].map(
    ([, line = '']) =>
      `(${line
        .trim()
        .replaceAll(',', ' && ')
        .replace(/(?<!&&) (?!&&)/g, ' || ')})`,
  );
  const constraint = /^\/\/go:build\s+(.+)$/m.exec(head)?.[1] ?? (isOld ? old.join(' && ') : '');
  if (!constraint) return true;
  const tags = [system, 'wasm', byTinygo ? 'tinygo' : 'gc'];
  const words = constraint.match(/\(|\)|&&|\|\||!|[\w.]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let value = both();
    while (words[at] === '||') {
      at++;
      const next = both();
      value ||= next;
    }
    return value;
  };
  const both = (): boolean => {
    let value = one();
    while (words[at] === '&&') {
      at++;
      const next = one();
      value &&= next;
    }
    return value;
  };
  const one = (): boolean => {
    const word = words[at++] ?? '';
    if (word === '!') return !one();
    if (word === '(') {
      const value = either();
      at++;
      return value;
    }
    return tags.includes(word) || /^go1\.\d+$/.test(word);
  };
  return either();
}

/** The import paths of a file. */
function importsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^import\s+(?:\(([\s\S]*?)^\)|(.+)$)/gm)].map(([, many, one]) => many ?? one ?? '');
  return blocks.flatMap((block) => [...block.matchAll(/"([^"]+)"/g)].flatMap(([, path]) => path ?? []));
}

/** The output name of `go build`: the last path element that is not a major version. */
function nameOf(module: string): string {
  const parts = module.split('/').filter((part, index) => index === 0 || !/^v\d+$/.test(part));
  return (parts.at(-1) ?? '').replace(/\.v\d+$/, '') || 'module';
}

/** The programs of a module for one of the two compilers, which is TinyGo if something calls it. */
export function readGo(folder: Folder, context: RepositoryContext, byTinygo: boolean): Guest[] | undefined {
  const nested = folder.paths.filter((path) => path.endsWith('/go.mod')).map(folderOf);
  const paths = folder.paths.filter(
    (path) => !nested.some((dir) => path.startsWith(`${dir}/`)) && !/(?:^|\/)(?:testdata|[._][^/]*)\//.test(path),
  );
  const compiler = /\b(?:tinygo|go)\s+build\b|\bcomponentize-go\b/;
  const stated = saying(context.stated, compiler, (dir) => {
    if (!isBelow(dir, context.dir)) return false;
    const here = relativeDir(context.dir, dir);
    return !nested.some((one) => isBelow(here, one));
  });
  const builds = stated.filter(({ rank }) => rank !== 'hint');
  // A task of a parent folder that compiles modules in a loop tells their compiler.
  const above = saying(context.stated, compiler, (dir) => dir !== context.dir && isBelow(context.dir, dir));
  const telling = stated.length > 0 ? stated : above;
  const callers = /(?:^|\/)(?:GNUm|m|M)akefile$|\.(?:sh|ya?ml|toml|json)$/;
  const calls =
    telling.some(({ calls }) => /\btinygo\s+build\b/.test(calls)) ||
    paths.some((path) => callers.test(path) && /\btinygo build\b/.test(folder.text(path)));
  const mod = folder.text('go.mod');
  // Bindings of components by wit-bindgen-go are for TinyGo: https://component-model.bytecodealliance.org/language-support/go.html
  const isComponent = /^\s*(?:require\s+)?go\.bytecodealliance\.org\/(?:cm|pkg)\s/m.test(mod);
  if ((calls || isComponent) !== byTinygo) return undefined;
  const module = /^module\s+"?([^\s"]+)/m.exec(mod)?.[1] ?? '';
  if (module === '') return [{ path: '', why: 'its go.mod has no line `module`, which go requires' }];
  const [, minor = '16'] = /^go\s+1\.(\d+)/m.exec(mod) ?? [];
  const sources = paths
    .filter((path) => path.endsWith('.go'))
    .map((path) => ({ path, dir: folderOf(path), text: folder.text(path) }));
  const files = new Map<string, typeof sources>();
  for (const one of sources) {
    const others = files.get(one.dir);
    if (others) others.push(one);
    else files.set(one.dir, [one]);
  }
  const dirs = [...files.keys()].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const filesIn = (dir: string) => files.get(dir) ?? [];
  const compiledFor = (system: string) => (dir: string) =>
    filesIn(dir).filter(({ path, text }) => isCompiled(path, text, byTinygo, system, Number(minor) < 18));
  /** The program of a folder, for WASI, or for `js` if it needs a web page. */
  const programIn = (dir: string): Program[] => {
    for (const system of ['wasip1', 'js']) {
      const compiled = compiledFor(system);
      if (!compiled(dir).some(({ text }) => /^package main\b/m.test(text))) continue;
      const reached = reachable(dir, module, compiled);
      if (reached.imports.includes('syscall/js') === (system === 'js')) return [{ dir, system, reached }];
    }
    return [];
  };
  const programs = dirs.flatMap(programIn);
  const programDirs = programs.map(({ dir }) => dir);
  const hasPages = programs.some(({ system }) => system === 'js');
  const directives = sources.flatMap(({ text }) =>
    [...text.matchAll(/^\/\/go:generate\s+(.+)$/gm)].flatMap(([, line]) => line ?? []),
  );
  const generates = directives.length > 0;
  const hasGenerator = /^\s*(?:require\s+)?go\.bytecodealliance\.org\s/m.test(mod);
  const wits = folder.paths.filter((path) => /^wit\/[^/]+\.wit$/.test(path)).map(folder.text);
  const world = isComponent ? worldIn(wits) : undefined;
  // `go test` cannot compile such a folder for this system.
  const needsPages = (dir: string) => compiledFor('')(dir).some(({ text }) => importsOf(text).includes('syscall/js'));
  const hasTests = paths.some((path) => path.endsWith('_test.go')) && !dirs.some(needsPages);
  const hint = stated.find(({ rank }) => rank === 'hint') ?? (stated.length === 0 ? above[0] : undefined);
  /** Whether a file of the program is for WebAssembly: by its directives, its constraint or its name. */
  const isMarked = (dir: string) =>
    filesIn(dir).some(
      ({ path, text }) =>
        /^\/\/go:(?:wasm(?:import|export)\s|build\s.*\bwasi?)/m.test(text) || /_wasi?p?1?\.go$|_wasm\.go$/.test(path),
    );
  const guests = programs.map(({ dir, system, reached }): Guest => {
    const name = dir === '' ? nameOf(module) : (dir.split('/').at(-1) ?? '');
    const said = saidOf(builds, context.dir, dir, programDirs);
    const command = reached.missing
      ? stepsIn(context.root).find(
          (step) => step.dir === (context.dir || '') && /^wit-bindgen-go\s+generate\b/.test(step.line),
        )
      : undefined;
    const bindings = command && !generates && hasGenerator ? command.line.replace(/^\S+\s+/, '') : '';
    const generator = generates ? directives.find((line) => !/^(?:go\s|tinygo\s|echo\s)/.test(line)) : undefined;
    const isReactor =
      system === 'wasip1' &&
      (/-buildmode[= ]c-shared\b/.test(hint?.calls ?? '') ||
        compiledFor(system)(dir).some(({ text }) => /^\/\/go:wasmexport\s/m.test(text)));
    const foreign = said ? undefined : reached.imports.find((path) => native.test(path));
    const unsaid = builds.some(({ rank }) => rank === 'manifest') && !said;
    const why =
      foreign !== undefined
        ? foreign === 'C'
          ? 'it uses cgo, which Go does not support for WebAssembly'
          : `it imports ${foreign}, which is for programs of a computer`
        : reached.missing && !bindings && (generates ? generator !== undefined : !said)
          ? `it imports ${reached.missing}, which is not in the repository${command && !generator ? `: ${command.from} makes it by \`wit-bindgen-go\`, of which go.mod names no version` : generator ? `: \`${generator.split(' ').slice(0, 2).join(' ')}\` makes it, ${whence(generator)}` : ' and which nothing in it makes'}`
          : unsaid
            ? `${and([...new Set(builds.map(({ from }) => from))])} names other guests`
            : undefined;
    const artifact = said?.artifact ? relativeDir(context.dir, said.artifact) : `${made}/${name}.wasm`;
    return {
      path: dir,
      facts: {
        what: dir === '' || programs.length === 1 ? `the Go module ${module}` : `the Go program ${name}`,
        artifact: said && !said.artifact ? '' : artifact,
        main: dir === '' ? '.' : `./${dir}`,
        vet: programs.length > 1 || generates || hasPages ? 'main' : '',
        system: system === 'js' ? 'js' : '',
        reactor: isReactor ? 'yes' : '',
        tests: hasTests ? '' : 'none',
        generate: generates && reached.missing ? 'yes' : '',
        bindings,
        world: world ?? '',
        from: said?.from ?? hint?.from ?? '',
        plain: said || hint || byTinygo || system === 'js' || isMarked(dir) ? '' : 'yes',
        ...(said && statedFacts(said, context.dir)),
      },
      ...(why && { why }),
    };
  });
  return guests;
}

/** The generator of bindings, in the version that go.mod has of its module. */
const witBindgenGo = 'go.bytecodealliance.org/cmd/wit-bindgen-go';

/** Makes the bindings of a component by the arguments that its README gives. */
export const generateBindings = (words: string): string =>
  `go run ${witBindgenGo} ${words.split(/\s+/).map(quote).join(' ')}`;

/** Why CI cannot run a `go:generate` command. */
const whence = (line: string): string =>
  /^wit-bindgen\s+tiny-go\b/.test(line)
    ? // https://github.com/bytecodealliance/wit-bindgen/pull/1195
      'a command that wit-bindgen removed'
    : 'and nothing says where CI gets that';

/** The statement that builds the program of a folder. */
function saidOf(
  builds: readonly Statement[],
  project: string,
  dir: string,
  programs: readonly string[],
): Statement | undefined {
  const inside = dir === '' ? project : project === '' ? dir : `${project}/${dir}`;
  const own = builds.find((one) => one.dir === inside && (dir !== '' || programs.length === 1));
  const byName = builds.find(
    ({ calls }) => dir !== '' && new RegExp(`(?:^|[\\s./])${literally(dir)}(?:[\\s/]|$)`, 'm').test(calls),
  );
  return (
    own ??
    byName ??
    (programs.length === 1 || dir === ''
      ? builds.find((one) => one.dir === project)
      : builds.find(({ rank, dir }) => rank === 'task' && dir === project))
  );
}

/** The transitive imports of a program, and the first missing package of its own module. */
interface Reached {
  imports: string[];
  missing: string | undefined;
}

interface Program {
  dir: string;
  /** `wasip1` or `js`. */
  system: string;
  reached: Reached;
}

function reachable(
  dir: string,
  module: string,
  compiled: (dir: string) => { text: string }[],
  seen = new Set<string>(),
): Reached {
  seen.add(dir);
  const found = [...new Set(compiled(dir).flatMap(({ text }) => importsOf(text)))];
  let missing: string | undefined;
  const imports = [...found];
  for (const path of found) {
    if (!isBelow(path, module)) continue;
    const inside = path.slice(module.length + 1);
    if (seen.has(inside)) continue;
    if (compiled(inside).length === 0) missing ??= path;
    else {
      const more = reachable(inside, module, compiled, seen);
      imports.push(...more.imports);
      missing ??= more.missing;
    }
  }
  return { imports, missing };
}

/** Facts for both compilers: the packages to check, and the generate commands. */
export const packages = (vet: string | undefined, main: string | undefined): string =>
  vet ? quotePath(main ?? '.') : './...';
