/** wasmCloud 2: hosts for components, on Kubernetes with an operator, locally with `wash dev`. */
import type { Host } from '../../model/axes.ts';
import { making } from '../signing.ts';
import { notes } from '../templates.ts';
import { docker, helm, kind, wash } from '../tools.ts';
import { cncfWasm } from './cncf-wasm.ts';
import { byDigest, cause, dns, inCluster, labels, manifest, page, script, served } from './kubernetes.ts';
import { asked, listen, url } from './local.ts';

/** The port of a node that `make cluster` forwards from port 80 of this machine. */
const nodePort = 30950;

export const wasmcloud: Host = {
  id: 'wasmcloud',
  label: 'wasmCloud',
  aliases: ['wasm-cloud', 'wash'],
  help: 'version 2: web handlers in Kubernetes, on many machines',
  status: 'current',
  ran: 'served, and checked against the contract, by `wash dev` 2.10; manifests checked by the fields of runtime-operator 2.10 and a real API server 1.34, the tasks run with a stand-in for kubectl; the operator is in no package registry',
  kinds: ['http'],
  needsRegistry: true,
  publish: { oci: cncfWasm },
  runsAt: (module) => `as the WorkloadDeployment ${dns(module.name)} of the cluster`,
  contribute(module) {
    const name = dns(module.name);
    const cluster = served(module, 'workloaddeployment');
    return {
      tasks: {
        serve: {
          help: 'Serve the component at http://$LISTEN with wash, and rebuild on changes',
          needs: ['build'],
          run: [`WASH_DEV='{address="$LISTEN"}' exec wash --non-interactive dev`],
        },
        cluster: {
          help: 'Create a local cluster with kind and wasmCloud',
          run: ['sh scripts/cluster.sh'],
        },
        ...cluster.tasks,
        // Not with port forwarding: hosts check the Host header, and the Service has no Pods.
        smoke: asked(module),
        logs: {
          help: 'Show the logs of the wasmCloud hosts',
          run: [`@${inCluster('logs --selector wasmcloud.com/hostgroup=default --prefix --tail 100')}`],
        },
      },
      variables: [listen, url],
      shared: cluster.shared?.filter(({ path }) => path !== 'scripts/smoke.mjs') ?? [],
      files: [
        manifest('.wash/config.yaml', 'How wash builds and serves the component. It listens on this machine alone.', {
          build: { command: 'make build', component_path: module.artifact },
          dev: { address: '127.0.0.1:3000' },
          workload: { allowedHosts: [] },
          wit: { skip_fetch: true },
        }),
        manifest('deploy/workload.yaml', byDigest, {
          apiVersion: 'runtime.wasmcloud.dev/v1alpha1',
          kind: 'WorkloadDeployment',
          metadata: { name, labels: labels(name), annotations: cause },
          spec: {
            replicas: 2,
            template: {
              spec: {
                hostSelector: { hostgroup: 'default' },
                kubernetes: { service: { name } },
                components: [
                  {
                    name,
                    image: `${module.image}:latest`,
                    imagePullSecret: { name: `${name}-pull` },
                    localResources: { allowedHosts: [] },
                  },
                ],
                hostInterfaces: [
                  {
                    namespace: 'wasi',
                    package: 'http',
                    interfaces: ['incoming-handler'],
                    config: { host: 'localhost' },
                  },
                ],
              },
            },
          },
        }),
        manifest('deploy/service.yaml', 'The operator keeps its endpoints. `make cluster` forwards the node’s port.', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, labels: labels(name) },
          spec: { type: 'NodePort', ports: [{ name: 'http', port: 80, nodePort }] },
        }),
        script('cluster.sh', 'wasmcloud-cluster.sh', name),
        page('wasmcloud', module),
      ],
      matchers: {
        serve: [
          {
            owner: 'wash',
            pattern: { regexp: '^Error: (.*)$', message: 1 },
            background: { activeOnStart: true, beginsPattern: '^make', endsPattern: 'listening for HTTP requests' },
          },
        ],
      },
      tools: [wash, ...(cluster.tools ?? []), helm, kind, docker],
      notes: [notes('hosts/wasmcloud.notes.md.ejs', { making: making(module.kind) })],
    };
  },
};
