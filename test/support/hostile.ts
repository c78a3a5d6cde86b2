/** Repositories of an attacker, and checks for each: no program of the repository runs, and nothing outside of it changes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { axes } from '../../src/catalog/axes.ts';
import { version } from '../../src/catalog/templates.ts';
import { change } from '../../src/change/change.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { explain } from '../../src/explain/explain.ts';
import { isPrintable, printed } from '../../src/lib/printable.ts';
import { UserError } from '../../src/lib/user-error.ts';
import { type Adopted, insteadOf, renderAdopted, unsupported } from '../../src/project/adopted.ts';
import { detect, joinCandidates } from '../../src/project/detect.ts';
import { renderProject } from '../../src/project/state.ts';
import { plain } from './examples.ts';

/** Texts with a meaning for a shell, make, YAML, a CI provider, mise, a terminal or a file system. They run `canary`. */
const bits = [
  ...[
    '$(canary)',
    '`canary`',
    ';canary;',
    '$(shell canary)',
    '$$(canary)',
    '&&canary&&',
    '|canary',
    '>canary',
    '\ncanary\n',
  ],
  ...[
    '\ninclude evil.mk\n',
    '$MAKE',
    '$(MAKE)',
    '${MAKE}',
    '$@',
    '$<',
    '$',
    '%',
    ':',
    '=',
    '#',
    '\\',
    '\\\n',
    '\t',
    ' ',
    '  ',
  ],
  ...["'", '"', '~', '*', '?', '[a]', '{a,b}', '!', '&', '-', '--', '..', '.', '@', '+', ','],
  ...[
    '{{ exec(command="canary") }}',
    '${{ github.token }}',
    '<< pipeline.id >>',
    '$(Build.Id)',
    '$[variables.a]',
    '${env.A}',
  ],
  ...['\u001b[2J', '\u009b', '\u0007', '\u202e', '\u200d', '\u2028', '\ufeff', '\r', 'é', '名', '😀', 'e\u0301'],
  ...[
    'a',
    'b',
    'my app',
    'CON',
    'git~1',
    '.GIT',
    '__proto__',
    'constructor',
    'toString',
    '1e3',
    'null',
    'true',
    'x'.repeat(150),
  ],
];
const word = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...bits) }, fc.string({ maxLength: 3 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''));

/** A file or folder name. */
const name = word
  .map((text) => text.replaceAll('/', '').replaceAll('\0', ''))
  .filter((text) => text !== '' && !/^\.\.?$/.test(text) && text.toLowerCase() !== '.git')
  .map((text) => text.slice(0, 60).replace(/\p{Cs}/gu, ''));

/** The files of a project in a folder, with these words in its manifest. */
const projects: ((one: string, other: string, file: string) => Record<string, string>)[] = [
  (one, other) => ({
    'Cargo.toml': `[package]\nname = ${JSON.stringify(one)}\n`,
    'Cargo.lock': '',
    'rust-toolchain.toml': `[toolchain]\nchannel = ${JSON.stringify(other)}\n`,
  }),
  (one) => ({
    'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
    'rust-toolchain': one,
    'clippy.toml': '',
    'rustfmt.toml': '',
  }),
  (one, _, file) => ({ 'go.mod': `module ${one}\n`, [`${file}/main.go`]: 'package main\n' }),
  (one, _, file) => ({
    'go.mod': `module ${one}\n`,
    [`${file}/main.go`]: 'package main\n',
    'build.sh': 'tinygo build\n',
  }),
  (one, other) => ({ 'asconfig.json': JSON.stringify({ entries: one, targets: { release: { outFile: other } } }) }),
  (one, other) => ({
    'package.json': JSON.stringify({
      name: one,
      scripts: { build: other, test: other, lint: one, [one]: other },
      devDependencies: { '@bytecodealliance/jco': other },
    }),
  }),
  (one, other) => ({
    'requirements.txt': `componentize-py==${one}\nruff\npytest\n`,
    [`wit/${other.replaceAll('/', '')}.wit`]: `world ${one} {}\nworld a {}\n`,
    'app.py': '',
    'test_app.py': '',
  }),
  (one) => ({ 'CMakeLists.txt': `project(${one})\nenable_testing()\n`, 'main.c': '' }),
  () => ({ Makefile: '# wasm\nall test:\n\t@true $(WASI_SDK)\n', 'main.cpp': '' }),
  (one) => ({ 'Package.swift': `// ${one}`, 'Tests/a.swift': '' }),
  (one) => ({
    'build.zig': 'b.step("test"); standardTargetOptions',
    'build.zig.zon': `.minimum_zig_version = "${one}"`,
  }),
];

