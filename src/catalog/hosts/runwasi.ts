/** Kubernetes with runwasi's wasmtime shim in containerd: a Job for a program, a Deployment for an HTTP component. */

import type { Host } from '../../model/axes.ts';
import type { Contribution } from '../../model/plan.ts';
import { making } from '../signing.ts';
import { notes } from '../templates.ts';
import { docker, kind } from '../tools.ts';
import { cncfWasm } from './cncf-wasm.ts';
import { deployment, dns, job, labels, manifest, type PodSpec, page, script } from './kubernetes.ts';
import { runHere, serveHere } from './wasmtime.ts';

/** The name of the RuntimeClass and of its containerd runtime, the same as in k3s. */
const runtime = 'wasmtime';

export const runwasi: Host = {
  id: 'runwasi',
  label: 'Kubernetes with runwasi',
  aliases: ['kubernetes', 'k8s', 'containerd'],
  help: 'runs modules in Pods, as Kubernetes runs containers',
  status: 'current',
  ran: 'manifests checked by kubernetes-validate and by a real API server 1.34, the artifact pulled by containerd 2.3, the tasks run with a stand-in for kubectl, and against that server with a stand-in for the node; the shim is in no package registry, so no Pod was run',
  changes: [
    {
      version: '0.3.0',
      files: ['Makefile', 'README.md', 'docs/runwasi.md'],
      why: '`make smoke` of a command checks what the Pod prints. The page says when a pull secret is needed, how to roll back, and what the first start of two Pods can report.',
    },
  ],
  kinds: ['command', 'http'],
  needsRegistry: true,
  publish: { oci: cncfWasm },
  runsAt: (module) => `as the ${module.kind === 'http' ? 'Deployment' : 'Job'} ${dns(module.name)} of the cluster`,
  contribute(module) {
    const name = dns(module.name);
    const serves = module.kind === 'http';
    // The artifact has no entrypoint.
    const parts: PodSpec = { pod: { runtimeClassName: runtime }, container: { command: [`${name}.wasm`] } };
    const local: Contribution = serves ? serveHere(module) : runHere(module);
    const cluster = serves
      ? deployment(module, parts)
      : job(module, { ...parts, container: { ...parts.container, args: ['Kubernetes'] } }, 'Kubernetes');
    return {
      ...local,
      tasks: {
        ...local.tasks,
        cluster: {
          help: 'Create a local cluster with kind, with the shim on its node',
          run: ['sh scripts/cluster.sh'],
        },
        ...cluster.tasks,
      },
      // The cluster's variables come first: they are the default of what smoke asks.
      variables: [...(cluster.variables ?? []), ...(local.variables ?? [])],
      shared: cluster.shared ?? [],
      files: [
        ...(cluster.files ?? []),
        // Not in deploy/: it belongs to the cluster and stays when the program is removed.
        manifest(
          'cluster/runtimeclass.yaml',
          'Pods that name this class run with the shim. An administrator applies it once.',
          {
            apiVersion: 'node.k8s.io/v1',
            kind: 'RuntimeClass',
            metadata: { name: runtime, labels: labels(name) },
            handler: runtime,
          },
        ),
        script('cluster.sh', 'runwasi-cluster.sh', name),
        page('runwasi', module),
      ],
      tools: [...(local.tools ?? []), ...(cluster.tools ?? []), kind, docker],
      advice: [
        serves
          ? 'Under runwasi the component listens at 0.0.0.0:8080, and its standard error goes nowhere.'
          : 'What runs to its end is a Job, never a Deployment, which would start it again and again.',
      ],
      notes: [notes(`hosts/runwasi.${serves ? 'service' : 'job'}.notes.md.ejs`, { making: making(module.kind) })],
    };
  },
};
