/** What the files of each CI provider make run: pieces of shell with their environment, as the provider's documentation has it. */
import { parse } from 'yaml';
import type { File } from '../../src/plan.ts';

/** One shell and the lines that it runs. */
export interface Run {
  lines: string[];
  /** The words that start the shell, before the script. */
  shell: string[];
  /** What the file, and the provider because of it, put into the environment. */
  env: Record<string, string>;
}
export interface Pipelines {
  check: Run[];
  release: Run[];
}

/** What a provider was told outside of its files, and where it works. */
export interface Surroundings {
  /** The value of a secret or a setting that somebody gave to the provider. */
  given(name: string): string;
  /** Names of all that was given. */
  names: string[];
  /** A folder for what the provider keeps beside the sources. */
  workspace: string;
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
function actions(files: readonly File[], folder: string, { given }: Surroundings): Pipelines {
  const value = (expression: string) =>
    expression.replace(/\$\{\{ (\w+)\.(\w+) \}\}/g, (_, context, name) =>
      context === 'secrets' || context === 'vars' ? given(name) : known,
    );
  const runs = (path: string): Run[] =>
    Object.values(yaml(files, `${folder}/${path}`).jobs ?? {}).flatMap((job) =>
      (job as Job).steps
        .filter(({ run }: Job) => run)
        .map(({ run, env }: Job) => ({ lines: [run], shell: bash, env: mapped(env, value) })),
    );
  return { check: runs('ci.yml'), release: runs('release.yml') };
}

/** Variables that GitLab has in every job. */
const ofGitlab = ['CI_JOB_URL', 'CI_PROJECT_URL', 'CI_CONFIG_PATH', 'CI_COMMIT_TAG', 'CI_SERVER_URL'];

/** GitLab: a job has one shell, and its environment has the variables of its `environment` and its identity tokens. */
function gitlab(files: readonly File[], { given, names, workspace }: Surroundings): Pipelines {
  const runs = (job: Job | undefined): Run[] => {
    if (!job) return [];
    const scoped = job.environment?.name === 'release' ? names : [];
    const env = {
      ...Object.fromEntries(ofGitlab.map((name) => [name, known])),
      ...Object.fromEntries(scoped.map((name) => [name, given(name)])),
      CI_REGISTRY_USER: known,
      CI_REGISTRY_PASSWORD: known,
      ...mapped(job.variables, (value) => value.replace('$CI_PROJECT_DIR', workspace)),
      ...mapped(job.id_tokens, (token) => `token ${token}`),
    };
    return [{ lines: job.script, shell: bash, env }];
  };
  const file = yaml(files, '.gitlab-ci.yml');
  return { check: runs(file.check), release: runs(file.release) };
}

/** Bitbucket: a step has one shell, and its environment has the variables of its deployment. */
function bitbucket(files: readonly File[], { given, names }: Surroundings): Pipelines {
  const { branches, tags } = yaml(files, 'bitbucket-pipelines.yml').pipelines ?? {};
  const runs = (steps: Job[] = []): Run[] =>
    steps.map(({ step }) => ({
      lines: step.script,
      shell: bash,
      env: {
        BITBUCKET_REPO_FULL_NAME: known,
        BITBUCKET_BUILD_NUMBER: known,
        ...(step.deployment === 'release' && Object.fromEntries(names.map((name) => [name, given(name)]))),
      },
    }));
  return { check: runs(branches?.main), release: runs(tags?.['v*']) };
}

/** CircleCI: each step has a shell, which it or its job may name, and its environment has the context of the job. */
function circleci(files: readonly File[], { given, names }: Surroundings): Pipelines {
  const { jobs = {}, workflows = {} } = yaml(files, '.circleci/config.yml');
  const runs = (name: string): Run[] => {
    const job = jobs[name];
    const [used] = (workflows[name]?.jobs ?? []).map((one: Job | string) => (typeof one === 'string' ? {} : one[name]));
    const env = {
      CIRCLE_BUILD_URL: known,
      CIRCLE_ORGANIZATION_ID: known,
      ...(used?.context === 'release' && Object.fromEntries(names.map((name) => [name, given(name)]))),
    };
    return (job?.steps ?? []).flatMap(({ run }: Job) => {
      if (!run) return [];
      const { command, shell } = typeof run === 'string' ? { command: run, shell: undefined } : run;
      return { lines: [command], shell: [...(shell ?? job.shell ?? '/bin/bash -eo pipefail').split(' '), '-c'], env };
    });
  };
  return { check: runs('check'), release: runs('release') };
}

/** Azure: each step has a shell; a secret is in its environment where the step says so, and a variable of the job always. */
function azure(files: readonly File[], { given, workspace }: Surroundings): Pipelines {
  const runs = (path: string): Run[] =>
    (yaml(files, path).jobs ?? []).flatMap(({ steps, variables = [] }: Job) => {
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
        return { lines: [line], shell: bash, env: { ...mapped(own, value), ...token } };
      });
    });
  return { check: runs('azure-pipelines.yml'), release: runs('azure-pipelines.release.yml') };
}

