/** Shared by the Kubernetes hosts: the files of deploy/, and the tasks that deploy the digest of a tag. */
import { basename } from 'node:path';
import { toYaml } from '../../lib/yaml.ts';
import type { Built, Contribution, File } from '../../model/plan.ts';
import { making } from '../signing.ts';
import { named, templateText } from '../templates.ts';
import { clusterVersions, kubectl, oras } from '../tools.ts';

/** A Kubernetes name: no underscores. */
export const dns = (name: string): string => name.replaceAll('_', '-');

export const labels = (name: string): object => ({ 'app.kubernetes.io/name': name });

/** The image pull secret, which the owner of the cluster creates. `manifest` prints it as a comment. */
export const pullSecrets = (name: string): object[] => [{ name: `${name}-pull` }];

/** `make deploy` puts the tag here; `kubectl rollout history` shows it. */
export const cause = { 'kubernetes.io/change-cause': 'latest' };

/** A manifest. The pull secret is a comment: Krustlet pulls nothing if it does not exist, and a public image needs none. */
export const manifest = (path: string, what: string, data: object): File => ({
  path,
  text: `# ${what}\n${toYaml(data).replace(
    /(imagePullSecrets?):\n +(- )?name: (.*)\n/,
    (_, key, list, name) => `# ${key}: ${list ? `[{ name: ${name} }]` : `{ name: ${name} }`}\n`,
  )}`,
});

/** The comment above a manifest with an image. */
export const byDigest =
  '`make deploy` replaces the image with the digest of a tag, and adds the pull secret if the registry requires it.';

/**
 * What the restricted Pod Security Standard requires. The image has no user.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
const restricted: PodSpec = {
  pod: {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  },
  container: {
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  },
};

/** Requests what the program of a new project takes, and a quarter more, in steps of 16 MiB. Each request that runs at the same time takes more: up to the limit. */
export const resources = ({ memory = 50 }: Built): object => ({
  requests: { cpu: '100m', memory: `${Math.ceil((memory * 1.25) / 16) * 16}Mi` },
  limits: { memory: '256Mi' },
});

/** The spec of a Pod with one container. */
const podSpec = (module: Built, { pod, container }: PodSpec): object => {
  const name = dns(module.name);
  return {
    ...restricted.pod,
    imagePullSecrets: pullSecrets(name),
    ...pod,
    containers: [
      { name, image: `${module.image}:latest`, resources: resources(module), ...restricted.container, ...container },
    ],
  };
};

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

/** The items of a page that are only about components. */
const ofComponents = /^- A component .*\n(?: {2}.*\n)*/gm;

/** `docs/HOST.md`: the page of the host, with the sections that all hosts share. */
export const page = (host: string, module: Built): File => ({
  path: `docs/${host}.md`,
  text: [`${host}.md`, 'secrets.md', 'deploy.md']
    .map((template) => text(template, dns(module.name)))
    .join('\n')
    .replace(ofComponents, (item) => (module.kind === 'command' ? '' : item))
    .replaceAll('MODULE', basename(module.optimized))
    .replaceAll('make push deploy', `make ${making(module.kind)} push deploy`),
});

/** Sets CONTEXT and NAMESPACE, after a question. */
const asks = '. scripts/context.sh';

/** A line with kubectl in that namespace. */
export const inCluster = (words: string): string =>
  `${asks} && kubectl --context "$CONTEXT" --namespace "$NAMESPACE" ${words}`;

/** The tasks and scripts of every host on Kubernetes. @param kind of the object that runs the program */
function cluster(module: Built, kind: string, what: string): Contribution {
  const deploy = (task: string) => [`@sh scripts/deploy.sh ${task} ${kind} ${dns(module.name)} "$IMAGE:$TAG"`];
  return {
    tasks: {
      diff: { help: 'Show what deploy would change in the cluster', run: deploy('diff') },
      deploy: { help: what, run: deploy('deploy'), asks },
      undeploy: {
        help: 'Remove everything that deploy created from the cluster',
        run: [`@${inCluster('delete --ignore-not-found --filename deploy')}`],
      },
    },
    shared: ['context.sh', 'deploy.sh', 'reasons.tmpl'].map((name) => ({
      path: `scripts/${name}`,
      text: templateText(`hosts/${name}`),
      ...(name.endsWith('.sh') && { executable: true as const }),
    })),
    tools: [kubectl, oras],
  };
}

/** Host-specific settings of a Pod. */
export interface PodSpec {
  pod: object;
  container: object;
}

/**
 * A program that ends: a Job, and a Pod for one test run.
 * @param greeted the argument that both pass, which the program greets
 */
export function job(module: Built, parts: PodSpec, greeted: string): Contribution {
  const name = dns(module.name);
  const share = cluster(module, 'job', 'Run the image with tag TAG as a Job, and wait until it finishes');
  const spec = { restartPolicy: 'Never', ...podSpec(module, parts) };
  return {
    ...share,
    tasks: {
      ...share.tasks,
      smoke: {
        help: 'Run the image with tag TAG once in a Pod, and check its output',
        run: [`@sh scripts/deploy.sh smoke pod ${name} "$IMAGE:$TAG" 'Hello, ${greeted}!'`],
      },
      logs: { help: 'Show the output of the Job', run: [`@${inCluster(`logs job/${name}`)}`] },
    },
    files: [
      manifest('deploy/job.yaml', byDigest, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, labels: labels(name), annotations: cause },
        spec: { backoffLimit: 2, template: { metadata: { labels: labels(name) }, spec } },
      }),
      manifest('deploy/pod.yaml', 'One run: `make smoke` starts it, checks its output and removes it.', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `${name}-try`, labels: labels(name) },
        spec,
      }),
    ],
  };
}

/** The tasks of a server. */
export function served(module: Built, kind: string): Contribution {
  const share = cluster(module, kind, 'Deploy the image with tag TAG, and wait until it is ready');
  return {
    ...share,
    tasks: {
      ...share.tasks,
      smoke: {
        help: 'Check the server in the cluster, or at URL, against the contract',
        run: [`@[ "$URL" ] || ${asks}; node scripts/smoke.mjs ${dns(module.name)} contract/${module.kind}.json $URL`],
      },
    },
    shared: [...(share.shared ?? []), { path: 'scripts/smoke.mjs', text: templateText('hosts/smoke.mjs') }],
    variables: [{ name: 'URL', value: '', overridable: true }],
  };
}

/**
 * For a server with Pods of its own: one of them stays while a node is drained, and nothing but its port is open.
 * @param port the number or the name of its port
 */
export const guarded = (name: string, matchLabels: object, port: number | string): File[] => [
  manifest('deploy/networkpolicy.yaml', 'Requests may come in at one port, and nothing may go out.', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, labels: labels(name) },
    spec: {
      podSelector: { matchLabels },
      // Without a rule nothing may go out. An empty list is not stored, and would differ for ever.
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ protocol: 'TCP', port }] }],
    },
  }),
  manifest('deploy/poddisruptionbudget.yaml', 'One Pod stays while a node is drained.', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, labels: labels(name) },
    spec: { minAvailable: 1, selector: { matchLabels } },
  }),
];

/** A server in its own Pods: a Deployment and a Service. */
export function deployment(module: Built, { pod, container }: PodSpec): Contribution {
  const name = dns(module.name);
  const share = served(module, 'deployment');
  const probe = { httpGet: { path: '/', port: 'http' } };
  return {
    ...share,
    tasks: {
      ...share.tasks,
      logs: { help: 'Show the logs of the Pods', run: [`@${inCluster(`logs deployment/${name} --all-pods`)}`] },
    },
    files: [
      manifest('deploy/deployment.yaml', byDigest, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, labels: labels(name), annotations: cause },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels(name) },
          template: {
            metadata: { labels: labels(name) },
            spec: podSpec(module, {
              pod,
              container: {
                ...container,
                ports: [{ name: 'http', containerPort: 8080 }],
                readinessProbe: { ...probe, periodSeconds: 5 },
                livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 6 },
              },
            }),
          },
        },
      }),
      manifest('deploy/service.yaml', 'The address of the program in the cluster.', {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, labels: labels(name) },
        spec: { selector: labels(name), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      }),
      ...guarded(name, labels(name), 'http'),
    ],
  };
}
