/** The tables of docs/existing.md: each row says what is recognised, and a small repository shows it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { detect } from '../../src/project/detect.ts';

const crate = '[package]\nname = "one"\nversion = "1.0.0"\nedition = "2021"\n';
const rust = { 'Cargo.toml': crate, 'src/main.rs': 'fn main() {}\n' };
const build = 'cargo build --release --target wasm32-wasip2';
const wit = 'package app:one;\n\nworld one {\n  export run: func();\n}\n';
const packageOf = (data: object) => JSON.stringify(data);
const jco = packageOf({
  scripts: { build: 'jco componentize a.js' },
  devDependencies: { '@bytecodealliance/jco': '1' },
});

interface Shape {
  files: Record<string, string>;
  language: string;
  /** The file that says how it is built; absent where it is a guess. */
  from?: string;
}

/** For each row, the repositories that it is about: a row may name several files, and a language several that tell it. */
const rows: Record<string, Shape[]> = {
  'spin.toml': [
    {
      files: {
        ...rust,
        'spin.toml': `[component.one]\nsource = "one.wasm"\n[component.one.build]\ncommand = "${build}"\n`,
      },
      language: 'rust',
      from: 'spin.toml',
    },
    {
      files: { ...rust, 'spin.toml': `[[component]]\nid = "one"\n[component.build]\ncommand = "${build}"\n` },
      language: 'rust',
      from: 'spin.toml',
    },
  ],
  'wasmcloud.toml': [
    {
      files: { ...rust, 'wasmcloud.toml': 'name = "one"\nlanguage = "rust"\n' },
      language: 'rust',
      from: 'wasmcloud.toml',
    },
  ],
  '.wash/config.yaml': [
    {
      files: { ...rust, '.wash/config.yaml': `build:\n  command: ${build}\n` },
      language: 'rust',
      from: '.wash/config.yaml',
    },
    {
      files: {
        ...rust,
        '.wash/config.json': packageOf({ build: { rust: { target: 'wasm32-wasip2', release: true } } }),
      },
      language: 'rust',
      from: '.wash/config.json',
    },
  ],
  'fastly.toml': [
    {
      files: { ...rust, 'fastly.toml': `[scripts]\nbuild = "${build}"\n` },
      language: 'rust',
      from: 'fastly.toml',
    },
    {
      files: {
        'go.mod': 'module one\n',
        'main.go': 'package main\n',
        'fastly.toml': '[scripts]\nbuild = "go build -o bin/main.wasm ."\nenv_vars = ["GOARCH=wasm", "GOOS=wasip1"]\n',
      },
      language: 'go',
      from: 'fastly.toml',
    },
  ],
  Makefile: [
    { files: { ...rust, Makefile: `all: one\n\none:\n\t${build}\n` }, language: 'rust', from: 'Makefile' },
    {
      files: { ...rust, GNUmakefile: 'include build.mk\n', 'build.mk': `build:\n\t${build}\n` },
      language: 'rust',
      from: 'GNUmakefile',
    },
    { files: { ...rust, Makefile: `one.wasm: src/main.rs\n\t${build}\n` }, language: 'rust', from: 'Makefile' },
    { files: { ...rust, Makefile: `ship: src/main.rs\n\t${build}\n` }, language: 'rust', from: 'Makefile' },
    {
      files: {
        'go.mod': 'module one\n',
        'main.go': 'package main\n',
        Makefile: 'export GOOS = wasip1\nexport GOARCH = wasm\n\nbuild:\n\tgo build -o one.wasm .\n',
      },
      language: 'go',
      from: 'Makefile',
    },
    {
      files: { ...rust, Makefile: 'export CARGO_BUILD_TARGET := wasm32-wasip2\n\nall:\n\tcargo build\n' },
      language: 'rust',
      from: 'Makefile',
    },
  ],
  'justfile, Taskfile.yml': [
    { files: { ...rust, justfile: `build:\n    ${build}\n` }, language: 'rust', from: 'justfile' },
    {
      files: { ...rust, justfile: 'build to="wasm32-wasip2":\n  cargo build --target {{ to }}\n' },
      language: 'rust',
      from: 'justfile',
    },
    {
      files: { ...rust, justfile: 'build: (one "release")\n\none profile:\n  cargo build --target wasm32-wasip2\n' },
      language: 'rust',
      from: 'justfile',
    },
    {
      files: { ...rust, 'Taskfile.dist.yml': `tasks:\n  build: ${build}\n` },
      language: 'rust',
      from: 'Taskfile.dist.yml',
    },
    {
      files: {
        'one/Cargo.toml': crate,
        'one/src/main.rs': 'fn main() {}\n',
        'Taskfile.yml': `tasks:\n  build:\n    dir: one\n    cmds: ['${build}']\n`,
      },
      language: 'rust',
      from: 'Taskfile.yml',
    },
    {
      files: { ...rust, 'Taskfile.yml': `tasks:\n  build:\n    cmds:\n      - ${build}\n` },
      language: 'rust',
      from: 'Taskfile.yml',
    },
  ],
  'package.json': [
    {
      files: { ...rust, 'package.json': packageOf({ scripts: { build } }) },
      language: 'rust',
      from: 'package.json',
    },
  ],
  'Dockerfile, Containerfile': [
    { files: { ...rust, Dockerfile: `FROM rust\nRUN ${build}\n` }, language: 'rust', from: 'Dockerfile' },
    { files: { ...rust, Containerfile: `FROM rust\nRUN ${build}\n` }, language: 'rust', from: 'Containerfile' },
    {
      files: {
        'one/Cargo.toml': crate,
        'one/src/main.rs': 'fn main() {}\n',
        'docker/Dockerfile': `FROM rust\nRUN cd one && ${build}\n`,
      },
      language: 'rust',
      from: 'docker/Dockerfile',
    },
  ],
  '.github/workflows/*.yml, .gitlab-ci.yml': [
    {
      files: {
        ...rust,
        '.github/workflows/ci.yml': `jobs:\n  build:\n    steps:\n      - run: |\n          ${build}\n`,
      },
      language: 'rust',
      from: '.github/workflows/ci.yml',
    },
    {
      files: { ...rust, '.gitlab-ci.yml': `image: rust\nwasm:\n  script:\n    - ${build}\n` },
      language: 'rust',
      from: '.gitlab-ci.yml',
    },
  ],
  '*.sh': [
    { files: { ...rust, 'scripts/build.sh': `set -e\n${build}\n` }, language: 'rust', from: 'scripts/build.sh' },
  ],
  'README.md': [
    { files: { ...rust, 'README.md': `\`\`\`sh\n${build}\n\`\`\`\n` }, language: 'rust', from: 'README.md' },
    { files: { ...rust, 'README.rst': `Build::\n\n    ${build}\n` }, language: 'rust', from: 'README.rst' },
    { files: { ...rust, 'README.md': `Run \`${build}\`.\n` }, language: 'rust', from: 'README.md' },
  ],
  Rust: [
    { files: rust, language: 'rust' },
    {
      files: { ...rust, '.cargo/config.toml': '[alias]\nwasm = "build --target wasm32-wasip2"\n' },
      language: 'rust',
      from: '.cargo/config.toml',
    },
  ],
  'Go, TinyGo': [
    { files: { 'go.mod': 'module one\n', 'main.go': 'package main\n' }, language: 'go' },
    {
      files: { 'go.mod': 'module one\n', 'main.go': '//go:build js && wasm\n\npackage main\n\nimport "syscall/js"\n' },
      language: 'go',
    },
    {
      files: {
        'go.mod': 'module one\n',
        'main.go': 'package main\n',
        'tool/a.go': '// +build ignore\n\npackage main\n',
      },
      language: 'go',
    },
    {
      files: { 'go.mod': 'module one\n\nrequire go.bytecodealliance.org/cm v0.2.2\n', 'main.go': 'package main\n' },
      language: 'tinygo',
    },
  ],
  AssemblyScript: [
    {
      files: { 'asconfig.json': '{}', 'assembly/index.ts': '' },
      language: 'assemblyscript',
      from: 'asconfig.json',
    },
    {
      files: {
        'package.json': packageOf({ scripts: { build: 'asc a.ts' }, devDependencies: { assemblyscript: '1' } }),
        'a.ts': '',
      },
      language: 'assemblyscript',
      from: 'package.json',
    },
    {
      files: { 'package.json': packageOf({ scripts: { compile: 'asc src/a.ts -o a.wasm' } }), 'src/a.ts': '' },
      language: 'assemblyscript',
      from: 'package.json',
    },
  ],
  'JavaScript, TypeScript': [
    { files: { 'package.json': jco, 'a.js': '' }, language: 'javascript', from: 'package.json' },
    {
      files: {
        'package.json': packageOf({
          scripts: { start: 'node host.js', componentize: 'node make.js' },
          dependencies: { '@bytecodealliance/componentize-js': '1' },
        }),
      },
      language: 'javascript',
      from: 'package.json',
    },
    { files: { 'package.json': jco, 'tsconfig.json': '{}' }, language: 'typescript', from: 'package.json' },
  ],
  Python: [
    { files: { 'requirements.txt': 'componentize-py\n', 'app.py': '', 'wit/one.wit': wit }, language: 'python' },
    {
      files: {
        'pyproject.toml': '[project]\nname = "one"\ndependencies = ["componentize-py"]\n',
        'src/app.py': '',
        'wit/one.wit': wit,
      },
      language: 'python',
    },
  ],
  'C, C++': [
    { files: { 'CMakeLists.txt': '# For WASI\n', 'one.c': '' }, language: 'c', from: 'CMakeLists.txt' },
    {
      files: { Makefile: 'one.wasm: one.cpp\n\t$(WASI_SDK_PATH)/bin/clang++ $< -o $@\n', 'one.cpp': '' },
      language: 'cpp',
      from: 'Makefile',
    },
  ],
  Swift: [
    {
      files: {
        'Package.swift': 'let package = Package(name: "one", targets: [.executableTarget(name: "one")])\n',
        'Sources/one/main.swift': '',
      },
      language: 'swift',
      from: 'Package.swift',
    },
  ],
  Zig: [{ files: { 'build.zig': 'pub fn build(b: *std.Build) void {}\n' }, language: 'zig', from: 'build.zig' }],
};