/** Jenkins: each `sh` has a shell, and its environment has that of its stage and of those around it. */
export function jenkins(stages: readonly Stage[], { given, workspace }: Surroundings): Pipelines {
  const runs = (condition: string): Run[] =>
    stages
      .filter(({ when }) => when.includes(condition))
      .map(({ sh, env }) => ({
        lines: [sh],
        shell: ['sh', '-xe', '-c'],
        env: mapped(env, (value) =>
          value
            .replace(/^credential:(\w+)$/, (_, name) => given(name))
            .replace('env:WORKSPACE_TMP', workspace)
            .replace(/env:\w+/g, known),
        ),
      }));
  return { check: runs('not buildingTag'), release: runs('tag v*') };
}

/** Of a Jenkinsfile, without Groovy: the stages one after another, as they are printed. */
function jenkinsWithoutGroovy(files: readonly File[], around: Surroundings): Pipelines {
  const stages: Stage[] = [];
  let when = '';
  let env: Record<string, string> = {};
  for (const line of text(files, 'Jenkinsfile').split('\n')) {
    if (line.includes('when {')) when = line.includes('buildingTag') ? 'not buildingTag' : 'tag v*';
    if (/ stage\('/.test(line)) env = {};
    const [, name, id] = /^ +(\w+) = credentials\('(\w+)'\)$/.exec(line) ?? [];
    if (name) env[name] = `credential:${id}`;
    const [, other, value] = /^ +(\w+) = "([^"]+)"$/.exec(line) ?? [];
    if (other) env[other] = `${value}`.replaceAll('${env.', 'env:').replaceAll('}', '');
    const [, sh] = /sh '([^']+)'/.exec(line) ?? [];
    if (sh) stages.push({ path: [], when: [when], env, sh });
  }
  return jenkins(stages, around);
}

/** What a provider runs because of its files. */
export function runsOf(provider: string, files: readonly File[], around: Surroundings): Pipelines {
  switch (provider) {
    case 'github':
      return actions(files, '.github/workflows', around);
    case 'forgejo':
      return actions(files, '.forgejo/workflows', around);
    case 'gitlab':
      return gitlab(files, around);
    case 'bitbucket':
      return bitbucket(files, around);
    case 'circleci':
      return circleci(files, around);
    case 'azure':
      return azure(files, around);
    case 'jenkins':
      return jenkinsWithoutGroovy(files, around);
    default:
      throw new Error(`What ${provider} makes of its files is not written down in test/ci/files.ts`);
  }
}

/** Nothing was given. */
export const nothing: Surroundings = { given: (name) => `value of ${name}`, names: [], workspace: '/workspace' };

/** The tasks that a pipeline asks make for, in order. */
export const tasksOf = (runs: readonly Run[]): string[] =>
  runs.flatMap(({ lines }) => lines.flatMap((line) => /(?:^| )make (\w+)$/.exec(line)?.[1] ?? []));
