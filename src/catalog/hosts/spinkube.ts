/** SpinKube: Spin on Kubernetes. Its operator makes a Deployment and a Service of a SpinApp. */
import type { Host } from '../../model/axes.ts';
import { making } from '../signing.ts';
import { notes } from '../templates.ts';
import { docker, helm, k3d } from '../tools.ts';
import {
  byDigest,
  cause,
  dns,
  guarded,
  inCluster,
  labels,
  manifest,
  page,
  pullSecrets,
  resources,
  script,
  served,
} from './kubernetes.ts';
import { leaving, spinHere } from './spin.ts';
import { spinRegistry } from './spin-registry.ts';

export const spinkube: Host = {
  id: 'spinkube',
  label: 'SpinKube',
  aliases: ['spin-kube', 'spin-operator'],
  help: 'Spin in Kubernetes, for web handlers',
  status: 'current',
  ran: '`spin.toml` checked by its schema, manifests by the fields of spin-operator 0.6 and a real API server 1.34, the tasks run with stand-ins for kubectl and Spin',
  notRun: 'Spin, SpinKube’s operator and its shim are in no package registry',
  kinds: ['http', 'wagi'],
  needsRegistry: true,
  publish: { oci: spinRegistry },
  runsAt: (module) => `as the SpinApp ${dns(module.name)} of the cluster`,
  contribute(module) {
    const name = dns(module.name);
    const local = spinHere(module);
    // The operator makes a Deployment of the same name, a moment after the SpinApp.
    const cluster = served(module, 'spinapp');
    return {
      ...local,
      tasks: {
        ...local.tasks,
        cluster: {
          help: 'Create a local cluster with k3d and SpinKube',
          run: ['sh scripts/cluster.sh'],
        },
        ...cluster.tasks,
        logs: { help: 'Show the logs of the Pods', run: [`@${inCluster(`logs deployment/${name} --all-pods`)}`] },
      },
      variables: [...(local.variables ?? []), ...(cluster.variables ?? [])],
      shared: [...(local.shared ?? []), ...(cluster.shared ?? [])],
      files: [
        ...(local.files ?? []),
        manifest('deploy/spinapp.yaml', byDigest, {
          apiVersion: 'core.spinkube.dev/v1alpha1',
          kind: 'SpinApp',
          metadata: { name, labels: labels(name), annotations: cause },
          spec: {
            image: `${module.image}:latest`,
            imagePullSecrets: pullSecrets(name),
            executor: 'containerd-shim-spin',
            replicas: 2,
            checks: { readiness: { httpGet: { path: '/' } }, liveness: { httpGet: { path: '/' } } },
            resources: resources(module),
          },
        }),
        // The operator's label of the Pods and its name for their port: pkg/spinapp/spinapp.go of spin-operator 0.6.
        ...guarded(name, { 'core.spinkube.dev/app-name': name }, 'http-app'),
        script('cluster.sh', 'spinkube-cluster.sh', name),
        page('spinkube', module),
      ],
      tools: [...(local.tools ?? []), ...(cluster.tools ?? []), helm, k3d, docker],
      notes: [notes('hosts/spinkube.notes.md.ejs', { making: making(module.kind) }), ...leaving(module)],
    };
  },
};
