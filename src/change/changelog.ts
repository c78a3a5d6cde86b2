/**
 * The changes of each version: new features, and changes of generated files with the reason. A value of a question has its own
 * changes (`Option.changes`); those for all projects are here.
 */

import { axes, find } from '../catalog/axes.ts';
import type { Change, Option } from '../model/choices.ts';
import { moduleChoices } from '../plan/modules.ts';
import { isNewer, type ProjectState } from '../project/state.ts';

/** The released versions with their new features, newest first. */
const releases: { version: string; news: string[] }[] = [
  {
    version: '0.3.0',
    news: [
      '`upgrade` gives the reason for each change, also upgrades projects of the original yo-wasm, and restores a file with `--restore`.',
      '`help`, `list`, `version` and `completion` explain the command line; values have aliases, and misspelt words are answered by the nearest one.',
      '`contract` checks a module or a running server against every case of its kind.',
      '`doctor` checks tools, pins, edited files and the secrets of CI, and gives the command that fixes each problem.',
      '`explain` shows a project as one HTML page or as JSON: modules, pipelines, tasks and releases, or what `ci` would add.',
      '`workshop` writes a workshop: lessons with checks in AssemblyScript, C and Rust, from a first module to a signed one, in English and German.',
      'Editors: a dev container for VS Code and Codespaces (`--editor devcontainer`), and EditorConfig for Zed, Helix, Neovim and JetBrains IDEs (`--editor other`); `editor` changes the editor of a project.',
      'CI: Woodpecker.',
    ],
  },
  {
    version: '0.2.0',
    news: [
      'Hosts: Spin, runwasi, SpinKube, wasmCloud and wazero.',
      'CI: Azure Pipelines, CircleCI, Jenkins, Bitbucket Pipelines and Forgejo Actions.',
      'Registries: Docker Hub, Amazon ECR, Google Artifact Registry, GitLab and Bindle.',
      'Releases are signed, with an SBOM and provenance; `make ship` is all of a release in one step.',
      'Go for `wasi:http`.',
      '`ci`, `host`, `registry`, `language`, `vscode` and `upgrade` change an existing project and keep your edits; `--abort` undoes the last change.',
      '`ci` adds CI to an existing project.',
    ],
  },
  {
    version: '0.1.0',
    news: [
      'Projects in eleven languages and three kinds, one module or several, for WAGI, wasmtime and Krustlet, with CI for GitHub and GitLab and the files of VS Code.',
    ],
  },
];

/** The manifests and the pages of hosts on Kubernetes. */
const clusterFiles = [
  ...['job', 'pod', 'config', 'deployment', 'networkpolicy', 'poddisruptionbudget', 'spinapp', 'workload'].map(
    (name) => `deploy/${name}.yaml`,
  ),
  '.wash/config.yaml',
];

