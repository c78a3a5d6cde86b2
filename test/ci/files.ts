/** What the files of each CI provider make run: pieces of shell with their environment, as the provider's documentation has it. */
import { join } from 'node:path';
import { parse } from 'yaml';
import type { File } from '../../src/model/plan.ts';

/** One shell and the lines that it runs. */
export interface Run {
  lines: string[];
  /** The words that start the shell, before the script. */
  shell: string[];
  /** What the file, and the provider because of it, put into the environment. */
  env: Record<string, string>;
}
/** What runs for a change, and for a tag: the job that builds, and the one that publishes what it built. */
export interface Pipelines {
  check: Run[];
  build: Run[];
  publish: Run[];
}

/** What a provider was told outside of its files, and where it works. */
export interface Surroundings {
  /** The value of a secret or a setting that somebody gave to the provider. */
  given(name: string): string;
  /** The tag that was pushed. */
  tag: string;
  /** Names of all that was given. */
  names: string[];
  /** A folder for what the provider keeps beside the sources. */
  workspace: string;
  /** What the provider knows by itself, by the provider's own words; the rest is `known`. */
  knows?: Record<string, string>;
}

/** A stage of a Jenkinsfile, as jenkinsfile.groovy prints it. */
export interface Stage {
  path: string[];
  when: string[];
  env: Record<string, string>;
  sh: string;
}

/** What somebody at a keyboard would call it: a value that the provider knows by itself. */
const known = 'known';

const bash = ['bash', '-e', '-c'];

interface Job {
  // biome-ignore lint/suspicious/noExplicitAny: a file of another program, whose own schema is checked elsewhere
  [key: string]: any;
}

const text = (files: readonly File[], path: string) => files.find((file) => file.path === path)?.text ?? '';
const yaml = (files: readonly File[], path: string): Job => parse(text(files, path)) ?? {};
const mapped = (env: Record<string, unknown> = {}, value: (expression: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, expression]) => [name, value(String(expression))]));

/** GitHub and Forgejo: each step has a shell, and its environment is what its `env` says. */
function actions(files: readonly File[], folder: string, { given, tag, knows = {} }: Surroundings): Pipelines {
  const value = (expression: string) =>
    expression.replace(/\$\{\{ (\w+)\.(\w+) \}\}/g, (_, context, name) => {
      if (context === 'secrets' || context === 'vars') return given(name);
      return name === 'ref_name' ? tag : (knows[name] ?? known);
    });
  const runs = (path: string, job: string): Run[] =>
    (yaml(files, `${folder}/${path}`).jobs?.[job]?.steps ?? [])
      .filter(({ run }: Job) => run)
      .map(({ run, env }: Job) => ({ lines: [run], shell: bash, env: mapped(env, value) }));
  return {
    check: runs('ci.yml', 'check'),
    build: runs('release.yml', 'build'),
    publish: runs('release.yml', 'publish'),
  };
}

/** Variables that GitLab has in every job. */
const ofGitlab = ['CI_JOB_URL', 'CI_PROJECT_URL', 'CI_CONFIG_PATH', 'CI_SERVER_URL'];

/** GitLab: a job has one shell, and its environment has the variables of its `environment` and its identity tokens. */
function gitlab(files: readonly File[], { given, names, workspace, tag, knows = {} }: Surroundings): Pipelines {
  const runs = (job: Job | undefined): Run[] => {
    if (!job) return [];
    const scoped = job.environment?.name === 'release' ? names : [];
    const env = {
      ...Object.fromEntries(ofGitlab.map((name) => [name, known])),
      ...Object.fromEntries(scoped.map((name) => [name, given(name)])),
      CI_COMMIT_TAG: tag,
      CI_REGISTRY_USER: known,
      CI_REGISTRY_PASSWORD: known,
      ...mapped(job.variables, (value) => value.replace('$CI_PROJECT_DIR', workspace)),
      ...mapped(job.id_tokens, (token) => `token ${token}`),
      ...knows,
    };
    return [{ lines: job.script, shell: bash, env }];
  };
  const file = yaml(files, '.gitlab-ci.yml');
  return { check: runs(file.check), build: runs(file.build), publish: runs(file.publish) };
}

