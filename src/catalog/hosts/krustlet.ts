/** Krustlet: a Kubernetes node for WebAssembly modules. Archived; the module and the Job also work elsewhere. */
import type { Host } from '../../model/axes.ts';
import { making } from '../signing.ts';
import { notes } from '../templates.ts';
import { dns, job, page } from './kubernetes.ts';
import { wasmToOci } from './wasm-to-oci.ts';
import { runHere } from './wasmtime.ts';

/** Label and taints of a Krustlet node. */
const arch = { key: 'kubernetes.io/arch', value: 'wasm32-wasi' };

export const krustlet: Host = {
  id: 'krustlet',
  label: 'Krustlet',
  help: 'runs WebAssembly as a Kubernetes node; archived in 2023',
  status: 'legacy',
  ended: 'archived in 2023',
  ran: 'manifests checked by kubernetes-validate and by a real API server 1.34, the module pulled by oci-distribution 0.8, which is Krustlet’s own client, the tasks run with a stand-in for kubectl, and against that server with a stand-in for the node; Krustlet itself is in no package registry',
  changes: [
    {
      version: '0.3.0',
      files: ['Makefile', 'README.md', 'AGENTS.md', '*.yaml', 'docs/krustlet.md'],
      why: 'The manifests give the name of the program before its arguments, the first of which Krustlet took for it; `make smoke` checks what the Pod prints.',
    },
    {
      version: '0.3.0',
      files: ['docs/krustlet.md'],
      why: 'One command changes to a current host and keeps your edits.',
    },
    {
      version: '0.2.0',
      files: ['deploy/job.yaml', 'deploy/pod.yaml', 'docs/krustlet.md', 'scripts/krustlet.sh', 'scripts/deploy.sh'],
      why: 'The pushed digest is deployed, also if its tag moves; `make diff` shows what a deployment would change.',
    },
  ],
  kinds: ['command'],
  needsRegistry: true,
  publish: { oci: wasmToOci },
  runsAt: (module) => `as the Job ${dns(module.name)} of the cluster`,
  contribute(module) {
    const local = runHere(module);
    const cluster = job(
      module,
      {
        pod: {
          nodeSelector: { [arch.key]: arch.value },
          tolerations: ['NoSchedule', 'NoExecute'].map((effect) => ({ ...arch, operator: 'Equal', effect })),
        },
        // Krustlet passes them without a program name of its own, and ignores `command`.
        container: { args: [dns(module.name), 'Krustlet'] },
      },
      'Krustlet',
    );
    return {
      ...local,
      tasks: { ...local.tasks, ...cluster.tasks },
      shared: cluster.shared ?? [],
      files: [...(cluster.files ?? []), page('krustlet', module)],
      tools: [...(local.tools ?? []), ...(cluster.tools ?? [])],
      advice: [
        `Krustlet runs a program to its end: Jobs and Pods, never a Deployment. It reads single keys of \`env\` and ignores \`envFrom\` and \`command\`; the first of \`args\` is the name of the program.`,
      ],
      notes: [notes('hosts/krustlet.notes.md.ejs', { making: making(module.kind) })],
    };
  },
};
