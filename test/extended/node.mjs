// Stands in for nodes: gives each new Pod the status that its namespace is called after, as a kubelet of Kubernetes 1.34
// (pkg/kubelet/images, pkg/kubelet/kuberuntime), the scheduler, or Krustlet (crates/kubelet/src/state/common) writes it.
// Usage: node node.mjs KUBECTL KUBECONFIG PORT, where PORT answers that it runs
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';

const [program, kubeconfig, port] = process.argv.slice(2);
const kubectl = (words, input) =>
  spawnSync(program, words, { input, encoding: 'utf8', env: { ...process.env, KUBECONFIG: kubeconfig } });

const pending = (reason, message, more = {}) => ({
  phase: 'Pending',
  container: { ready: false, state: { waiting: { reason, message } }, ...more },
});
const refused = (image) =>
  pending(
    'ImagePullBackOff',
    `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to resolve reference "${image}": unexpected status from HEAD request: 401 Unauthorized`,
  );
const ended = (exitCode) => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  container: { ready: false, state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } } },
});
const works = ({ spec }) =>
  spec.restartPolicy === 'Never'
    ? ended(0)
    : {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        container: { ready: true, started: true, state: { running: {} } },
      };

/** The status of a Pod by the start of its namespace. */
const statuses = {
  works,
  restricted: works,
  failed: () => ended(1),
  'not-found': (_, image) =>
    pending(
      'ErrImagePull',
      `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
    ),
  'invalid-name': (_, image) =>
    pending(
      'InvalidImageName',
      `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
    ),
  unauthorized: (_, image) => refused(image),
  'once-unauthorized': (pod, image) => (pod.spec.imagePullSecrets ? works(pod) : refused(image)),
  'no-secret': () => pending('CreateContainerConfigError', 'secret "hello" not found'),
  'no-key': () => pending('CreateContainerConfigError', "couldn't find key LEVEL in ConfigMap no-key/hello"),
  unschedulable: () => ({
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
      },
    ],
  }),
  crash: ({ metadata: { name, namespace } }) =>
    pending('CrashLoopBackOff', `back-off 10s restarting failed container=hello-wasm pod=${name}_${namespace}`, {
      restartCount: 1,
      lastState: {
        terminated: {
          exitCode: 128,
          reason: 'StartError',
          message: "failed to create containerd task: failed to create shim task: wasmtime executor can't handle spec",
        },
      },
    }),
  'no-runtime': () => pending('ContainerCreating'),
  'krustlet-pull': () => ({ phase: 'Pending', reason: 'ImagePullBackoff' }),
};

function report(pod) {
  const { name, namespace, uid } = pod.metadata;
  const [status] = Object.entries(statuses)
    .filter(([start]) => namespace.startsWith(start))
    .map(([, status]) => status(pod, pod.spec.containers[0].image));
  if (!status) return;
  const { container, ...rest } = status;
  const containers = container && [
    { name: pod.spec.containers[0].name, image: 'x', imageID: '', restartCount: 0, ...container },
  ];
  const patch = JSON.stringify({ status: { ...rest, containerStatuses: containers } });
  kubectl(['--namespace', namespace, 'patch', 'pod', name, '--subresource=status', '--type=merge', '--patch', patch]);
  if (namespace === 'no-runtime')
    kubectl(
      ['create', '--filename=-'],
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.1`, namespace },
        involvedObject: { kind: 'Pod', apiVersion: 'v1', name, namespace, uid },
        type: 'Warning',
        reason: 'FailedCreatePodSandBox',
        message:
          'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "wasmtime" is configured',
      }),
    );
}

const known = new Set();
function look() {
  const { stdout } = kubectl(['get', 'pods', '--all-namespaces', '--output=json']);
  for (const pod of stdout ? JSON.parse(stdout).items : []) {
    const { name, namespace, uid, deletionTimestamp } = pod.metadata;
    // A kubelet removes what is deleted once it has stopped.
    if (deletionTimestamp) kubectl(['--namespace', namespace, 'delete', 'pod', name, '--force', '--grace-period=0']);
    else if (!known.has(uid)) report(pod);
    known.add(uid);
  }
  setTimeout(look, 500);
}
createServer((_, response) => response.end()).listen(Number(port), '127.0.0.1', look);
