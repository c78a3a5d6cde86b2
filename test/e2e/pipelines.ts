/** Pipelines of generated projects where no provider is: a repository as CI checks it out, and act without containers. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { action } from '../../src/actions.ts';
import type { Choices } from '../../src/plan.ts';
import { templateText } from '../../src/templates.ts';
import { environment, ok, project, scratch, taskEnvironment } from './world.ts';

/** A copy of a project that is a repository with one commit of it and of these files, a remote, and a tag where one is named. */
export function repository(choices: Choices, files: Record<string, string> = {}, tag?: string): string {
  const folder = mkdtempSync(join(scratch, 'repository-'));
  cpSync(project(choices), folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  const git = (...args: string[]) => ok('git', args, folder);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '-A');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'all');
  git('remote', 'add', 'origin', `git@gitlab.example.com:team/${choices.name}.git`);
  if (tag) git('tag', tag);
  return folder;
}

/** What the machines of a CI provider have, and these tests bring. */
export const brought = () =>
  Object.entries({ ...taskEnvironment(), MISE_DISABLE_TOOLS: String(environment.MISE_DISABLE_TOOLS) });

/** Runs a workflow of GitHub's for a push to main, or of a tag, with these secrets, and gives back what it said. */
export function act(
  folder: string,
  workflow: string,
  { tag, secrets = {}, variables = {} }: { tag?: string; secrets?: object; variables?: object } = {},
): string {
  const event = join(mkdtempSync(join(scratch, 'event-')), 'event.json');
  writeFileSync(event, JSON.stringify({ ref: tag ? `refs/tags/${tag}` : 'refs/heads/main' }));
  return ok(
    'act',
    [
      'push',
      ...['--workflows', workflow, '--eventpath', event, '--platform', 'ubuntu-24.04=-self-hosted'],
      ...['--pull=false', '--no-cache-server', '--action-offline-mode'],
      ...standIns(),
      ...[...brought(), ...Object.entries(variables)].flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...Object.keys(secrets).flatMap((name) => ['--secret', name]),
    ],
    folder,
    secrets as NodeJS.ProcessEnv,
  );
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