describe('docs/existing.md', () => {
  const text = readFileSync(new URL('../../docs/existing.md', import.meta.url), 'utf8');
  const first = [...text.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => (cell ?? '').replaceAll('`', ''));

  it('has a row for all that is tried here, and nothing else', () => {
    const names = first.filter((cell) => !['file', 'language', '---'].includes(cell));
    assert.deepEqual(names, Object.keys(rows));
  });
  for (const [row, shapes] of Object.entries(rows))
    for (const { files, language, from } of shapes)
      it(`${row}: ${language} by ${Object.keys(files).join(', ')}`, () => {
        const found = detect({ paths: Object.keys(files), text: (path) => files[path] ?? '' }, () => false);
        assert.deepEqual(
          found.filter(({ why }) => !why).map((one) => ({ language: one.language, from: one.facts.from })),
          [{ language, from }],
        );
      });
});

describe('what is left out of a repository', () => {
  const found = (files: Record<string, string>) =>
    detect({ paths: Object.keys(files), text: (path) => files[path] ?? '' }, () => false).map(
      ({ path, why, facts }) => ({
        path,
        why: why ?? '',
        target: facts.target,
        from: facts.from,
        make: facts.make,
      }),
    );
  const one = (files: Record<string, string>, path: string) => found(files).find((each) => each.path === path);
  const member = (name: string, more = '') => `[package]\nname = "${name}"\nversion = "1.0.0"\n${more}`;
  const go = (module: string) => ({ 'go.mod': `module ${module}\n`, 'main.go': 'package main\n\nfunc main() {}\n' });
  const below = (dir: string, files: Record<string, string>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${dir}/${path}`, text]));

  it('are templates, whose names are placeholders', () => {
    const templates = {
      ...below('api', rust),
      ...below('templates/rust', { ...rust, 'Cargo.toml': member('{{project-name}}') }),
      ...below('templates/go', { ...go('{{project-name}}'), Makefile: 'build:\n\ttinygo build -target=wasip1\n' }),
      ...below('templates/js', { 'package.json': jco.replace('{', '{\n"name": "{{project-name | kebab_case}}",') }),
      ...below('templates/ejs', { 'package.json': jco.replace('{', '{\n  "name": "<%= name %>",') }),
    };
    for (const dir of ['rust', 'go', 'js', 'ejs'])
      assert.match(one(templates, `templates/${dir}`)?.why ?? '', /^the name in its \S+ is a placeholder/, dir);
    assert.equal(one(templates, 'api')?.why, '');
  });
  it('are programs of Go without a sign of WebAssembly, if others of Go or TinyGo have one', () => {
    const mixed = {
      ...below('guest', { ...go('guest'), Makefile: 'build:\n\ttinygo build -target=wasip1 -o guest.wasm .\n' }),
      ...below('server', go('server')),
    };
    assert.equal(one(mixed, 'server')?.why, 'it is not marked as WebAssembly, unlike guest');
    assert.equal(one(mixed, 'guest')?.why, '');
    assert.equal(one(go('alone'), '.')?.why, '');
    const marked = { ...mixed, 'server/export.go': '//go:wasmexport run\nfunc run() {}\n' };
    assert.equal(one(marked, 'server')?.why, '');
  });
  it('are programs for Node that bring the tools of components', () => {
    const tool = packageOf({ ...JSON.parse(jco), bin: { tool: 'dist/tool.js' } });
    assert.match(one({ 'package.json': tool }, '.')?.why ?? '', /^it is a program for Node/);
  });
  it('are manifests that its compiler refuses', () => {
    assert.match(one({ 'Cargo.toml': '[package\n', 'src/main.rs': '' }, '.')?.why ?? '', /cannot be read as TOML/);
    assert.match(one({ 'Cargo.toml': '[package]\n', 'src/main.rs': '' }, '.')?.why ?? '', /no name/);
    assert.match(one({ 'go.mod': '\n', 'main.go': 'package main\n' }, '.')?.why ?? '', /no line `module`/);
    assert.deepEqual(found({ 'Package.swift': '', 'build.zig': '' }), []);
  });
  it('is what a README builds without any manifest', () => {
    const text = '```sh\npip install componentize-py\ncomponentize-py componentize app -o app.wasm\n```\n';
    assert.deepEqual(
      found({ 'app.py': '', 'README.md': text }).map(({ why }) => why),
      [
        'README.md builds it by `componentize-py componentize app -o app.wasm`, and nothing there says with which tools',
      ],
    );
  });
  it('is built by the prerequisite of a Makefile rule, if the rule calls a program that CI may not have', () => {
    const files = {
      ...rust,
      Makefile: `policy.wasm:\n\t${build}\n\tcp target/one.wasm policy.wasm\n\nsigned.wasm: policy.wasm\n\tsigner policy.wasm\n`,
    };
    assert.equal(one(files, '.')?.make, 'policy.wasm');
  });
  it('is not a Go module with Mage targets', () => {
    const files = {
      ...below('guest', go('guest')),
      ...below('magefiles', {
        'go.mod': 'module tasks\n',
        'a.go': 'package main\n\nimport "github.com/magefile/mage/sh"\n',
      }),
    };
    assert.match(one(files, 'magefiles')?.why ?? '', /^it imports github\.com\/magefile\/mage/);
  });
  it('is a package whose script compiles a file that is not there, or only runs a component', () => {
    const lost = packageOf({ scripts: { asbuild: 'asc assembly/index.ts' }, devDependencies: { assemblyscript: '1' } });
    assert.match(
      one({ 'package.json': lost, 'lib/a.ts': '' }, '.')?.why ?? '',
      /compiles assembly\/index\.ts, which is not/,
    );
    const runs = packageOf({
      scripts: { build: 'jco transpile a.wasm' },
      dependencies: { '@bytecodealliance/jco': '1' },
    });
    assert.match(one({ 'package.json': runs }, '.')?.why ?? '', /^its scripts run a component/);
  });
  it('is no crate that a build command names, whatever it depends on', () => {
    const files = {
      'Cargo.toml': '[workspace]\nmembers = ["web", "tool"]\n',
      'web/Cargo.toml': member('web', '[dependencies]\nhyper-util = "0.1"\n'),
      'web/src/main.rs': 'fn main() {}\n',
      'tool/Cargo.toml': member('tool', '[dependencies]\nhyper-util = "0.1"\n'),
      'tool/src/main.rs': 'fn main() {}\n',
      'README.md': '```sh\ncargo build --release -p web --target wasm32-wasip2\n```\n',
    };
    assert.deepEqual(one(files, 'web'), {
      path: 'web',
      why: '',
      target: 'wasm32-wasip2',
      from: 'README.md',
      make: undefined,
    });
    assert.match(one(files, 'tool')?.why ?? '', /^it depends on hyper-util/);
  });
  it('is no crate that a task of its own builds, where no task builds all', () => {
    const task = (name: string) => `build-${name}:\n\tcargo build --release -p ${name} --target wasm32-wasip2\n\n`;
    const files = {
      'Cargo.toml': '[workspace]\nmembers = ["web", "job", "tool"]\n',
      ...below('web', { 'Cargo.toml': member('web'), 'src/main.rs': 'fn main() {}\n' }),
      ...below('job', { 'Cargo.toml': member('job'), 'src/main.rs': 'fn main() {}\n' }),
      ...below('tool', {
        'Cargo.toml': member('tool', '[dependencies]\nnix = "1"\n'),
        'src/main.rs': 'fn main() {}\n',
      }),
      Makefile: `tools:\n\tcargo build -p tool\n\n${task('web')}${task('job')}`,
    };
    assert.equal(one(files, 'web')?.make, 'build-web');
    assert.equal(one(files, 'job')?.make, 'build-job');
    assert.match(one(files, 'tool')?.why ?? '', /^it depends on nix/);
  });
  it('is what a workflow builds in the folder that it works in', () => {
    const files = {
      ...below('api', rust),
      ...below('host', { 'Cargo.toml': member('host'), 'src/main.rs': 'fn main() {}\n' }),
      '.github/workflows/ci.yml':
        'jobs:\n  a:\n    defaults: { run: { working-directory: api } }\n    steps:\n      - uses: actions/checkout@v6\n      - run: cargo build --target wasm32-wasip2\n',
    };
    assert.deepEqual(one(files, 'api'), {
      path: 'api',
      why: '',
      target: 'wasm32-wasip2',
      from: '.github/workflows/ci.yml',
      make: undefined,
    });
    assert.equal(one(files, 'host')?.why, 'it is not marked as WebAssembly, unlike api');
    for (const text of [
      '',
      ': [',
      'jobs: 1',
      'jobs: { a: { steps: [1, { run: [] }, { run: 1 }] } }',
      'a: { script: { b: 1 } }',
    ])
      assert.equal(found({ ...rust, '.github/workflows/ci.yml': text, '.gitlab-ci.yml': text }).length, 1);
  });
});
