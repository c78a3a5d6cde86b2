/** The pipelines of a project for changes, run for real: by gitlab-ci-local, and by act without containers. */
import assert from 'node:assert/strict';
import { samples } from '../cells.ts';
import { act, brought, repository } from './pipelines.ts';
import { need, needed, ok } from './world.ts';

for (const choices of samples) {
  const { language } = choices;
  describe(`CI of ${language}`, function () {
    this.timeout(600_000);

    it('GitLab CI lints, builds and tests, by gitlab-ci-local', function () {
      need(this, 'gitlab-ci-local', 'rsync', 'git', 'wasmtime', ...needed(language));
      const said = ok(
        'gitlab-ci-local',
        [
          '--force-shell-executor',
          '--shell-isolation',
          ...brought().flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
          'check',
        ],
        repository({ ...choices, ci: ['gitlab'] }),
      );
      assert.match(said, /(\d+) of \1 cases pass/);
      assert.match(said, /PASS.*check/);
    });

    it('GitHub Actions lint, build and test, by act', function () {
      need(this, 'act', 'git', 'wasmtime', ...needed(language));
      const said = act(repository({ ...choices, ci: ['github'] }), '.github/workflows/ci.yml');
      assert.match(said, /(\d+) of \1 cases pass/);
      assert.match(said, /Job succeeded/);
    });
  });
}
