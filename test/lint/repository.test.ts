/** The workflows and forms of this repository, through the checkers that the generated ones pass. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { action, actions } from '../../src/catalog/actions.ts';
import { need, root, run, scratch } from '../support/programs.ts';

const github = join(root, '.github');
const workflows = readdirSync(join(github, 'workflows'));

/** A copy of `.github` with one word changed. */
function broken(path: string, from: string, to: string): string {
  const folder = mkdtempSync(join(scratch, 'github-'));
  cpSync(github, join(folder, '.github'), { recursive: true });
  const text = readFileSync(join(github, path), 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(join(folder, '.github', path), text.replace(from, to));
  return join(folder, '.github');
}

describe('the workflows of this repository', function () {
  this.timeout(120_000);

  it('pass actionlint', function () {
    need(this, 'actionlint', 'shellcheck');
    const check = (folder: string) =>
      run(
        'actionlint',
        workflows.map((name) => join(folder, 'workflows', name)),
        scratch,
      );
    assert.equal(check(github).said, '');
    assert.match(check(broken('workflows/release.yml', 'matrix.node', 'matrix.nodes')).said, /"nodes" is not defined/);
  });

  it('pass zizmor, in its strictest persona', function () {
    need(this, 'zizmor');
    const check = (folder: string) =>
      run('zizmor', ['--offline', '--no-progress', '--persona', 'pedantic', folder], scratch);
    const { code, said } = check(github);
    assert.equal(code, 0, said);
    const bad = broken('workflows/ci.yml', 'permissions: {}', 'permissions: write-all');
    assert.match(check(bad).said, /excessive-permissions/);
  });

  it('have the pins of the generated ones', () => {
    const pins = actions().map((name) => action(name).uses);
    for (const name of workflows)
      for (const [, uses = ''] of readFileSync(join(github, 'workflows', name), 'utf8').matchAll(/uses: (\S+)/g))
        assert.ok(pins.includes(uses), `${name}: ${uses}`);
  });

  it('and its other files fit their schemas', function () {
    need(this, 'check-jsonschema');
    const forms = ['bug.yml', 'proposal.yml'].map((name) => join(github, 'ISSUE_TEMPLATE', name));
    const check = (schema: string, ...files: string[]) =>
      run('check-jsonschema', ['--builtin-schema', `vendor.${schema}`, ...files], scratch);
    assert.equal(check('github-issue-forms', ...forms).code, 0);
    assert.equal(check('github-issue-config', join(github, 'ISSUE_TEMPLATE/config.yml')).code, 0);
    assert.equal(check('dependabot', join(github, 'dependabot.yml')).code, 0);
    const bad = broken('ISSUE_TEMPLATE/bug.yml', 'type: input', 'type: inputs');
    assert.notEqual(check('github-issue-forms', join(bad, 'ISSUE_TEMPLATE/bug.yml')).code, 0);
  });
});