/** Files by path. A path that clashes with others is skipped when they are written. */
type Files = Record<string, string>;

const sources = fc
  .array(
    fc.record({
      dir: fc.oneof(
        fc.constant(''),
        fc.array(name, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('/')),
      ),
      make: fc.constantFrom(...projects),
      words: fc.tuple(word, word, name),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map(
    (all): Files =>
      Object.fromEntries(
        all.flatMap(({ dir, make, words }) =>
          Object.entries(make(...words)).map(([path, text]) => [dir === '' ? path : `${dir}/${path}`, text]),
        ),
      ),
  );

/** Programs that the tasks call. */
const programs = ['mise', 'cargo', 'go', 'tinygo', 'npm', 'npx', 'cmake', 'ctest', 'python3', 'swift', 'zig'];

/** Silent stand-ins for the programs of the tasks; `canary` on PATH leaves a mark. */
export interface World {
  folder: string;
  /** The folder of the repository. */
  root: string;
  /** A folder beside it that must not change. */
  outside: string;
  ran(): string;
  /** Removes earlier marks, so that each shrunk repository is judged alone. */
  begin(): void;
}

/** Makes a folder with the programs, and removes it after the tests. */
export function world(): () => World {
  let made: World | undefined;
  const before = { ...process.env };
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    const mark = join(folder, 'mark');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const program of programs) symlinkSync('/bin/true', join(bin, program));
    writeFileSync(join(bin, 'canary'), `#!/bin/sh\necho "$0 $*" >>${mark}\n`, { mode: 0o755 });
    for (const name of ['home', 'outside']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'outside/file'), 'as it was\n');
    writeFileSync(join(folder, 'outside/package.json'), '{"devDependencies":{"@bytecodealliance/jco":"1"}}\n');
    Object.assign(process.env, {
      PATH: [bin, '/usr/bin', '/bin'].join(delimiter),
      HOME: join(folder, 'home'),
      MISE_DATA_DIR: join(folder, 'home'),
      GIT_CONFIG_NOSYSTEM: '1',
    });
    made = {
      folder,
      root: join(folder, 'repository'),
      outside: join(folder, 'outside'),
      ran: () => (existsSync(mark) ? readFileSync(mark, 'utf8') : ''),
      begin: () => rmSync(mark, { force: true }),
    };
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    if (made) rmSync(made.folder, { recursive: true, force: true });
  });
  return () => {
    if (!made) throw new Error('world() is for tests');
    return made;
  };
}

/** Every path below a folder, with its content. */
function listing(folder: string, below = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === '.git') continue;
    if (entry.isDirectory()) {
      all.set(path, 'folder');
      for (const [inner, what] of listing(folder, path)) all.set(inner, what);
    } else
      all.set(
        path,
        entry.isSymbolicLink() ? `-> ${readlinkSync(join(folder, path))}` : readFileSync(join(folder, path), 'latin1'),
      );
  }
  return all;
}

/** Writes the files that do not clash. Links come first, so that files can be written through them. */
function put(root: string, files: Files, executable = false): void {
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    const parents = path.split('/').slice(0, -1);
    const isBlocked = parents.some((_, index) => {
      const stat = lstatSync(join(root, ...parents.slice(0, index + 1)), { throwIfNoEntry: false });
      return stat && !stat.isDirectory();
    });
    if (
      isBlocked ||
      lstatSync(target, { throwIfNoEntry: false }) ||
      path.split('/').some((part) => Buffer.byteLength(part) > 255)
    )
      continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    if (executable) chmodSync(target, 0o755);
  }
}

