/** VS Code in a dev container (https://containers.dev): its files, and an image in which `make setup` installs the tools. */
import { toJson } from '../../lib/json.ts';
import type { Editor } from '../../model/axes.ts';
import type { Choices } from '../../model/choices.ts';
import { usesMise } from '../../model/pipeline.ts';
import type { Plan } from '../../model/plan.ts';
import { getMise, nodeImage } from '../tools.ts';
import { vscode } from './vscode.ts';

export const devcontainer: Editor = {
  id: 'devcontainer',
  label: 'VS Code in a dev container',
  aliases: ['dev-container', 'container', 'codespaces'],
  help: 'the files of VS Code, and a container with the tools',
  status: 'current',
  ran: 'devcontainer.json read by the Dev Container CLI; in `npm run test:extended`, the images of four projects built by Podman on a Debian with Node and rustc instead of the base image, and `make setup build test` run in them by their user; not opened in VS Code, and Codespaces was not tried',
  callsTasks: true,
  start:
    'In VS Code, choose **Dev Containers: Reopen in Container**, which runs `make setup`; a codespace on GitHub does the same. Or without a container:',
  render: vscode.render,
  root: (choices, plans) => [
    ...vscode.root(choices, plans),
    { path: '.devcontainer/Dockerfile', text: dockerfile(plans) },
    { path: '.devcontainer/devcontainer.json', text: toJson(configuration(choices, plans)) },
  ],
};

/** The image of CI jobs. It has git, make, a C compiler and the user: https://github.com/nodejs/docker-node */
const dockerfile = (plans: readonly Plan[]): string =>
  [
    `FROM ${nodeImage}`,
    ...(plans.some(usesMise) ? [`RUN ${getMise}`, 'ENV PATH=/home/node/.local/share/mise/shims:$PATH'] : []),
    'USER node\n',
  ].join('\n');

/** Debuggers of programs that run without tracing them. */
const interpreted = ['debugpy', 'node'];

/** https://containers.dev/implementors/json_reference */
function configuration({ name }: Choices, plans: readonly Plan[]): object {
  const ports = plans.flatMap(({ tasks, variables }) =>
    tasks.serve ? variables.flatMap((one) => (one.name === 'LISTEN' ? Number(one.value.split(':')[1]) : [])) : [],
  );
  const traces = plans.some(({ launch }) => launch.some(({ type }) => !interpreted.includes(type)));
  return {
    name,
    build: { dockerfile: 'Dockerfile' },
    // As the features for Rust and Go do: https://github.com/devcontainers/features/blob/main/src/rust/devcontainer-feature.json
    ...(traces && { capAdd: ['SYS_PTRACE'], securityOpt: ['seccomp=unconfined'] }),
    // Prebuilds of Codespaces run this command, and not postCreateCommand.
    updateContentCommand: 'make setup',
    ...(ports.length > 0 && { forwardPorts: [...new Set(ports)] }),
    customizations: { vscode: { extensions: [...new Set(plans.flatMap(({ extensions }) => extensions))] } },
  };
}