const everyProject: Change[] = [
  {
    version: '0.3.0',
    files: ['scripts/deploy.sh', 'scripts/context.sh', 'scripts/smoke.mjs'],
    why: 'Tasks for a cluster show the context and the namespace and ask first; without a terminal, CONTEXT and NAMESPACE name them. `make ship` asks before it builds, and `make deploy` creates a namespace that does not exist. If the connection breaks, `make smoke` starts the port forwarding again; Ctrl-C removes its Pod also where sh is dash. A missing kubectl or oras, and a registry that does not answer, are named.',
  },
  {
    version: '0.3.0',
    files: ['scripts/deploy.sh', 'scripts/reasons.tmpl'],
    why: 'While it waits, `make deploy` says why a Pod does not start; it stops at once if waiting cannot help, and otherwise after TIMEOUT seconds.',
  },
  {
    version: '0.3.0',
    files: ['scripts/deploy.sh', ...clusterFiles],
    why: '`make deploy` adds the pull secret only if the registry requires credentials, reports first if it is missing, and records the tag, so it can say that it rolls back. Pods keep to the restricted Pod Security Standard and request the memory that they need; a server has a NetworkPolicy and a PodDisruptionBudget.',
  },
  {
    version: '0.3.0',
    files: [...clusterFiles],
    why: 'LOG_LEVEL and API_TOKEN, which no program read, are removed, and so is the ConfigMap with them: `kubectl delete configmap NAME` removes it from a cluster.',
  },
  {
    version: '0.3.0',
    files: ['Makefile', 'wasm.mk', 'README.md', 'scripts/doctor.sh', 'contract/run.mjs'],
    why: 'The first command says what is missing: `make setup`, `make doctor` and the README give the command that installs mise, and `make smoke` says that no server listens. A signal that ends `make serve` ends the server too.',
  },
  {
    version: '0.3.0',
    modules: true,
    files: ['*.sh', '*.mjs', '*.py', '.gitattributes', 'Makefile', 'AGENTS.md'],
    why: 'In a project of several modules, the scripts and the contract runner that all modules share are in the root folder once. Your edits move with them; if two copies have different edits, upgrade reports a conflict.',
  },
  {
    version: '0.3.0',
    files: [
      'Makefile',
      '*.md',
      '*.sh',
      '*.mjs',
      'spin.toml',
      'modules.toml',
      'HIPPOFACTS',
      '*.yaml',
      '.circleci/config.yml',
      '.gitlab-ci.yml',
      'bitbucket-pipelines.yml',
      '.forgejo/workflows/ci.yml',
      '.forgejo/workflows/release.yml',
      ...['js', 'ts'].flatMap((end) => [`src/url.${end}`, `tests/bytes.test.${end}`]),
    ],
    why: 'Documentation, comments, task descriptions and messages are in plain words.',
  },
  {
    version: '0.3.0',
    files: ['contract/run.mjs', ...['command', 'http', 'wagi'].map((kind) => `contract/${kind}.json`), 'README.md'],
    why: 'A project has the 12 to 16 contract cases that explain its program; `generator-wasm contract` checks all of them. Cases that you added or changed stay. The runner has only the code that the kinds of the project need.',
  },
  {
    version: '0.3.0',
    files: ['renovate.json', '.yo-rc.json', 'README.md', 'docs/krustlet.md', '.circleci/config.yml', '.clang-tidy'],
    why: 'JSON, Markdown and YAML are formatted as Prettier does it, so that a check of the repository passes.',
  },
  {
    version: '0.3.0',
    files: [
      'Makefile',
      'README.md',
      'mise.toml',
      'AGENTS.md',
      'scripts/sign.sh',
      'scripts/sbom.mjs',
      'scripts/packages.py',
    ],
    why: 'The SBOM lists what is compiled into the module, by the language’s own tools: its packages, the standard library, libc, a JavaScript engine or CPython. syft, which listed the repository with linters and test tools instead, is no longer installed.',
  },
  {
    version: '0.3.0',
    files: [
      'Makefile',
      'README.md',
      'AGENTS.md',
      '.vscode/tasks.json',
      '.github/workflows/release.yml',
      '.gitlab-ci.yml',
      'azure-pipelines.release.yml',
      '.circleci/config.yml',
      'Jenkinsfile',
      'bitbucket-pipelines.yml',
      '.forgejo/workflows/release.yml',
      'scripts/tag.sh',
      'scripts/push.mjs',
      'docs/runwasi.md',
      'docs/spinkube.md',
      'docs/wasmcloud.md',
    ],
    why: 'A release is built by one job and published by another: the job that runs third-party code can neither push nor sign, and `push`, `sign` and `verify` compile nothing. `make checksums` and `make intact` check what is handed over. The tag is the one that started the run, instead of the output of `git describe`.',
  },
  {
    version: '0.3.0',
    files: [
      'Makefile',
      'README.md',
      'scripts/push.mjs',
      'scripts/push.sh',
      'scripts/tag.mjs',
      'scripts/source.mjs',
      'scripts/sign.sh',
      'scripts/verify.sh',
      'scripts/verify.mjs',
      'scripts/provenance.mjs',
    ],
    why: 'A release can be run again: `push` never moves a tag, also with Spin, and creates a repository that does not exist; `sign` adds only what is missing. The provenance has the https address of the repository, the workflow as its builder, the tasks that built the module, and a page that describes its build type; `verify` checks certificate and provenance against the commit, the repository and the workflow, so modules that were signed before this version must be signed again.',
  },
  {
    version: '0.3.0',
    files: [
      '.github/workflows/ci.yml',
      '.github/workflows/wasm.yml',
      '.forgejo/workflows/ci.yml',
      '.forgejo/workflows/wasm.yml',
      '.gitlab-ci.yml',
      '.gitlab/wasm.gitlab-ci.yml',
      'azure-pipelines.yml',
      'Jenkinsfile',
    ],
    why: 'A push to a pull request cancels the run of the last one, but not a run of the main branch. Only the step that installs the tools gets the token of the job. On GitHub, CI also runs in merge queues, by hand, and each week on macOS; on GitLab, each job has a timeout of 20 minutes.',
  },
  {
    version: '0.3.0',
    files: [
      'Makefile',
      'scripts/secret.sh',
      'scripts/login.sh',
      'scripts/identity.mjs',
      'scripts/bindle.mjs',
      'scripts/sign.sh',
      'scripts/verify.sh',
      '.github/workflows/release.yml',
      '.gitlab-ci.yml',
      '.circleci/config.yml',
    ],
    why: 'If one CI signs with a key, the others still sign without one (`KEYLESS`). A key may be in base64, in a file variable of GitLab, or with its lines joined. Variables that are not set in Azure Pipelines count as not set.',
  },
  {
    version: '0.3.0',
    files: ['mise.toml', 'AGENTS.md', '.gitignore'],
    why: 'Several modules have a `mise.toml` at the root with the tools of all of them, so CI installs and caches them; mise reads it in the folders of the modules too, which have none of their own. `AGENTS.md` is there too, and a `.gitignore` if a CI keeps its cache there.',
  },
  {
    version: '0.3.0',
    files: ['Makefile', 'scripts/doctor.sh', 'scripts/secret.sh', 'scripts/ship.sh'],
    why: 'The tasks run without bash and with the tools of BusyBox. `make doctor` names only a package manager that the system has and looks only for what the tasks call, and `make ship` accepts untracked links without a target and untracked repositories.',
  },
  {
    version: '0.3.0',
    files: ['package.json', 'package-lock.json', 'Cargo.toml'],
    why: 'The manifests have the licence of the project and the oldest supported version of Node or Rust. `npm test` runs `make test`, and clippy finds `dbg!`, `todo!` and `println!`, which panics if it cannot write.',
  },
  {
    version: '0.3.0',
    files: ['scripts/doctor.sh'],
    why: 'A number in the error of a tool that fails is no longer read as its version.',
  },
  {
    version: '0.3.0',
    files: ['Makefile', 'README.md', '.vscode/tasks.json', 'scripts/measure.mjs'],
    why: '`make help` lists the tasks in groups, without those that only CI or the editor calls. `make optimize` prints only the sizes; `make precompile` also measures the start (`RUNS=20` for 20 times).',
  },
  {
    version: '0.3.0',
    files: ['README.md', 'docs/release.md'],
    why: 'The README is in the order of use: run it, your code, everyday commands, release, host. It names the commands that change, upgrade and examine the project. `docs/release.md` describes how to set up the registry, CI and signing.',
  },
  {
    version: '0.3.0',
    files: [
      'mise.toml',
      '.config/mise/conf.d/wasm.toml',
      'go.mod',
      'rust-toolchain.toml',
      'scripts/cluster.sh',
      'scripts/doctor.sh',
    ],
    why: 'The tools are newer releases. mise can install wasi-sdk, whose tags begin with `wasi-sdk-`.',
  },
  {
    version: '0.3.0',
    files: ['renovate.json', '.github/dependabot.yml', 'README.md'],
    why: 'Renovate replaces Dependabot if there is a `mise.toml`, which Dependabot does not read.',
  },
  {
    version: '0.3.0',
    files: ['renovate.json', 'mise.toml', '.config/mise/conf.d/wasm.toml'],
    why: 'An existing project gets only the tools that its tasks call, and its bot reads only files that exist.',
    adopted: true,
  },
  {
    version: '0.3.0',
    files: [
      'Makefile',
      'wasm.mk',
      'mise.toml',
      '.config/mise/conf.d/wasm.toml',
      '.github/dependabot.yml',
      'renovate.json',
    ],
    why: 'CI runs the repository’s own build: the commands of `spin.toml`, `wasmcloud.toml` and `.wash/config.yaml`, tasks of make, just and Task, the package manager of the lock file. Native members and host programs are left out, every program of a Go module is built, and git ignores the output of builds.',
    adopted: true,
  },
  {
    version: '0.3.0',
    files: [
      '.github/workflows/ci.yml',
      '.github/workflows/wasm.yml',
      '.gitlab-ci.yml',
      '.gitlab/wasm.gitlab-ci.yml',
      'azure-pipelines.yml',
      'azure-pipelines.wasm.yml',
      '.circleci/config.yml',
      '.circleci/wasm.yml',
      'Jenkinsfile',
      'Jenkinsfile.wasm',
      'bitbucket-pipelines.yml',
      '.forgejo/workflows/ci.yml',
      '.forgejo/workflows/wasm.yml',
    ],
    why: 'CI fetches submodules and the files of Git LFS, and calls only existing tasks.',
    adopted: true,
  },
  {
    version: '0.3.0',
    files: ['Makefile', 'wasm.mk', '.github/dependabot.yml'],
    why: 'Names of folders and files with spaces, or with special characters of the shell, make or YAML, are quoted.',
    adopted: true,
  },
  {
    version: '0.2.0',
    files: ['Makefile', 'scripts/doctor.sh'],
    why: 'Each rule first asks `scripts/doctor.sh` for the tools that it calls, so a missing or old one is reported with the command that installs it, before anything is compiled.',
  },
  {
    version: '0.2.0',
    files: [
      'scripts/push.sh',
      'scripts/push-component.sh',
      'scripts/push.mjs',
      'scripts/layout.mjs',
      'scripts/sign.sh',
      'scripts/verify.sh',
      'scripts/provenance.mjs',
      'scripts/ship.sh',
      '.vscode/tasks.json',
      'AGENTS.md',
      '.gitignore',
      'mise.toml',
    ],
    why: 'Releases are signed, with an SBOM: `make sbom`, `sign` and `verify` are new, and `make ship` runs a whole release. One script pushes every layout, and sets the tag last, so that an interrupted push publishes nothing.',
  },
  {
    version: '0.2.0',
    files: ['renovate.json', '.github/dependabot.yml'],
    why: 'Dependabot proposes versions if all CI is GitHub’s, otherwise Renovate: two bots would propose each version twice.',
  },
  {
    version: '0.2.0',
    files: ['README.md'],
    why: 'The README describes how to release and verify, and when CI runs which tasks.',
  },
];

