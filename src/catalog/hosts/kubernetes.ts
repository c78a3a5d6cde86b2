/** Shared by the Kubernetes hosts: the files of deploy/, and the tasks that deploy the digest of a tag. */
import { basename } from 'node:path';
import { stringify } from 'yaml';
import type { Built, Contribution, File } from '../../model/plan.ts';
import { making } from '../signing.ts';
import { named, templateText } from '../templates.ts';
import { clusterVersions, kubectl, oras } from '../tools.ts';

/** A Kubernetes name: no underscores. */
export const dns = (name: string): string => name.replaceAll('_', '-');

export const labels = (name: string): object => ({ 'app.kubernetes.io/name': name });

/** The image pull secret, which the owner of the cluster creates. */
export const pullSecrets = (name: string): object[] => [{ name: `${name}-pull` }];

export const manifest = (path: string, what: string, data: object): File => ({
  path,
  text: `# ${what}\n${stringify(data, { lineWidth: 0, aliasDuplicateObjects: false })}`,
});

/** The comment above a manifest with an image. */
export const byDigest = '`make deploy` puts the digest of a tag instead of the image.';

/** `deploy/config.yaml`, which `environment` reads. */
export const config = (name: string): File =>
  manifest('deploy/config.yaml', 'Settings of the program that are not secret.', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: labels(name) },
    data: { LOG_LEVEL: 'info' },
  });

/** Key by key, since Krustlet ignores `envFrom`. */
export const environment = (name: string): object[] => [
  { name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name, key: 'LOG_LEVEL' } } },
  { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name, key: 'API_TOKEN', optional: true } } },
];

/** The Pod settings of every host. */
const anyPod = (name: string): object => ({ automountServiceAccountToken: false, imagePullSecrets: pullSecrets(name) });

/** A template of templates/hosts, with versions filled in. */
const text = (template: string, name: string): string =>
  Object.entries(clusterVersions).reduce(
    (text, [word, version]) => text.replaceAll(word, version),
    named(templateText(`hosts/${template}`), name),
  );

/** A script of scripts/. */
export const script = (path: string, template: string, name: string): File => ({
  path: `scripts/${path}`,
  text: text(template, name),
  executable: true,
});

/** `docs/HOST.md`: the page of the host, with the shared section on pull secrets. */
export const page = (host: string, module: Built): File => ({
  path: `docs/${host}.md`,
  text: `${text(`${host}.md`, dns(module.name))}\n${text('secrets.md', dns(module.name))}`
    .replaceAll('MODULE', basename(module.optimized))
    .replaceAll('make push deploy', `make ${making(module.kind)} push deploy`),
});

const undeploy = (what: string) => ({
  help: `Remove ${what} from the cluster`,
  run: ['kubectl delete --ignore-not-found --filename deploy'],
});

/** Host-specific settings of a Pod. */
export interface PodSpec {
  pod: object;
  container: object;
}

/** A program that ends: a Job, and a Pod for one test run. */
export function job(module: Built, { pod, container }: PodSpec): Contribution {
  const name = dns(module.name);
  const spec = {
    ...anyPod(name),
    restartPolicy: 'Never',
    ...pod,
    containers: [{ name, image: `${module.image}:latest`, ...container, env: environment(name) }],
  };
  const deploy = (what: string) => [`sh scripts/deploy.sh ${what} "$IMAGE:$TAG"`];
  return {
    tasks: {
      diff: { help: 'Show what deploy would change in the cluster', run: deploy('diff') },
      deploy: { help: 'Run the image with tag TAG as a Job, and wait until it finishes', run: deploy('deploy') },
      smoke: { help: 'Run the image with tag TAG once in a Pod, and show its output', run: deploy('try') },
      logs: { help: 'Show the output of the Job', run: [`kubectl logs job/${name}`] },
      undeploy: undeploy('the Job and its configuration'),
    },
    files: [
      manifest('deploy/job.yaml', byDigest, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, labels: labels(name) },
        spec: { backoffLimit: 2, template: { metadata: { labels: labels(name) }, spec } },
      }),
      manifest('deploy/pod.yaml', 'One run to look at: `make smoke` starts it, shows its answer and removes it.', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `${name}-try`, labels: labels(name) },
        spec,
      }),
      config(name),
      script('deploy.sh', 'deploy-job.sh', name),
    ],
    tools: [kubectl, oras],
  };
}

/** The tasks of a server: `ready` waits until the digest of TAG serves. */
export function served(module: Built, ready: string[]): Contribution {
  const name = dns(module.name);
  const deploy = (what: string) => `sh scripts/deploy.sh ${what} "$IMAGE:$TAG"`;
  return {
    tasks: {
      diff: { help: 'Show what deploy would change in the cluster', run: [deploy('diff')] },
      deploy: {
        help: 'Deploy the image with tag TAG, and wait until it is ready',
        run: [deploy('apply'), ...ready],
      },
      smoke: {
        help: 'Check the server in the cluster, or at URL, against the contract',
        run: [`node scripts/smoke.mjs ${name} contract/${module.kind}.json $URL`],
      },
      undeploy: undeploy('everything that deploy created'),
    },
    shared: [
      { ...script('deploy.sh', 'deploy-service.sh', name), rootPath: 'scripts/deploy-service.sh' },
      { path: 'scripts/smoke.mjs', text: templateText('hosts/smoke.mjs') },
    ],
    variables: [{ name: 'URL', value: '', overridable: true }],
    tools: [kubectl, oras],
  };
}

/** A server in its own Pods: a Deployment and a Service. */
export function deployment(module: Built, { pod, container }: PodSpec): Contribution {
  const name = dns(module.name);
  const share = served(module, [`kubectl rollout status deployment/${name} --timeout 5m`]);
  const probe = { httpGet: { path: '/', port: 'http' } };
  return {
    ...share,
    tasks: {
      ...share.tasks,
      logs: { help: 'Show the logs of the Pods', run: [`kubectl logs deployment/${name} --all-pods`] },
    },
    files: [
      manifest('deploy/deployment.yaml', byDigest, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, labels: labels(name) },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels(name) },
          template: {
            metadata: { labels: labels(name) },
            spec: {
              ...anyPod(name),
              ...pod,
              containers: [
                {
                  name,
                  image: `${module.image}:latest`,
                  ...container,
                  ports: [{ name: 'http', containerPort: 8080 }],
                  env: environment(name),
                  readinessProbe: { ...probe, periodSeconds: 5 },
                  livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 6 },
                },
              ],
            },
          },
        },
      }),
      manifest('deploy/service.yaml', 'The address of the program in the cluster.', {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, labels: labels(name) },
        spec: { selector: labels(name), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      }),
      config(name),
    ],
  };
}
