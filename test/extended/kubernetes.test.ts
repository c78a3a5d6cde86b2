/** What goes to a cluster, given to a real Kubernetes API server and a real containerd, which scripts/kubernetes.sh builds. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { credentials, startRegistry } from '../e2e/registry.ts';
import { make, project, serving, taskEnvironment } from '../e2e/world.ts';
import { distinctFiles, plain } from '../support/examples.ts';
import { environment, freePort, need, needed, needFrom, ok, run, scratch } from '../support/programs.ts';

const root = resolve(import.meta.dirname, '../..');
const bin = join(root, '.cache', 'kubernetes');
const schemas = join(root, 'test/lint/schemas');

describe('a Kubernetes API server', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(scratch, 'kubernetes-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const stops: (() => Promise<unknown>)[] = [];
  const kubectl = (...words: string[]) => run(join(bin, 'kubectl'), words, folder, { KUBECONFIG: kubeconfig });
  const done = (...words: string[]): string => {
    const { code, said } = kubectl(...words);
    assert.equal(code, 0, said);
    return said;
  };
  /** What the server would do with these files, and does not. */
  const dryRun = (...words: string[]) => kubectl('apply', '--dry-run=server', '--validate=strict', ...words);
  const write = (path: string, text: string): string => {
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };

  before(async function () {
    const programs = ['kube-apiserver', 'kube-controller-manager', 'kubectl'].map((name) => join(bin, name));
    needFrom('scripts/kubernetes.sh', this, ['etcd', 'openssl', ...programs]);
    const [etcd, peers, port] = [await freePort(), await freePort(), await freePort()];
    const etcdUrl = `http://127.0.0.1:${etcd}`;
    const urls = ['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl];
    stops.push(
      await serving(
        'etcd',
        ['--data-dir', join(folder, 'etcd'), ...urls, '--listen-peer-urls', `http://127.0.0.1:${peers}`],
        folder,
        `${etcdUrl}/health`,
      ),
    );
    ok('openssl', ['genrsa', '-out', 'service-account.key', '2048'], folder);
    const token = 'of-a-test-on-loopback';
    write('tokens.csv', `${token},admin,admin,system:masters\n`);
    mkdirSync(join(folder, 'certificates'));
    stops.push(
      await serving(
        join(bin, 'kube-apiserver'),
        [
          `--etcd-servers=${etcdUrl}`,
          `--secure-port=${port}`,
          '--bind-address=127.0.0.1',
          `--cert-dir=${join(folder, 'certificates')}`,
          '--service-account-issuer=https://kubernetes.default.svc',
          `--service-account-key-file=${join(folder, 'service-account.key')}`,
          `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
          `--token-auth-file=${join(folder, 'tokens.csv')}`,
          '--authorization-mode=RBAC',
          '--service-cluster-ip-range=10.0.0.0/24',
          // No controller makes the service account that it wants of every Pod.
          '--disable-admission-plugins=ServiceAccount',
        ],
        folder,
        // Plain HTTP there is answered too, with a complaint, as soon as it listens.
        `http://127.0.0.1:${port}/`,
      ),
    );
    write(
      'kubeconfig',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [
          { name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
        ],
        users: [{ name: 'test', user: { token } }],
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
        'current-context': 'test',
      }),
    );
    while (kubectl('get', '--raw', '/readyz').code !== 0) await new Promise((next) => setTimeout(next, 500));
    const definitions = ['spinapp.yaml', 'workloaddeployment.yaml'].map((name) => `--filename=${join(schemas, name)}`);
    done('apply', ...definitions);
    done('wait', '--for', 'condition=Established', '--timeout', '1m', ...definitions);
    // Pods that ask for a class that there is not are refused.
    done('apply', '--filename', write('runtimeclass.yaml', first('RuntimeClass')));
    const controllers = await freePort();
    stops.push(
      await serving(
        join(bin, 'kube-controller-manager'),
        [
          `--kubeconfig=${kubeconfig}`,
          `--secure-port=${controllers}`,
          '--bind-address=127.0.0.1',
          `--cert-dir=${join(folder, 'certificates')}`,
          '--leader-elect=false',
          '--controllers=deployment-controller,replicaset-controller,job-controller,garbage-collector-controller,namespace-controller',
        ],
        folder,
        `http://127.0.0.1:${controllers}/`,
      ),
    );
    done('create', 'namespace', 'restricted');
    const labels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    done('label', 'namespace', 'restricted', ...labels);
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  /** `kind: Job` and the file, as any combination writes it. */
  const files = distinctFiles(/^(deploy|cluster)\/.*\.yaml$/).map(({ text }) => ({ text, kind: parse(text).kind }));
  const ofKind = (kind: string) => files.filter((file) => file.kind === kind).map(({ text }) => text);
  const first = (kind: string): string => {
    const [text] = ofKind(kind);
    assert.ok(text, kind);
    return text;
  };

  it('takes every file of every combination', () => {
    assert.ok(files.length > 20, `${files.length}`);
    const paths = files.map(({ text }, index) => `--filename=${write(`${index}.yaml`, text)}`);
    const { code, said } = dryRun(...paths);
    assert.equal(code, 0, said);
    assert.equal(said.match(/ (?:created|unchanged) \(server dry run\)$/gm)?.length, files.length, said);
    assert.doesNotMatch(said, /Warning/);
  });

  it('creates every file of every combination, also in a namespace that enforces the restricted standard', () => {
    files.forEach(({ text, kind }, index) => {
      const path = write('one.yaml', text);
      const namespace = `of-${index}`;
      done('create', 'namespace', namespace);
      done('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
      done('--namespace', namespace, 'apply', '--validate=strict', '--filename', path);
      if (kind !== 'RuntimeClass') done('--namespace', namespace, 'delete', '--filename', path);
      done('delete', 'namespace', namespace, '--wait=false');
    });
  });

  for (const [what, kind, from, to] of [
    ['a field that there is not', 'Deployment', 'readinessProbe', 'readynessProbe'],
    ['a value that there is not', 'Job', 'restartPolicy: Never', 'restartPolicy: Sometimes'],
    ['a field that a SpinApp has not', 'SpinApp', 'replicas', 'replica'],
    ['a field that a WorkloadDeployment has not', 'WorkloadDeployment', 'hostInterfaces', 'interfaces'],
  ] as const)
    it(`refuses ${what}`, () => {
      const text = first(kind);
      assert.ok(text.includes(from));
      assert.notEqual(dryRun('--filename', write('wrong.yaml', text.replaceAll(from, to))).code, 0);
    });

  it('finds that Pods keep to the restricted standard of Pod security', () => {
    for (const kind of ['Pod', 'Job', 'Deployment']) {
      const text = first(kind);
      const words = ['--namespace', 'restricted', '--filename', write('kept.yaml', text)];
      const { code, said } = dryRun(...words);
      assert.equal(code, 0, said);
      assert.doesNotMatch(said, /Warning/, kind);
      write('kept.yaml', text.replace('runAsNonRoot: true', 'runAsNonRoot: false'));
      assert.match(dryRun(...words).said, /violates? PodSecurity/);
    }
  });

  describe('and the tasks of a project', () => {
    let server: string;
    let closed: string;
    const tools = join(folder, 'tools');
    before(async () => {
      writeFileSync(join(folder, 'hello.wasm'), 'anything');
      const start = async (open: boolean): Promise<string> => {
        const { server, stop } = await startRegistry({ open });
        stops.push(stop);
        const login = ['login', '--username', 'me', '--password', credentials.REGISTRY_PASSWORD, server];
        if (!open) ok('oras', login, folder);
        for (const tag of ['v1', 'v2'])
          ok('oras', ['push', `${server}/team/${plain.name}:${tag}`, 'hello.wasm:application/wasm'], folder);
        return server;
      };
      server = await start(true);
      closed = await start(false);
      // No kubelet keeps logs here.
      mkdirSync(tools);
      writeFileSync(
        join(tools, 'kubectl'),
        `#!/bin/sh\ncase " $* " in *' logs '*) echo "\${LOG:-Hello, Kubernetes!}" ;; *) exec ${bin}/kubectl "$@" ;; esac\n`,
      );
      chmodSync(join(tools, 'kubectl'), 0o755);
      stops.push(await node());
    });
    /** The stand-in for nodes: node.mjs. */
    const node = async () => {
      const port = await freePort();
      const script = join(import.meta.dirname, 'node.mjs');
      return serving(
        'node',
        [script, join(bin, 'kubectl'), kubeconfig, `${port}`],
        folder,
        `http://127.0.0.1:${port}/`,
      );
    };
    const tasks = (place: string, NAMESPACE: string, words: string[], env: NodeJS.ProcessEnv = {}) =>
      run('make', ['--silent', 'TAG=v1', ...words], place, {
        ...taskEnvironment(),
        KUBECONFIG: kubeconfig,
        CONTEXT: 'test',
        NAMESPACE,
        PATH: [tools, environment.PATH].join(delimiter),
        ...env,
      });
    const said = (...words: Parameters<typeof tasks>): string => {
      const result = tasks(...words);
      assert.equal(result.code, 0, result.said);
      return result.said;
    };
    const served = (at = server) =>
      project({ ...plain, language: 'rust', kind: 'http', host: 'runwasi', registry: 'oci', namespace: `${at}/team` });
    const job = (host: string, at = server) =>
      project({ ...plain, language: 'c', kind: 'command', host, registry: 'oci', namespace: `${at}/team` });

    it('deploy into a namespace that did not exist, show differences, roll back, and remove everything', () => {
      const place = served();
      assert.match(
        said(place, 'works', ['deploy']),
        /deployment hello-wasm runs localhost:\d+\/team\/hello-wasm@sha256:/,
      );
      assert.match(said(place, 'works', ['diff']), /^Context 'test', namespace 'works'\n$/);
      assert.match(said(place, 'works', ['deploy', 'TAG=v2']), /^Updating from v1 to v2$/m);
      assert.match(said(place, 'works', ['diff']), /^-.*change-cause: v2\n\+.*change-cause: v1$/m);
      const kinds = 'deployment,service,networkpolicy,poddisruptionbudget';
      assert.equal(done('--namespace', 'works', 'get', kinds, '--output', 'name').match(/hello-wasm/g)?.length, 4);
      said(place, 'works', ['undeploy']);
      assert.doesNotMatch(done('--namespace', 'works', 'get', kinds, '--output', 'name'), /hello-wasm/);
    });

    for (const [host, name] of [
      ['runwasi', 'Kubernetes'],
      ['krustlet', 'Krustlet'],
    ] as const)
      it(`run a Job for ${host}, once more, and check a Pod's output`, () => {
        const place = job(host);
        const namespace = `works-${host}`;
        assert.match(said(place, namespace, ['deploy']), /job hello-wasm runs /);
        assert.match(said(place, namespace, ['deploy', 'TAG=v2']), /^Updating from v1 to v2$/m);
        said(place, namespace, ['smoke'], { LOG: `Hello, ${name}!` });
        const lost = tasks(place, namespace, ['smoke'], { LOG: 'Hello, world!' });
        assert.notEqual(lost.code, 0);
        assert.match(lost.said, new RegExp(`expected to print 'Hello, ${name}!'`));
        said(place, namespace, ['undeploy']);
        assert.doesNotMatch(done('--namespace', namespace, 'get', 'job', '--output', 'name'), /hello-wasm/);
      });

    it('name the pull secret that the registry requires, once it exists', () => {
      const place = job('krustlet', closed);
      assert.match(
        tasks(place, 'works-secret', ['deploy']).said,
        /has no secret 'hello-wasm-pull'\. Create it: oras login/,
      );
      assert.equal(done('--namespace', 'works-secret', 'get', 'job,pod', '--output', 'name'), '');
      done('--namespace', 'works-secret', 'create', 'secret', 'generic', 'hello-wasm-pull');
      said(place, 'works-secret', ['deploy']);
      const pull = 'jsonpath={.spec.template.spec.imagePullSecrets[*].name}';
      assert.equal(
        done('--namespace', 'works-secret', 'get', 'job', 'hello-wasm', '--output', pull),
        'hello-wasm-pull',
      );
    });

    for (const [namespace, sentence] of [
      ['not-found', /cannot start: Pod \S+: ErrImagePull: .*not found/],
      ['invalid-name', /cannot start: Pod \S+: InvalidImageName: Failed to apply default image tag/],
      ['unauthorized', /cannot start: Pod \S+: ImagePullBackOff: .*401 Unauthorized/],
      ['no-secret', /cannot start: Pod \S+: CreateContainerConfigError: secret "hello" not found/],
      [
        'no-key',
        /cannot start: Pod \S+: CreateContainerConfigError: couldn't find key LEVEL in ConfigMap no-key\/hello/,
      ],
      ['unschedulable', /not ready after 8 seconds: Pod \S+: Unschedulable: 0\/1 nodes are available/],
      [
        'crash',
        /not ready after 8 seconds: Pod \S+: CrashLoopBackOff: back-off 10s .*wasmtime executor can't handle spec/,
      ],
      ['no-runtime', /not ready after 8 seconds: FailedCreatePodSandBox: .*no runtime for "wasmtime" is configured/],
      ['krustlet-pull', /not ready after 8 seconds: Pod \S+: ImagePullBackoff/],
    ] as const)
      it(`say why with ${namespace}`, () => {
        const { code, said } = tasks(served(), namespace, ['deploy', 'TIMEOUT=8'], { LOG: 'the last line' });
        assert.notEqual(code, 0);
        assert.match(said, sentence);
        assert.match(said, /^the last line$/m);
        assert.match(said, /make undeploy/);
      });

    it('look at the Pods of the newest ReplicaSet alone', () => {
      const place = served(closed);
      const none = tasks(place, 'once-unauthorized', ['deploy', 'PULL_SECRET=none', 'TIMEOUT=60']);
      assert.match(none.said, /cannot start: Pod \S+: ImagePullBackOff/);
      done('--namespace', 'once-unauthorized', 'create', 'secret', 'generic', 'hello-wasm-pull');
      assert.match(said(place, 'once-unauthorized', ['deploy', 'TIMEOUT=60']), /deployment hello-wasm runs/);
    });

    it('end with a Job that failed, and with a Pod that the namespace forbids', () => {
      const failed = tasks(job('runwasi'), 'failed', ['deploy'], { LOG: 'oh no' });
      assert.match(failed.said, /^oh no$/m);
      assert.match(failed.said, /Error: job hello-wasm failed: Pod \S+: Error: exit code 1/);
      const place = join(folder, 'root-user');
      cpSync(served(), place, { recursive: true });
      const manifest = join(place, 'deploy/deployment.yaml');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('runAsNonRoot: true', 'runAsNonRoot: false'));
      const forbidden = tasks(place, 'restricted', ['deploy']);
      assert.match(forbidden.said, /cannot start: FailedCreate: .*violates PodSecurity/);
    });

    it('say which rights are missing', () => {
      const mine = ['config', '--kubeconfig', kubeconfig];
      done(...mine, 'set-credentials', 'nobody', '--token', 'of-nobody');
      done(...mine, 'set-context', 'nobody', '--cluster', 'test', '--user', 'nobody');
      const { code, said } = tasks(served(), 'works', ['deploy'], { CONTEXT: 'nobody' });
      assert.notEqual(code, 0);
      assert.match(
        said,
        /^Error: the cluster does not answer, or refuses your credentials\. Check it: kubectl --context nobody cluster-info$/m,
      );
    });
  });
});

describe('containerd', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(scratch, 'containerd-'));
  const stops: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it('pulls what a project for runwasi pushes, as a kubelet has it pulled', async function () {
    const programs = ['containerd', 'crictl'].map((name) => join(bin, name));
    needFrom('scripts/kubernetes.sh', this, programs);
    need(this, 'oras', 'docker-registry', ...needed('c'));
    if (process.getuid?.() !== 0) this.skip();
    const { server, stop } = await startRegistry();
    stops.push(stop);
    const choices = { ...plain, language: 'c', kind: 'command' as const, host: 'runwasi' };
    const place = project({ ...choices, registry: 'oci', namespace: `${server}/team` });
    make(place, 'setup');
    ok('make', ['optimize', 'login', 'push', 'TAG=v1'], place, { ...taskEnvironment(), ...credentials });
    const image = `${server}/team/${plain.name}`;
    const digest = ok('oras', ['resolve', `${image}:v1`], place).trim();

    const socket = join(folder, 'socket');
    const metrics = `127.0.0.1:${await freePort()}`;
    const config = join(folder, 'config.toml');
    writeFileSync(
      config,
      [
        'version = 3',
        `root = "${folder}/root"`,
        `state = "${folder}/state"`,
        `grpc = { address = "${socket}" }`,
        `metrics = { address = "${metrics}" }`,
      ].join('\n'),
    );
    stops.push(await serving(join(bin, 'containerd'), ['--config', config], folder, `http://${metrics}/v1/metrics`));
    const crictl = (...words: string[]): string =>
      ok(join(bin, 'crictl'), ['--runtime-endpoint', `unix://${socket}`, ...words], folder);
    // By its digest, as the manifests name it after `make deploy`.
    crictl('pull', '--creds', `me:${credentials.REGISTRY_PASSWORD}`, `${image}@${digest}`);
    const { status, info } = JSON.parse(
      run(join(bin, 'crictl'), ['--runtime-endpoint', `unix://${socket}`, 'inspecti', `${image}@${digest}`], folder)
        .stdout,
    );
    assert.deepEqual(status.repoDigests, [`${image}@${digest}`]);
    assert.equal(info.imageSpec.architecture, 'wasm');
    // No layer is unpacked: the shim reads the module itself.
    assert.equal(info.chainID, '');
  });
});