/** Bitbucket: a step has one shell, and its environment has the variables of its deployment. */
function bitbucket(files: readonly File[], { given, names, tag }: Surroundings): Pipelines {
  const { branches, tags } = yaml(files, 'bitbucket-pipelines.yml').pipelines ?? {};
  const runs = (steps: Job[] = []): Run[] =>
    steps.map(({ step }) => ({
      lines: step.script,
      shell: bash,
      env: {
        BITBUCKET_TAG: tag,
        BITBUCKET_REPO_FULL_NAME: known,
        BITBUCKET_BUILD_NUMBER: known,
        ...(step.deployment === 'release' && Object.fromEntries(names.map((name) => [name, given(name)]))),
      },
    }));
  const [build, publish] = tags?.['v*'] ?? [];
  return { check: runs(branches?.main), build: runs(build && [build]), publish: runs(publish && [publish]) };
}

/** CircleCI: each step has a shell, which it or its job may name, and its environment has the context of the job. */
function circleci(files: readonly File[], { given, names, tag, knows = {} }: Surroundings): Pipelines {
  const { jobs = {}, workflows = {} } = yaml(files, '.circleci/config.yml');
  const runs = (name: string): Run[] => {
    const job = jobs[name];
    const used = (workflows.release?.jobs ?? []).find((one: Job) => one[name])?.[name];
    const env = {
      CIRCLE_TAG: tag,
      CIRCLE_BUILD_URL: known,
      CIRCLE_ORGANIZATION_ID: known,
      ...knows,
      ...(used?.context === 'release' && Object.fromEntries(names.map((name) => [name, given(name)]))),
    };
    return (job?.steps ?? []).flatMap(({ run }: Job) => {
      if (!run) return [];
      const { command, shell } = typeof run === 'string' ? { command: run, shell: undefined } : run;
      return { lines: [command], shell: [...(shell ?? job.shell ?? '/bin/bash -eo pipefail').split(' '), '-c'], env };
    });
  };
  return { check: runs('check'), build: runs('build'), publish: runs('publish') };
}

/** Azure: each step has a shell; a secret is in its environment where the step says so, and a variable of the job always. */
function azure(files: readonly File[], { given, workspace, tag }: Surroundings): Pipelines {
  const runs = (path: string, name: string): Run[] =>
    (yaml(files, path).jobs ?? []).flatMap(({ job, steps, variables = [] }: Job) => {
      if (job !== name) return [];
      const grouped = Array.isArray(variables) && variables.some(({ group }: Job) => group === 'release');
      const value = (expression: string) =>
        expression
          .replace('$(Pipeline.Workspace)', workspace)
          .replace(/\$\((?:System|Build)\.\w+\)/g, known)
          .replace(/\$\((\w+)\)/g, (whole, name) => (grouped ? given(name) : whole));
      return steps.flatMap(({ script, task, inputs, env }: Job) => {
        const line = task === 'AzureCLI@2' ? inputs.inlineScript : script;
        if (!line) return [];
        const own = { ...(Array.isArray(variables) ? {} : variables), ...env };
        const token = task && inputs.addSpnToEnvironment ? { idToken: 'token api://AzureADTokenExchange' } : {};
        return {
          lines: [line],
          shell: bash,
          env: { BUILD_SOURCEBRANCH: `refs/tags/${tag}`, ...mapped(own, value), ...token },
        };
      });
    });
  const release = 'azure-pipelines.release.yml';
  return {
    check: runs('azure-pipelines.yml', 'check'),
    build: runs(release, 'build'),
    publish: runs(release, 'publish'),
  };
}

/** What empties the workspace, before Jenkins checks out again and adds what was built: here that is a folder that has just that. */
const emptied = 'find . -mindepth 1 -delete';

