/** The pipelines of a project, run for real: by gitlab-ci-local, and by act without containers. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { action } from '../../src/actions.ts';
import type { Choices } from '../../src/plan.ts';
import { templateText } from '../../src/templates.ts';
import { samples } from '../cells.ts';
import { environment, need, needed, ok, project, scratch, taskEnvironment } from './world.ts';

/** A copy of a project that is a repository with one commit and a remote, as CI checks it out. */
function repository(choices: Choices, ci: string): string {
  const folder = mkdtempSync(join(scratch, `${ci}-`));
  cpSync(project({ ...choices, ci: [ci] }), folder, { recursive: true });
  const git = (...args: string[]) => ok('git', args, folder);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '-A');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'all');
  git('remote', 'add', 'origin', 'git@gitlab.example.com:team/hello-wasm.git');
  return folder;
}
/** What the machines of a CI provider have, and these tests bring. */
const brought = () =>
  Object.entries({ ...taskEnvironment(), MISE_DISABLE_TOOLS: String(environment.MISE_DISABLE_TOOLS) });

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
        repository(choices, 'gitlab'),
      );
      assert.match(said, /(\d+) of \1 cases pass/);
      assert.match(said, /PASS.*check/);
    });

    it('GitHub Actions lint, build and test, by act', function () {
      need(this, 'act', 'git', 'wasmtime', ...needed(language));
      const said = ok(
        'act',
        [
          'push',
          ...['--workflows', '.github/workflows/ci.yml', '--platform', 'ubuntu-24.04=-self-hosted'],
          ...['--pull=false', '--no-cache-server', '--action-offline-mode'],
          ...standIns(),
          ...brought().flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        ],
        repository(choices, 'github'),
      );
      assert.match(said, /(\d+) of \1 cases pass/);
      assert.match(said, /Job succeeded/);
    });
  });
}

/** Actions that install tools cannot be fetched from here, and the tools are there: stand-ins that do nothing. */
function standIns(): string[] {
  const folder = mkdtempSync(join(scratch, 'actions-'));
  const names = [...templateText('ci/github/action.yml').matchAll(/uses: ([\w-]+\/[\w-]+)@/g)].map(
    ([, name]) => `${name}`,
  );
  assert.ok(names.includes('actions/setup-node'));
  return names
    .filter((name) => name !== 'actions/checkout')
    .flatMap((name) => {
      const path = join(folder, name.replace('/', '-'));
      mkdirSync(path);
      writeFileSync(
        join(path, 'action.yml'),
        `name: ${name}\ndescription: stand-in\nruns:\n  using: composite\n  steps:\n    - run: 'true'\n      shell: sh\n`,
      );
      return ['--local-repository', `${action(name).uses}=${path}`];
    });
}
