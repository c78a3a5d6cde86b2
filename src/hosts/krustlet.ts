/** Krustlet: a Kubernetes node that runs WebAssembly modules. Archived; the module and its Job outlive it elsewhere. */
import { stringify } from 'yaml';
import type { Built, File, Host } from '../plan.ts';
import { named, templateText } from '../templates.ts';
import { kubectl, oras } from '../tools.ts';
import { wasmToOci } from './wasm-to-oci.ts';
import { runHere } from './wasmtime.ts';

/** Label and taints of a Krustlet node. */
const arch = { key: 'kubernetes.io/arch', value: 'wasm32-wasi' };

/** A Kubernetes name: no underscores. */
const dns = (name: string) => name.replaceAll('_', '-');

export const krustlet: Host = {
  id: 'krustlet',
  label: 'Krustlet',
  help: 'a Kubernetes node for WebAssembly; archived in 2023',
  status: 'legacy',
  ran: 'manifests checked by kubernetes-validate and once by a real API server 1.34, the module pulled by oci-distribution 0.8, which is Krustlet’s own client, the tasks run with a stand-in for kubectl; Krustlet itself is in no package registry',
  kinds: ['command'],
  needsRegistry: true,
  publish: { oci: wasmToOci },
  runsAt: (module) => `as the Job ${dns(module.name)} of the cluster`,
  share(modules) {
    const local = runHere(modules);
    const [module] = modules;
    if (!module) return local;
    const name = dns(module.name);
    const script = (what: string) => [`sh scripts/krustlet.sh ${what} "$IMAGE:$TAG"`];
    return {
      ...local,
      tasks: {
        ...local.tasks,
        deploy: { help: 'Run the image of TAG on the cluster as a Job, and wait for its end', run: script('deploy') },
        smoke: { help: 'Run the image of TAG once as a Pod, and show what it prints', run: script('try') },
        logs: { help: 'Show what the Job printed', run: [`kubectl logs job/${name}`] },
        undeploy: {
          help: 'Remove the Job and its configuration from the cluster',
          run: ['kubectl delete --ignore-not-found --filename deploy'],
        },
      },
      files: [
        manifest('deploy/job.yaml', '`make deploy` puts the digest of a tag in place of the image.', job(name, module)),
        manifest(
          'deploy/pod.yaml',
          'One run to look at: `make smoke` starts it, shows its answer and removes it.',
          pod(name, module),
        ),
        manifest('deploy/config.yaml', 'What the program may know that is no secret.', config(name)),
        { path: 'scripts/krustlet.sh', text: named(templateText('hosts/krustlet.sh'), name), executable: true },
        { path: 'docs/krustlet.md', text: named(templateText('hosts/krustlet.md'), name) },
      ],
      tools: [...(local.tools ?? []), kubectl, oras],
      advice: [
        `Krustlet runs a program to its end: Jobs and Pods, never a Deployment. It reads single keys of \`env\` and ignores \`envFrom\`.`,
      ],
      notes: [
        `## Host: Krustlet

**Krustlet is archived**: its last commit is of 2023, and nobody mends it. [docs/krustlet.md](docs/krustlet.md) says how to get a
node of it today, how the cluster gets its pull secret, and where the same module lives on.

\`make push deploy\` runs the module as a Job, \`make smoke\` as a Pod that goes again, both by digest. It is never a Deployment: a
program that ends would be started again and again.`,
      ],
    };
  },
};

const labels = (name: string) => ({ 'app.kubernetes.io/name': name });

/** What Job and Pod have in common. Krustlet reads single keys of `env` and ignores `envFrom`. */
function podSpec(name: string, module: Built): object {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    nodeSelector: { [arch.key]: arch.value },
    tolerations: ['NoSchedule', 'NoExecute'].map((effect) => ({ ...arch, operator: 'Equal', effect })),
    imagePullSecrets: [{ name: `${name}-pull` }],
    containers: [
      {
        name,
        image: `${module.image}:latest`,
        args: ['Krustlet'],
        env: [
          { name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name, key: 'LOG_LEVEL' } } },
          { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name, key: 'API_TOKEN', optional: true } } },
        ],
      },
    ],
  };
}

const pod = (name: string, module: Built): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${name}-try`, labels: labels(name) },
  spec: podSpec(name, module),
});

const job = (name: string, module: Built): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, labels: labels(name) },
  spec: {
    backoffLimit: 2,
    template: { metadata: { labels: labels(name) }, spec: podSpec(name, module) },
  },
});

const config = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: labels(name) },
  data: { LOG_LEVEL: 'info' },
});

const manifest = (path: string, what: string, data: object): File => ({
  path,
  text: `# ${what}\n${stringify(data, { lineWidth: 0 })}`,
});
