/** The steps of Woodpecker where no server is: each in the stand-in for its image, as the local backend runs them. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { nodeImage } from '../../src/catalog/tools.ts';
import { environment, ok, scratch } from '../support/programs.ts';
import { standInForImage } from './pipelines.ts';
import { taskEnvironment } from './world.ts';

export const address = 'https://git.example.com/team/hello-wasm';

let image: string | undefined;
/** The environment in which the name of the image is a program. */
export function withImage(): NodeJS.ProcessEnv {
  image ??= standInForImage(nodeImage);
  return { ...taskEnvironment(), PATH: [image, environment.PATH].join(delimiter) };
}

/** A workspace as the clone step of Woodpecker makes it of a repository, for a tag of its commit. */
export function workspaceOf(repository: string, tag: string): string {
  const workspace = join(mkdtempSync(join(scratch, 'woodpecker-')), 'hello-wasm');
  ok('git', ['clone', '--quiet', repository, workspace], scratch);
  ok('git', ['remote', 'set-url', 'origin', `${address}.git`], workspace);
  ok('git', ['tag', '--force', tag], workspace);
  return workspace;
}

/** Runs steps of the release; gives back what they said. */
export function runSteps(
  workspace: string,
  tag: string,
  secrets: Record<string, string>,
  names: readonly string[],
): string {
  const { steps }: { steps: Step[] } = parse(readFileSync(join(workspace, '.woodpecker/release.yml'), 'utf8'));
  return names
    .map((name) => {
      const step = steps.find((one) => one.name === name);
      if (!step) throw new Error(`There is no step ${name}`);
      return ok(step.image, ['-e', '-c', step.commands.join('\n')], workspace, {
        ...withImage(),
        // https://woodpecker-ci.org/docs/usage/environment#built-in-environment-variables
        CI_WORKSPACE: workspace,
        CI_STEP_NAME: name,
        CI_COMMIT_SHA: ok('git', ['rev-parse', `${tag}^{commit}`], workspace).trim(),
        CI_COMMIT_TAG: tag,
        CI_REPO_URL: address,
        CI_REPO_CLONE_URL: `${address}.git`,
        CI_PIPELINE_URL: 'https://ci.example.com/repos/7/pipeline/8',
        ...Object.fromEntries(
          Object.entries(step.environment ?? {}).map(([variable, { from_secret }]) => [variable, secrets[from_secret]]),
        ),
      });
    })
    .join('');
}

interface Step {
  name: string;
  image: string;
  environment?: Record<string, { from_secret: string }>;
  commands: string[];
}
