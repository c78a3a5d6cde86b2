/** The pipelines of a project, run for real. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../examples.ts';
import { environment, need, ok, project, scratch, taskEnvironment } from './world.ts';

describe('GitLab CI, run by gitlab-ci-local', function () {
  this.timeout(600_000);
  for (const language of ['assemblyscript', 'c'])
    it(`lints, builds and tests ${language}`, function () {
      need(this, 'gitlab-ci-local', 'rsync', 'git', 'wasmtime', ...(language === 'c' ? ['clang-22', 'mise'] : []));
      const folder = join(scratch, `gitlab-${language}`);
      cpSync(project({ ...plain, language, ci: ['gitlab'] }), folder, { recursive: true });
      ok('git', ['init', '--quiet', '--initial-branch=main'], folder);
      ok('git', ['add', '-A'], folder);
      ok('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'all'], folder);
      ok('git', ['remote', 'add', 'origin', 'git@gitlab.example.com:team/hello-wasm.git'], folder);
      // mise comes from the toolchains; a pipeline would install it globally.
      const variables = Object.entries({ ...taskEnvironment(), MISE_DISABLE_TOOLS: environment.MISE_DISABLE_TOOLS });
      const said = ok(
        'gitlab-ci-local',
        [
          '--force-shell-executor',
          '--shell-isolation',
          ...variables.flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
          'check',
        ],
        folder,
      );
      assert.match(said, /(\d+) of \1 cases pass/);
      assert.match(said, /PASS.*check/);
    });
});