/** A change with its scope: `Every project`, some of them, or the label of a value. */
export interface Reason extends Change {
  of: string;
}

const reasonsOf = (of: string, changes: readonly Change[] = []): Reason[] => changes.map((one) => ({ of, ...one }));

const commonReasons: Reason[] = everyProject.map((one) => ({
  of: one.adopted ? 'Existing projects' : one.modules ? 'Several modules' : 'Every project',
  ...one,
}));

const axisNames = Object.keys(axes) as (keyof typeof axes)[];

/** The axis values of a project. */
function chosen({ choices, adopted }: ProjectState): Option[] {
  const modules = choices?.module ? moduleChoices(choices) : [choices];
  const values: (Option | undefined)[] = adopted
    ? [
        ...adopted.projects.map(({ language }) => find(axes.language, language)),
        ...adopted.ci.map((id) => find(axes.ci, id)),
      ]
    : modules.flatMap((module) =>
        axisNames.flatMap((key) =>
          [{ ...module, ci: choices?.ci }[key]].flat().map((id) => find<Option>(axes[key], id)),
        ),
      );
  return [...new Set(values)].filter((option) => option !== undefined);
}

/** The changes since version `from` that touch these paths, oldest first. */
export function reasons(state: ProjectState, from: string, paths: readonly string[]): Reason[] {
  const all = [...commonReasons, ...chosen(state).flatMap(({ label, changes }) => reasonsOf(label, changes))];
  return all
    .filter(
      ({ version, files, adopted, modules }) =>
        isNewer(version, from) &&
        (!adopted || state.adopted) &&
        (!modules || state.choices?.module) &&
        files.some((file) => paths.some((path) => isAt(path, file))),
    )
    .sort((a, b) => (a.version === b.version ? 0 : isNewer(a.version, b.version) ? 1 : -1));
}

/** Whether a path is this file of the project or of one of its modules; `*.md` matches any file with that ending. */
const isAt = (path: string, file: string) =>
  file.startsWith('*') ? path.endsWith(file.slice(1)) : path === file || path.endsWith(`/${file}`);

/** CHANGELOG.md. */
export function changelog(): string {
  const values: Reason[] = axisNames.flatMap((key) =>
    axes[key].flatMap(({ id, changes }) => reasonsOf(`\`--${key} ${id}\``, changes)),
  );
  const all = [...commonReasons, ...values];
  const sections = releases.map(({ version, news }) => {
    const changes = all.filter((one) => one.version === version);
    return [
      `## ${version}\n\n${news.map((line) => `- ${line}\n`).join('')}`,
      ...(changes.length > 0
        ? [
            `What \`generator-wasm upgrade\` changes in projects of an older version, and why:\n\n${changes.map(({ of, why }) => `- **${of}**: ${why}\n`).join('')}`,
          ]
        : []),
    ].join('\n');
  });
  return `# Changelog\n\n${sections.join('\n')}`;
}