/** Jenkins: each `sh` has a shell, and its environment has that of its stage and of those around it. */
export function jenkins(stages: readonly Stage[], { given, workspace, tag }: Surroundings): Pipelines {
  const runs = (stage: string): Run[] =>
    stages
      .filter(({ path: [first], sh }) => first === stage && sh !== emptied)
      .map(({ sh, env }) => ({
        lines: [sh],
        shell: ['sh', '-xe', '-c'],
        env: mapped(env, (value) =>
          value
            .replace(/^credential:(\w+)$/, (_, name) => given(name))
            .replace('env:WORKSPACE_TMP', workspace)
            .replace('env:TAG_NAME', tag)
            .replace(/env:\w+/g, known),
        ),
      }));
  return { check: runs('Check'), build: runs('Build'), publish: runs('Publish') };
}

/** Of a Jenkinsfile, without Groovy: the stages one after another, as they are printed. */
function jenkinsWithoutGroovy(files: readonly File[], around: Surroundings): Pipelines {
  const stages: Stage[] = [];
  let first = '';
  let env: Record<string, string> = {};
  for (const line of text(files, 'Jenkinsfile').split('\n')) {
    first = /^ {4}stage\('(\w+)'/.exec(line)?.[1] ?? first;
    if (/ stage\('/.test(line)) env = {};
    const [, name, id] = /^ +(\w+) = credentials\('(\w+)'\)$/.exec(line) ?? [];
    if (name) env[name] = `credential:${id}`;
    const [, other, value] = /^ +(\w+) = "([^"]+)"$/.exec(line) ?? [];
    if (other) env[other] = `${value}`.replaceAll('${env.', 'env:').replaceAll('}', '');
    for (const [, sh = ''] of line.matchAll(/\bsh '([^']+)'/g)) stages.push({ path: [first], when: [], env, sh });
  }
  return jenkins(stages, around);
}

/**
 * Woodpecker: each step has a shell in a container of its own, and its environment is what its `environment` says. The release
 * continues in a clone beside the workspace: here that is a folder that has just what was built.
 */
function woodpecker(files: readonly File[], { given, workspace, tag, knows = {} }: Surroundings): Pipelines {
  const runs = (path: string, is: (name: string) => boolean): Run[] =>
    (yaml(files, `.woodpecker/${path}`).steps ?? [])
      .filter(({ name }: Job) => is(name))
      .map(({ commands, environment = {} }: Job) => ({
        lines: commands.filter((line: string) => line !== 'cd "$CI_WORKSPACE-release"'),
        shell: ['sh', '-e', '-c'],
        env: {
          // Built-in variables: https://woodpecker-ci.org/docs/usage/environment
          CI_COMMIT_TAG: tag,
          CI_PIPELINE_URL: known,
          CI_REPO_URL: known,
          CI_WORKSPACE: join(workspace, 'source'),
          ...knows,
          ...Object.fromEntries(
            Object.entries<Job>(environment).map(([name, { from_secret }]) => [name, given(from_secret)]),
          ),
        },
      }));
  return {
    check: runs('ci.yml', () => true),
    build: runs('release.yml', (name) => name === 'build'),
    publish: runs('release.yml', (name) => name !== 'build' && name !== 'checkout'),
  };
}

/** A model for each CI provider: what it runs because of its files. */
export const models: Record<string, (files: readonly File[], around: Surroundings) => Pipelines> = {
  github: (files, around) => actions(files, '.github/workflows', around),
  forgejo: (files, around) => actions(files, '.forgejo/workflows', around),
  gitlab,
  bitbucket,
  circleci,
  azure,
  jenkins: jenkinsWithoutGroovy,
  woodpecker,
};

/** What a provider runs because of its files. */
export function runsOf(provider: string, files: readonly File[], around: Surroundings): Pipelines {
  const model = models[provider];
  if (!model) throw new Error(`test/ci/files.ts has no model of ${provider}`);
  return model(files, around);
}

/** Nothing was given. */
export const nothing: Surroundings = {
  given: (name) => `value of ${name}`,
  tag: 'v1.0.0',
  names: [],
  workspace: '/workspace',
};

/** The tasks that a pipeline asks make for, in order. */
export const tasksOf = (runs: readonly Run[]): string[] =>
  runs.flatMap(({ lines }) => lines.flatMap((line) => /(?:^| )make (\w+)$/.exec(line)?.[1] ?? []));
