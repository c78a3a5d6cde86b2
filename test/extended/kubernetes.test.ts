/** What goes to a cluster, given to a real Kubernetes API server and a real containerd, which scripts/kubernetes.sh builds. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
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
    needFrom('scripts/kubernetes.sh', this, ['etcd', join(bin, 'kube-apiserver'), join(bin, 'kubectl'), 'openssl']);
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

  it('finds that Pods under runwasi keep to the restricted standard of Pod security', () => {
    const kept = (kind: string) => ofKind(kind).filter((text) => text.includes('runtimeClassName'));
    for (const kind of ['Pod', 'Job', 'Deployment']) {
      const [text] = kept(kind);
      assert.ok(text, kind);
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
    const image = () => `${server}/team/${plain.name}`;
    before(async () => {
      const registry = await startRegistry();
      server = registry.server;
      stops.push(registry.stop);
      writeFileSync(join(folder, 'hello.wasm'), 'anything');
      ok('oras', ['login', '--username', 'me', '--password', credentials.REGISTRY_PASSWORD, server], folder);
      ok('oras', ['push', `${image()}:v1`, 'hello.wasm:application/wasm'], folder);
    });
    const tasks = (place: string, ...words: string[]) =>
      run('make', ['--silent', ...words, 'TAG=v1'], place, {
        ...taskEnvironment(),
        KUBECONFIG: kubeconfig,
        PATH: [bin, environment.PATH].join(delimiter),
      });
    const said = (place: string, ...words: string[]): string => {
      const result = tasks(place, ...words);
      assert.equal(result.code, 0, result.said);
      return result.said;
    };

    it('show what a deploy changes, bring it, and take it away', () => {
      const place = project({
        ...plain,
        language: 'rust',
        kind: 'http',
        host: 'runwasi',
        registry: 'oci',
        namespace: `${server}/team`,
      });
      const digest = ok('oras', ['resolve', `${image()}:v1`], folder).trim();
      assert.match(said(place, 'diff'), new RegExp(`\\+ +(- )?image: ${image()}@${digest}`));
      ok('sh', ['scripts/deploy.sh', 'apply', `${image()}:v1`], place, {
        KUBECONFIG: kubeconfig,
        PATH: [bin, environment.PATH].join(delimiter),
      });
      assert.equal(said(place, 'diff'), '');
      assert.match(done('get', '--output', 'name', 'deployment,service,configmap'), /deployment\.apps\/hello-wasm/);
      assert.match(said(place, 'undeploy'), /deployment\.apps "hello-wasm" deleted/);
      assert.doesNotMatch(done('get', '--output', 'name', 'deployment,service'), /hello-wasm/);
    });

    it('show which image a Job would run in place of which', () => {
      const choices = { ...plain, language: 'c', kind: 'command' as const, host: 'runwasi' };
      const place = project({ ...choices, registry: 'oci', namespace: `${server}/team` });
      assert.match(said(place, 'diff'), /^-no Job\n\+localhost:\d+\/team\/hello-wasm@sha256:/m);
      done('apply', '--filename', join(place, 'deploy/job.yaml'), '--filename', join(place, 'deploy/config.yaml'));
      assert.match(said(place, 'diff'), /^-localhost:\d+\/team\/hello-wasm:latest\n\+.*@sha256:/m);
      said(place, 'undeploy');
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
