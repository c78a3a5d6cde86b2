/** The language servers of the recommended extensions, with the settings of the project: nothing in a fresh project, and each mistake. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { opened, type Problems } from '../e2e/lsp.ts';
import { make, project, taskEnvironment } from '../e2e/world.ts';
import { samples } from '../support/cells.ts';
import { need, needed, needFrom } from '../support/programs.ts';

interface Server {
  /** The command with the settings that the extension gives on its command line. */
  start(settings: Record<string, unknown>, folder: string): string[];
  /** Settings that the extension makes from others. */
  more?(settings: Record<string, unknown>): Record<string, unknown>;
  /** Its program, and how the sources are called. */
  program: string;
  sources: RegExp;
  text: string;
  message: string;
  env?: Record<string, string>;
}

/** clangd also says what clang-tidy and the headers of the project ask for. */
const clangd = (sources: RegExp, text: string): Server => ({
  program: 'clangd-22',
  start: (settings) => ['clangd-22', ...(settings['clangd.arguments'] as string[])],
  sources,
  text,
  message: "Use of undeclared identifier 'missing'",
});

const servers: Record<string, Server[]> = {
  c: [clangd(/\.c$/, 'static int broken = missing;\n')],
  cpp: [clangd(/\.cpp$/, 'namespace { int broken = missing; }\n')],
};

for (const choices of samples)
  for (const { program, start, more, sources, text, message, env } of servers[choices.language] ?? [])
    it(`${program} finds the mistakes in a project in ${choices.language}, and nothing else`, async function () {
      this.timeout('10m');
      need(this, 'make', ...needed(choices.language));
      needFrom('scripts/toolchains-extended.sh', this, [program]);
      const folder = project(choices);
      make(folder, 'setup');
      const values = JSON.parse(
        readFileSync(join(folder, '.vscode/settings.json'), 'utf8').replaceAll('${workspaceFolder}', folder),
      );
      const settings = { ...values, ...more?.(values) };
      const all = readdirSync(folder, { recursive: true }).map(String);
      const paths = all.filter((path) => sources.test(path) && !/^(\.venv|build|target)\//.test(path));
      assert.ok(paths.length > 2, paths.join());
      const editor = await opened(
        start(settings, folder),
        choices.language,
        folder,
        paths,
        { ...taskEnvironment(), ...env },
        settings,
      );
      try {
        const found: Problems = {};
        for (const path of paths) {
          const source = readFileSync(join(folder, path), 'utf8');
          editor.change(path, source + text);
          // gopls says for which system a file is.
          const system = path.endsWith('_wasip1.go') ? ' [wasip1,wasm]' : '';
          found[path] = [`${source.split('\n').length}: ${message}${system}`];
        }
        await editor.finds(found);
        // A server reports a file when its problems change, so only now is it certain that a fresh one has none.
        for (const path of paths) editor.change(path, readFileSync(join(folder, path), 'utf8'));
        await editor.finds({});
      } finally {
        await editor.stop();
      }
    });