/** True in one of so many cases. */
const oneIn = (cases: number) => fc.integer({ min: 1, max: cases }).map((number) => number === cases);

/** The stand-ins as shell functions, which start no process. */
const functions = `${programs.map((program) => `${program}() { :; }\n`).join('')}`;

/** What `make setup` installs for Python. */
const venv = Object.fromEntries(
  ['pip', 'ruff', 'componentize-py', 'python'].map((program) => [`.venv/bin/${program}`, '#!/bin/sh\n']),
);

const providers = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');

/** The runs of fast-check: a failure prints the seed and the smallest repository. `SEED=… RUNS=…` repeats one. */
export const parameters = (runs: number): fc.Parameters<unknown> => ({
  numRuns: Number(process.env.RUNS ?? runs),
  ...(process.env.SEED !== undefined && { seed: Number(process.env.SEED) }),
  verbose: 0,
});

/** Build output, which git ignores. */
const ownFolders = /(?:^|\/)(?:build(?:\/wasm)?|target|zig-out|\.zig-cache|\.venv)(?:\/\.gitignore)?$/;

/** Checks that names and facts of a repository are only data in the Makefile and in the files of all CI providers. */
export async function namesAreData(at: World, runs: number): Promise<void> {
  fc.assert(
    fc.property(sources, oneIn(20), (files, executes) => {
      at.begin();
      const paths = Object.keys(files);
      const text = (path: string) => (Object.hasOwn(files, path) ? (files[path] ?? '') : '');
      const found = detect({ paths, text }, () => false);
      const projects = joinCandidates(found.filter((one) => !one.why && !unsupported(one)));
      const adopted: Adopted = { ci: providers, branch: 'main', projects, instead: insteadOf(paths, () => false) };
      const written = renderAdopted(adopted);
      for (const { path, text } of written)
        assert.ok(
          text.split('\n').every((line) => isPrintable(line.replaceAll('\t', ''))),
          `${path} is text`,
        );
      if (executes) for (const { text } of written.filter(({ path }) => path.endsWith('.yml'))) parse(text);
      const { updates } = parse(
        renderAdopted({ ...adopted, ci: ['github'] }).find(({ path }) => path === '.github/dependabot.yml')?.text ??
          'updates: []',
      );
      const folders = new Set(['/', ...projects.map(({ dir }) => (dir === '.' ? '/' : `/${dir}`))]);
      for (const { directory } of updates) assert.ok(folders.has(directory), `Dependabot looks at ${directory}`);
      // CI files contain no names, only calls of make.
      for (const { path, text } of written.filter(({ path }) => !/akefile|\.mk$|mise|wasm\.toml/.test(path)))
        assert.doesNotMatch(text, /canary/, path);
      const makefile = written.find(({ path }) => /^(?:Makefile|wasm\.mk)$/.test(path));
      if (!makefile || projects.length === 0) return;
      rmSync(at.root, { recursive: true, force: true });
      mkdirSync(at.root);
      put(at.root, files);
      put(at.root, { 'evil.mk': 'X := $(shell canary)\n' });
      rmSync(join(at.root, makefile.path), { force: true });
      put(at.root, { [makefile.path]: makefile.text });
      for (const { language, dir } of projects) if (language === 'python') put(join(at.root, dir), venv, true);
      const before = listing(at.root);
      const tasks = ['help', 'setup', 'lint', 'build', 'test'].filter((task) => makefile.text.includes(`\n${task}:`));
      const make = (...argv: string[]) => {
        const { status, stdout, stderr } = spawnSync('make', ['--no-print-directory', '-f', makefile.path, ...argv], {
          cwd: at.root,
          encoding: 'utf8',
          timeout: 20_000,
        });
        assert.equal(status, 0, stderr);
        return stdout;
      };
      // The lines that make passes to the shell, one shell per line.
      const lines = make('-n', ...tasks)
        .split('\n')
        .filter(Boolean);
      const input = `${functions}${lines.map((line) => `(\n${line}\n) || exit 9\n`).join('')}`;
      const { status, stderr } = spawnSync('sh', ['-s'], { cwd: at.root, input, encoding: 'utf8', timeout: 20_000 });
      assert.equal(status, 0, `${stderr}\n${lines.join('\n')}`);
      if (executes) make(...tasks.filter((task) => task !== 'test'));
      assert.equal(at.ran(), '', 'no canary ran');
      for (const [path, what] of listing(at.root))
        if (!ownFolders.test(path)) assert.equal(before.get(path), what, `make has made '${path}'`);
    }),
    parameters(runs),
  );
}

