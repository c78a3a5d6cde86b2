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
  ],
  Makefile: [{ files: { ...rust, Makefile: `all: one\n\none:\n\t${build}\n` }, language: 'rust', from: 'Makefile' }],
  'justfile, Taskfile.yml': [
    { files: { ...rust, justfile: `build:\n    ${build}\n` }, language: 'rust', from: 'justfile' },
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
  ],
  'README.md': [
    { files: { ...rust, 'README.md': `\`\`\`sh\n${build}\n\`\`\`\n` }, language: 'rust', from: 'README.md' },
  ],
  Rust: [{ files: rust, language: 'rust' }],
  'Go, TinyGo': [
    { files: { 'go.mod': 'module one\n', 'main.go': 'package main\n' }, language: 'go' },
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
  ],
  'JavaScript, TypeScript': [
    { files: { 'package.json': jco, 'a.js': '' }, language: 'javascript', from: 'package.json' },
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
