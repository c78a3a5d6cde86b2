/** The workflows for Woodpecker, checked and run by its own command line, which scripts/woodpecker.sh builds. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { woodpecker as provider } from '../../src/catalog/ci/woodpecker.ts';
import type { Choices } from '../../src/model/choices.ts';
import { compose } from '../../src/plan/compose.ts';
import { keys, repository } from '../e2e/pipelines.ts';
import { credentials, startRegistry } from '../e2e/registry.ts';
import { address, withImage, workspaceOf } from '../e2e/woodpecker.ts';
import { everyChoice, plain } from '../support/examples.ts';
import { need, needFrom, ok, type Result, root, run, scratch } from '../support/programs.ts';

const cli = join(root, '.cache/woodpecker/woodpecker-cli');
const woodpecker = (words: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Result =>
  run(cli, ['--disable-update-check', ...words], cwd, env);

/** Runs a workflow with the local backend: each step in the stand-in for its image. */
const exec = (workspace: string, workflow: string, ...words: string[]): Result =>
  woodpecker(
    [
      'exec',
      ...['--backend-engine', 'local', '--repo', 'team/hello-wasm', '--repo-url', address],
      ...['--repo-clone-url', `${address}.git`, '--commit-branch', 'main'],
      ...['--commit-sha', ok('git', ['rev-parse', 'HEAD'], workspace).trim(), ...words],
      `.woodpecker/${workflow}`,
    ],
    workspace,
    withImage(),
  );

describe("Woodpecker's command line", function () {
  this.timeout(600_000);
  before(function () {
    needFrom('scripts/woodpecker.sh', this, [cli]);
  });

  it('lints every workflow without a warning, and finds an error', () => {
    const folder = mkdtempSync(join(scratch, 'workflows-'));
    const printed = everyChoice()
      .filter(({ ci }) => ci.includes('woodpecker'))
      .flatMap((choices) => provider.render(compose(choices)));
    const files = [...new Map(printed.map((file) => [file.path + file.text, file])).values()];
    assert.ok(files.length >= 4, `${files.length} files`);
    for (const [index, { path, text }] of files.entries())
      writeFileSync(join(folder, `${index}-${basename(path)}`), text);
    const { code, said } = woodpecker(['lint', '--strict', folder], scratch);
    assert.equal(code, 0, said);
    assert.equal(said.match(/^# /gm)?.length, files.length);
    const bad = join(mkdtempSync(join(scratch, 'bad-')), 'ci.yml');
    for (const [from, to, why] of [
      ['commands:', 'comands:', /comands/],
      [/when:[\s\S]*?\n\n/, 'when:\n  - branch: main\n\n', /`event` filter/],
    ] as const) {
      writeFileSync(bad, String(files[0]?.text).replace(from, to));
      const found = woodpecker(['lint', '--strict', bad], scratch);
      assert.notEqual(found.code, 0);
      assert.match(found.said, why);
    }
  });

  describe('with the local backend', () => {
    let stop: () => Promise<unknown>;
    let choices: Choices;
    let workspace: string;
    let secrets: Record<string, string>;
    before(async function () {
      need(this, 'docker-registry', 'oras', 'cosign', 'git', 'make');
      let server: string;
      ({ server, stop } = await startRegistry());
      choices = { ...plain, registry: 'oci', namespace: `${server}/team`, ci: ['woodpecker'] };
      const key = keys();
      secrets = { ...credentials, ...key.secrets };
      workspace = workspaceOf(repository(choices, { 'cosign.pub': key.public }), 'v1.0.0');
    });
    after(async () => {
      await stop?.();
    });

    it('runs the workflow of a change, of a pull request and of each week, and of no other event', () => {
      for (const event of ['push', 'pull_request', 'cron', 'deployment', 'tag']) {
        const { code, said } = exec(workspace, 'ci.yml', '--pipeline-event', event);
        if (['push', 'pull_request', 'cron'].includes(event)) {
          assert.equal(code, 0, said);
          assert.match(said, /(\d+) of \1 cases pass/);
        } else assert.match(said, /no workflows to execute/);
      }
      const { said } = exec(workspace, 'ci.yml', '--pipeline-event', 'push', '--commit-branch', 'topic');
      assert.match(said, /no workflows to execute/);
    });

    it('runs a release, up to a verified signature', () => {
      const file = join(scratch, 'secrets.yml');
      writeFileSync(file, JSON.stringify(secrets));
      const tag = (ref: string) =>
        exec(workspace, 'release.yml', '--pipeline-event', 'tag', '--commit-ref', ref, '--secrets-file', file);
      assert.match(tag('refs/tags/1.0.0').said, /no workflows to execute/);
      const { code, said } = tag('refs/tags/v1.0.0');
      assert.equal(code, 0, said);
      assert.match(said, new RegExp(`Verified: ${choices.namespace}/${choices.name}`));
      for (const step of ['build', 'checkout', 'tools', 'intact', 'login', 'push', 'sign', 'verify'])
        assert.match(said, new RegExp(`^\\[${step}:`, 'm'));
      const provenance = JSON.parse(readFileSync(`${workspace}-release/build/provenance.json`, 'utf8'));
      assert.equal(provenance.runDetails.builder.id, `${address}//.woodpecker/release.yml@refs/tags/v1.0.0`);
      assert.equal(provenance.buildDefinition.internalParameters.modified, false);
    });
  });
});