/** Texts that are hard to parse. */
const odd = [
  ...['', 'null', '[]', '{', '"', '1e999', '\ufeff{}', '\u0000', '{"generator-wasm":null}', '{"generator-wasm":[]}'],
  ...['['.repeat(100_000), '{"a":'.repeat(100_000), `{"generator-wasm":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ...['a = [['.repeat(20_000), `x = ${'{a='.repeat(20_000)}`, '[a]\n[a]\n', '\ud800'],
];

const anyOf = <T>(...values: T[]) => fc.constantFrom(...values);
const languages = axes.language.flatMap(({ id, existing }) => (existing ? [id] : []));
const places = ['Makefile', 'mise.toml', '.gitlab-ci.yml', '.github/workflows/ci.yml', '.github/dependabot.yml'];
const elsewhere = [
  '..',
  '../outside',
  '../outside/file',
  '/etc/passwd',
  '.git',
  '.git/config',
  '.GIT/config',
  'git~1/config',
  '.',
  '',
];
const path = fc.oneof(anyOf(...elsewhere), anyOf(...places), name, word);
const versions = anyOf(
  version,
  '0.1.0',
  '0.2.0',
  '999999999999999999999.0.0',
  '0.2.0-x',
  '0.2.0-../../outside',
  '0.2.0 --prefix=..',
  '--version',
);

/** A `.yo-rc.json` that starts like a real one. */
const memory = fc
  .record({
    version: fc.oneof({ weight: 4, arbitrary: versions }, { weight: 1, arbitrary: word }),
    part: fc.oneof(
      fc.record({
        adopted: fc.record({
          ci: fc.oneof(fc.subarray(providers), fc.array(word, { maxLength: 2 })),
          branch: fc.oneof({ weight: 3, arbitrary: anyOf<unknown>('main') }, { weight: 1, arbitrary: word }),
          projects: fc.array(
            fc.record({
              language: fc.oneof({ weight: 5, arbitrary: anyOf(...languages) }, { weight: 1, arbitrary: word }),
              dir: fc.oneof(anyOf('.'), path),
              facts: fc.dictionary(
                anyOf(
                  'artifact',
                  'main',
                  'target',
                  'channel',
                  'install',
                  'build',
                  'test',
                  'entry',
                  'what',
                  'version',
                  'pins',
                  'world',
                  'module',
                  'sdk',
                  '__proto__',
                ),
                word,
                { maxKeys: 6 },
              ),
            }),
            { maxLength: 3 },
          ),
          instead: fc.oneof(
            anyOf({}),
            fc.dictionary(fc.oneof(anyOf(...places), word), fc.oneof(anyOf('wasm.mk', ''), path), { maxKeys: 3 }),
          ),
        }),
      }),
      fc
        .record({
          key: anyOf(
            'name',
            'author',
            'license',
            'language',
            'kind',
            'host',
            'registry',
            'namespace',
            'ci',
            'module',
            'editor',
            '__proto__',
            'destination',
          ),
          value: fc.oneof(
            word,
            fc.array(word, { maxLength: 2 }),
            fc.jsonValue({ maxDepth: 2 }),
            anyOf('a:c:wagi', 'none', 'localhost:5000/a'),
          ),
        })
        .map(({ key, value }) => ({ choices: Object.fromEntries([...Object.entries(plain), [key, value]]) })),
    ),
  })
  .map(({ version, part }) => JSON.stringify({ 'generator-wasm': { version, ...part } }));

/** A journal with edits to undo. */
const journal = fc
  .record({
    done: fc.boolean(),
    path: fc.oneof(path, anyOf('../outside/new', 'src/../../outside/new', '.git/hooks/pre-commit', '.git/config')),
    isThere: fc.boolean(),
    format: anyOf(undefined, 1, 2),
  })
  .map(({ done, path, isThere, format }) => {
    const data = { data: Buffer.from('owned\n').toString('base64'), mode: 0o755 };
    return JSON.stringify({
      format,
      done,
      entries: [{ path, before: data, after: isThere ? data : null }],
      made: [path],
    });
  });

/** Keys of `.git/config` that make git run a program, here `canary`. */
const settings = [
  ...[
    'core.fsmonitor',
    'core.editor',
    'core.pager',
    'core.sshCommand',
    'core.askPass',
    'core.gitProxy',
    'core.alternateRefsCommand',
  ],
  ...[
    'diff.external',
    'diff.evil.command',
    'diff.evil.textconv',
    'filter.evil.clean',
    'filter.evil.smudge',
    'filter.evil.process',
  ],
  ...[
    'merge.evil.driver',
    'credential.helper',
    'gpg.program',
    'gpg.ssh.program',
    'uploadpack.packObjectsHook',
    'interactive.diffFilter',
  ],
  ...[
    'sequence.editor',
    'trailer.a.command',
    'trailer.a.cmd',
    'pager.status',
    'pager.diff',
    'alias.status',
    'alias.ls-files',
    'difftool.a.cmd',
  ],
];
const config = fc.oneof(
  anyOf(...settings).map((key) => {
    const [section = '', ...rest] = key.split('.');
    const value = section === 'alias' || section === 'credential' ? '!canary' : 'canary';
    const last = rest.pop();
    return `[${section}${rest.length > 0 ? ` "${rest.join('.')}"` : ''}]\n\t${last} = "${value}"\n`;
  }),
  anyOf(
    '[core]\n\thooksPath = ../evil-hooks\n',
    '[core]\n\thooksPath = ../../outside\n',
    '[core]\n\tworktree = ../../outside\n',
    '[core]\n\tworktree = /\n',
    '[core]\n\tbare = true\n',
    '[core]\n\tattributesFile = ../evil-attributes\n',
    '[filter "evil"]\n\trequired = true\n',
    '[include]\n\tpath = ../evil-config\n',
    '[includeIf "gitdir:/"]\n\tpath = ../evil-config\n',
    '[extensions]\n\tworktreeConfig = true\n',
    '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ext::canary\n\tpromisor = true\n',
    '[remote "origin"]\n\turl = ext::canary x\n',
    '[remote "origin"]\n\turl = https://github.com/a/b;canary\n\tvcs = canary\n',
    '[protocol "ext"]\n\tallow = always\n',
    '[branch "main"]\n\tremote = $(canary)\n',
    '[core]\n\tquotePath = false\n',
    '[core\n',
    '[core]\n\trepositoryformatversion = 99\n',
  ),
);

const script = '#!/bin/sh\ncanary "$0"\n';
/** Programs of a repository, in folders that may be on PATH while tasks run. */
const brought = [
  'git',
  'npm',
  'npx',
  'node',
  'sh',
  'mise',
  'grep',
  'sort',
  'cargo',
  'biome',
  'asc',
  'python3',
  'generator-wasm',
].flatMap((program) => [`node_modules/.bin/${program}`, `.venv/bin/${program}`, program]);

const links = fc.dictionary(
  anyOf(
    ...[
      'Makefile',
      'wasm.mk',
      'mise.toml',
      '.config',
      '.config/mise',
      '.github',
      '.github/workflows',
      '.github/dependabot.yml',
    ],
    ...[
      '.yo-rc.json',
      '.gitlab-ci.yml',
      'Jenkinsfile',
      '.circleci',
      'renovate.json',
      'Cargo.toml',
      'src',
      'package.json',
      '.gitattributes',
    ],
    ...[
      '.git/hooks',
      '.git/info',
      '.git/index',
      '.git/generator-wasm',
      '.git/generator-wasm/root.json',
      '.git/generator-wasm/lock',
    ],
  ),
  anyOf(
    '../outside',
    '../outside/file',
    '../outside/new',
    '../../outside/new',
    '/etc/passwd',
    '.git/config',
    '.',
    'loop',
    'package.json',
    '../outside/package.json',
  ),
  { maxKeys: 3 },
);

const files = fc.dictionary(
  fc.oneof(
    anyOf(
      '.npmrc',
      '.gitattributes',
      '.gitmodules',
      '.mise.toml',
      'rust-toolchain.toml',
      '.editorconfig',
      '.envrc',
      '.gitignore',
      'GNUmakefile',
    ),
    anyOf(
      'CMakeLists.txt',
      'package.json',
      'Cargo.toml',
      'go.mod',
      'asconfig.json',
      'pyproject.toml',
      '.github/workflows/ci.yml',
      'modules.toml',
    ),
    name,
  ),
  fc.oneof(
    anyOf(...odd),
    word,
    anyOf(
      '* filter=evil diff=evil merge=evil\n',
      'registry=http://127.0.0.1:1/\nnode-options=--require ./evil.js\nscript-shell=canary\n',
    ),
    anyOf(
      '[submodule "a"]\n\tpath = a\n\turl = ext::canary\n\tupdate = !canary\n',
      '[toolchain]\npath = "."\n',
      '* text=auto eol=lf\n',
    ),
  ),
  { maxKeys: 4 },
);

/** A repository on the disk: a clone, or an unpacked archive with a `.git`. */
const hostile = fc.record({
  sources,
  files,
  memory: fc.option(fc.oneof({ weight: 8, arbitrary: memory }, { weight: 1, arbitrary: anyOf(...odd) })),
  links,
  config: fc.oneof(fc.constant([]), fc.array(config, { maxLength: 3 })),
  journal: fc.option(journal, { freq: 3 }),
  hooks: oneIn(3),
  brings: oneIn(3),
  isAdded: oneIn(3),
  isFile: oneIn(15),
});

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: anyOf(
      ['ci', 'github'],
      ['ci', providers.join()],
      ['ci', 'gitlab', '--add', '--force'],
      ['ci', 'forgejo', '--diff'],
      ['ci', '--remove', '--force'],
      ['ci', 'github', '--json'],
    ),
  },
  {
    weight: 3,
    arbitrary: anyOf(
      ['upgrade'],
      ['upgrade', '--check'],
      ['upgrade', '--dry-run'],
      ['upgrade', '--diff'],
      ['upgrade', '--abort'],
      ['upgrade', '--abort', '--force'],
    ),
  },
  {
    weight: 2,
    arbitrary: anyOf(
      ['host', 'wagi'],
      ['registry', 'none'],
      ['vscode'],
      ['language', 'c'],
      ['language', 'go', '--dry-run'],
      ['vscode', '--on-conflict=overwrite', '--force'],
    ),
  },
  { weight: 1, arbitrary: anyOf(['doctor'], ['doctor', '--diff'], ['doctor', '--json']) },
  {
    weight: 1,
    arbitrary: anyOf(['explain', '--json'], ['explain', '-o', '-'], ['explain', '-o', '-', '--ci', 'gitlab']),
  },
);
const leavesAll = /^(?:doctor|explain)$|^--(?:check|diff|dry-run)$/;

/** Makes the repository, and returns what must not change. */
function make(at: World, template: string, one: typeof hostile extends fc.Arbitrary<infer T> ? T : never): void {
  const { root, folder } = at;
  rmSync(root, { recursive: true, force: true });
  cpSync(template, root, { recursive: true });
  if (one.memory !== null) put(root, { '.yo-rc.json': one.memory });
  for (const [path, target] of Object.entries(one.links)) {
    const parts = path.split('/');
    const exists = (depth: number) => lstatSync(join(root, ...parts.slice(0, depth)), { throwIfNoEntry: false });
    // A file has nothing below it.
    const isBlocked = (depth: number) => exists(depth)?.isDirectory() === false;
    if (parts.slice(1).some((_, index) => isBlocked(index + 1))) continue;
    if (path.startsWith('.git/')) rmSync(join(root, path), { recursive: true, force: true });
    const isFree = parts.every((part, index) => !exists(index + 1) || part === '.git');
    if (!isFree) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  put(root, {
    ...one.sources,
    ...one.files,
    'evil.mk': 'X := $(shell canary)\n',
    'evil-config': '[core]\n\tfsmonitor = canary\n',
    'evil-attributes': '* filter=evil\n',
  });
  put(
    root,
    Object.fromEntries(
      ['post-index-change', 'pre-commit', 'post-checkout', 'reference-transaction'].map((hook) => [
        `evil-hooks/${hook}`,
        script,
      ]),
    ),
    true,
  );
  if (one.brings) put(root, Object.fromEntries(brought.map((path) => [path, script])), true);
  if (one.isAdded) {
    spawnSync('git', ['add', '--all'], { cwd: root });
    for (const path of listing(root).keys()) lutimesSync(join(root, path), 1, 1);
  }
  if (one.hooks)
    put(
      root,
      Object.fromEntries(
        ['post-index-change', 'pre-commit', 'post-checkout', 'reference-transaction', 'fsmonitor-watchman'].map(
          (hook) => [`.git/hooks/${hook}`, script],
        ),
      ),
      true,
    );
  if (one.journal !== null) {
    put(root, { '.git/generator-wasm/root.json': one.journal, '.git/generator-wasm/lock': one.journal });
    // The folder of the journal: an archive keeps file modes, so it may come without the rights to write.
    const own = join(root, '.git/generator-wasm');
    const at = (path: string) => lstatSync(path, { throwIfNoEntry: false });
    if (at(own)?.isDirectory()) {
      chmodSync(own, 0o700);
      for (const path of ['root.json', 'lock'].map((name) => join(own, name)))
        if (at(path)?.isFile()) chmodSync(path, 0o600);
    }
  }
  appendFileSync(join(root, '.git/config'), one.config.join(''));
  if (one.isFile) {
    rmSync(join(folder, 'elsewhere.git'), { recursive: true, force: true });
    renameSync(join(root, '.git'), join(folder, 'elsewhere.git'));
    writeFileSync(join(root, '.git'), 'gitdir: ../elsewhere.git\n');
  }
}

/** Checks that no command runs a program of the repository, changes anything outside of it, or prints a stack trace. */
export async function commandsAreSafe(at: World, runs: number): Promise<void> {
  const template = join(at.folder, 'template');
  mkdirSync(template);
  spawnSync('git', ['init', '--quiet', '--template=', '--initial-branch=main'], { cwd: template });
  await fc.assert(
    fc.asyncProperty(hostile, command, async (one, [name = '', ...argv]) => {
      at.begin();
      make(at, template, one);
      const outside = listing(at.outside);
      const before = listing(at.root);
      try {
        const { text } =
          name === 'doctor'
            ? await examine(argv, at.root)
            : name === 'explain'
              ? await explain(argv, at.root)
              : await change(name as 'ci', argv, at.root, undefined, undefined, (memory) => renderProject(memory));
        assert.ok(
          printed(text)
            .split(/[\n\t]/)
            .every(isPrintable),
          text,
        );
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        assert.ok(isPrintable(error.message), error.message);
      }
      assert.equal(at.ran(), '', 'no canary ran');
      assert.deepEqual(listing(at.outside), outside, 'what lies outside is as it was');
      if ([name, ...argv].some((word) => leavesAll.test(word))) assert.deepEqual(listing(at.root), before);
      for (const path of listing(at.root).keys())
        assert.ok(before.has(path) || isPrintable(path), `'${path}' was made`);
    }),
    parameters(runs),
  );
}
