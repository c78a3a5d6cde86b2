/** The language servers of the recommended extensions, with the settings of a project: what they find in it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../support/programs.ts';
import { opened, type Problems } from './lsp.ts';
import { taskEnvironment } from './world.ts';

type Settings = Record<string, unknown>;

export interface Server {
  name: string;
  /** The program that a script installs; a server without one comes with the packages of the project. */
  program?: string;
  /** Whether it is for the extended tests alone. */
  extended?: true;
  /** The command with the settings that the extension gives on its command line. */
  start(settings: Settings, folder: string): string[];
  /** Settings that the extension makes from others. */
  more?(settings: Settings): Settings;
  sources: RegExp;
  /** What the editor calls their language, if that is not the language of the project. */
  language?: string;
  /** A mistake at the end of a source, and what the server says. */
  text: string;
  message: string;
  env?: Record<string, string>;
  /** It answers requests for problems, and publishes none or not all. */
  isAsked?: true;
}

/** clangd also says what clang-tidy and the headers of the project ask for. */
const clangd = (sources: RegExp, text: string): Server => ({
  name: 'clangd',
  program: 'clangd-22',
  start: (settings) => ['clangd-22', ...(settings['clangd.arguments'] as string[])],
  sources,
  text,
  message: "Use of undeclared identifier 'missing'",
});

/**
 * Its language server is a process of its own, which listens in the temporary folder and ends with the last editor. It is for the
 * extended tests: once in some hundred runs it gives no answer; `make lint` runs the same rules in every test run.
 */
const biome = (sources: RegExp): Server => ({
  name: 'biome',
  extended: true,
  start: (_, folder) => [join(folder, 'node_modules/.bin/biome'), 'lsp-proxy'],
  sources,
  text: 'debugger;\n',
  message: 'This is an unexpected use of the debugger statement.',
});

export const servers: Record<string, Server[]> = {
  assemblyscript: [{ ...biome(/^assembly\/.*\.ts$/), language: 'typescript' }],
  c: [clangd(/\.c$/, 'static int broken = missing;\n')],
  cpp: [clangd(/\.cpp$/, 'namespace { int broken = missing; }\n')],
  go: [
    {
      name: 'gopls',
      program: 'gopls',
      extended: true,
      start: () => ['gopls'],
      sources: /\.go$/,
      text: 'var _ = missing\n',
      message: 'undefined: missing',
    },
  ],
  javascript: [biome(/^(src|tests)\/.*\.js$/)],
  python: [
    {
      name: 'pyright',
      program: 'pyright-langserver',
      extended: true,
      start: () => ['pyright-langserver', '--stdio'],
      more: (settings) => ({ 'python.pythonPath': settings['python.defaultInterpreterPath'] }),
      sources: /^(app|tests)\/.*\.py$/,
      text: 'broken = missing\n',
      message: '"missing" is not defined',
    },
    {
      name: 'ruff',
      start: (_, folder) => [join(folder, '.venv/bin/ruff'), 'server'],
      sources: /^(app|tests)\/.*\.py$/,
      text: 'broken = missing\n',
      message: 'Undefined name `missing`',
    },
  ],
  rust: [
    {
      name: 'rust-analyzer',
      program: '/usr/bin/rust-analyzer',
      extended: true,
      start: () => ['/usr/bin/rust-analyzer'],
      // The compiler of the same Debian package, which has the sources of std.
      env: { RUSTC: '/usr/bin/rustc' },
      sources: /^src\/.*\.rs$/,
      text: 'fn broken() -> u32 { "text" }\n',
      message: "expected u32, found &'static str",
      isAsked: true,
    },
  ],
  typescript: [
    biome(/^(src|tests)\/.*\.ts$/),
    {
      name: 'tsc',
      start: (_, folder) => [join(folder, 'node_modules/.bin/tsc'), '--lsp', '--stdio'],
      sources: /^src\/.*\.ts$/,
      text: 'export const broken: number = "text";\n',
      message: "Type 'string' is not assignable to type 'number'.",
      isAsked: true,
    },
  ],
};

/** Fails unless the server finds the mistake in each source of a project, and nothing in the sources as they are. */
export async function findsMistakesOnly(server: Server, language: string, folder: string): Promise<void> {
  const values = JSON.parse(
    readFileSync(join(folder, '.vscode/settings.json'), 'utf8').replaceAll('${workspaceFolder}', folder),
  );
  const settings = { ...values, ...server.more?.(values) };
  const all = readdirSync(folder, { recursive: true }).map(String);
  const paths = all.filter((path) => server.sources.test(path) && !/^(\.venv|build|target)\//.test(path));
  assert.ok(paths.length > 2, paths.join());
  const env = { ...taskEnvironment(), TMPDIR: mkdtempSync(join(scratch, 'server-')), ...server.env };
  const start = server.start(settings, folder);
  const editor = await opened(start, server.language ?? language, folder, paths, env, settings, server.isAsked);
  try {
    const found: Problems = {};
    for (const path of paths) {
      const source = readFileSync(join(folder, path), 'utf8');
      editor.change(path, source + server.text);
      // gopls says for which system a file is.
      const system = path.endsWith('_wasip1.go') ? ' [wasip1,wasm]' : '';
      found[path] = [`${source.split('\n').length}: ${server.message}${system}`];
      await editor.finds(found);
    }
    // A server reports a file when its problems change, so only now is it certain that a fresh one has none.
    for (const path of paths) {
      editor.change(path, readFileSync(join(folder, path), 'utf8'));
      delete found[path];
      await editor.finds(found);
    }
  } finally {
    await editor.stop();
  }
}
