/**
 * What a project's host adds: its own way to run or serve what was built, and its tasks for a cluster. No cluster is here, so
 * those speak to stand-ins for its programs, and to a real registry.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Choices } from '../../src/model/choices.ts';
import { compose } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { type Cell, cells } from '../support/cells.ts';
import { plain } from '../support/examples.ts';
import { environment, freePort, need, needed, ok, run, scratch } from '../support/programs.ts';
import { credentials, startRegistry } from './registry.ts';
import { bin, make, project, serving, taskEnvironment } from './world.ts';

/** What these hosts' own `run` and `serve` call here, beyond wasmtime. */
const programs: Record<string, string[]> = { wasmcloud: ['wash'], wazero: ['wazero'] };

/** The folders that package managers fill, which a copy need not have for itself. */
const shared = ['node_modules', '.venv', 'target'];

/** The project of a cell as its end-to-end test knows it, built. */
function built(cell: Cell): string {
  const folder = project({ ...cell.choices, ci: ['github', 'gitlab'] });
  const { tasks } = compose(cell.choices);
  make(folder, 'setup', 'build', ...(tasks.optimize ? ['optimize'] : []));
  return folder;
}

/** A copy of what was built for one host, with the files of another: what an owner has who changes the host. */
function moved(cell: Cell, choices: Choices): string {
  const from = built(cell);
  const folder = join(mkdtempSync(join(scratch, 'moved-')), choices.name);
  cpSync(from, folder, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (path) => !shared.includes(path.slice(from.length + 1)),
  });
  for (const name of shared) if (existsSync(join(from, name))) symlinkSync(join(from, name), join(folder, name));
  const fresh = project({ ...choices, ci: ['github', 'gitlab'] });
  const paths = (choices: Choices) => render({ ...choices, ci: ['github', 'gitlab'] }).map(({ path }) => path);
  for (const path of paths(cell.choices)) if (!existsSync(join(fresh, path))) rmSync(join(folder, path));
  for (const path of paths(choices)) {
    const text = readFileSync(join(fresh, path));
    if (existsSync(join(folder, path)) && readFileSync(join(folder, path)).equals(text)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(fresh, path), join(folder, path));
  }
  return folder;
}

/** Serves the project by its own task, asks it, and holds it to its contract. */
async function answers(folder: string): Promise<void> {
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const stop = await serving('make', ['--silent', 'serve', `LISTEN=${listen}`], folder, `${url}/healthz`);
  try {
    // A host may answer that it has no program yet, while it compiles one.
    while ((await fetch(url)).status !== 200) await new Promise((done) => setTimeout(done, 200));
    assert.equal(await (await fetch(`${url}/?name=Gr%C3%A8ta`)).text(), 'Hello, Grèta!\n');
    assert.match(make(folder, 'smoke', `URL=${url}`), /(\d+) of \1 cases pass: http/);
    assert.match(ok(bin(), ['contract', url], folder), /(\d+) of \1 cases pass: http/);
  } finally {
    await stop();
  }
  await assert.rejects(fetch(url));
}

for (const cell of cells.filter(({ notRun }) => !notRun))
  for (const choices of cell.others)
    describe(`${choices.language} ${choices.kind} on ${choices.host}`, function () {
      this.timeout(600_000);
      const { tasks, modules } = compose(choices);
      let folder: string;

      before(function () {
        need(this, 'make', 'wasmtime', ...needed(choices.language), ...(programs[choices.host] ?? []));
        folder = moved(cell, choices);
      });

      it('compiles nothing again', () => {
        const artifact = join(folder, String(modules[0]?.artifact));
        const time = statSync(artifact).mtimeMs;
        make(folder, 'build');
        assert.equal(statSync(artifact).mtimeMs, time);
      });

      if (tasks.serve) it('answers requests, and stops cleanly', () => answers(folder));
      else
        it('runs', () => {
          assert.match(make(folder, '--silent', 'run', 'ARGS=Ada Grace'), /^Hello, Ada!\nHello, Grace!\n$/);
          if (!tasks.deploy) assert.match(make(folder, 'smoke'), /(\d+) of \1 cases pass/);
        });
    });

/** The smallest component there is here, and the first program. */
const [component] = cells.filter(({ choices, notRun }) => choices.kind === 'http' && !notRun);
const [program] = cells.filter(({ choices, notRun }) => choices.kind === 'command' && !notRun);
assert.ok(component && program);

describe('wasmtime', function () {
  this.timeout(600_000);
  it('starts what make precompile compiled ahead', function () {
    need(this, 'make', 'wasmtime', ...needed(program.choices.language));
    const folder = built(program);
    const ahead = `build/${plain.name}.cwasm`;
    assert.match(make(folder, 'precompile'), new RegExp(`bytes +\\d+ ms to start +${ahead}`));
    assert.equal(ok('wasmtime', ['run', '--allow-precompiled', ahead, 'Ada'], folder), 'Hello, Ada!\n');
  });
});

/** Programs that stand in for those of a cluster. Each writes its arguments into a log, then does what its lines say. */
class StandIns {
  readonly folder = mkdtempSync(join(scratch, 'stand-ins-'));
  private readonly log = join(this.folder, 'log');
  /** What `kubectl apply` and `kubectl diff` were given. */
  readonly manifests = join(this.folder, 'manifests.yaml');

  add(name: string, lines: string): this {
    const path = join(this.folder, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $*" >>${this.log}\n${lines}\n`);
    chmodSync(path, 0o755);
    return this;
  }
  run(folder: string, ...words: string[]) {
    rmSync(this.log, { force: true });
    rmSync(this.manifests, { force: true });
    const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
    const path = `${this.folder}:${environment.PATH}`;
    const result = run('make', ['--silent', ...words], folder, { ...taskEnvironment(), PATH: path });
    return { ...result, calls: read(this.log).trim().split('\n'), manifests: read(this.manifests) };
  }
}

const keep = (standIns: StandIns) => `case $* in *'--filename -') cat >>${standIns.manifests} ;; esac`;

describe('docs/moving.md', function () {
  this.timeout(600_000);
  const page = readFileSync(join(import.meta.dirname, '../../docs/moving.md'), 'utf8');
  /** The lines of its blocks of shell that begin like this, as a user would paste them. */
  const paste = (start: string): string => {
    const lines = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => String(block).split('\n'));
    const found = lines.filter((line) => line.startsWith(start));
    assert.ok(found.length > 0, start);
    return found.join('\n');
  };
  const handler = cells.find(({ choices, notRun }) => choices.kind === 'wagi' && !notRun);

  it('runs an old handler and an old program as they are', function () {
    assert.ok(handler);
    need(this, 'wasmtime', 'make', ...needed(handler.choices.language), ...needed(program.choices.language));
    const folder = mkdtempSync(join(scratch, 'old-'));
    for (const [cell, start, said] of [
      [program, 'wasmtime run hello.wasm', /^Hello, world!/m],
      [handler, 'wasmtime run --env', /^Hello, Ada!/m],
    ] as const) {
      cpSync(join(built(cell), 'build', `${plain.name}.wasm`), join(folder, 'hello.wasm'));
      assert.match(ok('sh', ['-ec', paste(start)], folder), said);
    }
  });

  it('pushes an old module as an artifact that runwasi pulls', async function () {
    need(this, 'docker-registry', 'oras');
    const { server, stop } = await startRegistry();
    try {
      const folder = mkdtempSync(join(scratch, 'old-'));
      writeFileSync(join(folder, 'hello.wasm'), 'an old module');
      ok('oras', ['login', '--username', 'me', '--password', credentials.REGISTRY_PASSWORD, server], folder);
      const IMAGE = `${server}/team/old:v1`;
      ok('sh', ['-ec', [paste('printf'), paste('oras push')].join('\n')], folder, { IMAGE });
      const manifest = JSON.parse(ok('oras', ['manifest', 'fetch', IMAGE], folder));
      assert.equal(manifest.config.mediaType, 'application/vnd.wasm.config.v0+json');
      assert.equal(manifest.layers[0].mediaType, 'application/wasm');
      const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
      assert.deepEqual(config, { architecture: 'wasm', os: 'wasip1', layerDigests: [manifest.layers[0].digest] });
    } finally {
      await stop();
    }
  });
});

describe('tasks for a cluster', function () {
  this.timeout(600_000);
  let server: string;
  let stop: () => Promise<unknown>;
  let digest: string;

  before(async function () {
    need(this, 'docker-registry', 'oras', 'make');
    ({ server, stop } = await startRegistry());
    // What a tag leads to is a matter of the registry alone: any artifact will do.
    const folder = mkdtempSync(join(scratch, 'artifact-'));
    writeFileSync(join(folder, 'hello.wasm'), 'anything');
    ok('oras', ['login', '--username', 'me', '--password', credentials.REGISTRY_PASSWORD, server], folder);
    const image = `${server}/team/${plain.name}:v1`;
    ok('oras', ['push', image, 'hello.wasm:application/wasm'], folder);
    digest = ok('oras', ['resolve', image], folder).trim();
  });
  after(async () => {
    await stop?.();
  });
  const forHost = (host: string, more: Partial<Choices> = {}) =>
    project({ ...plain, host, kind: 'http', language: 'rust', registry: 'oci', namespace: `${server}/team`, ...more });

  describe('runwasi', () => {
    it('runs the digest of the tag as a Job, and waits for its end', () => {
      const standIns = new StandIns();
      standIns.add('kubectl', `${keep(standIns)}\ncase $* in get*) echo Complete ;; esac`);
      const folder = forHost('runwasi', { kind: 'command', language: 'c' });
      const { code, calls, manifests } = standIns.run(folder, 'deploy', 'TAG=v1');
      assert.equal(code, 0);
      assert.deepEqual(calls.slice(0, 3), [
        'kubectl apply --filename deploy/config.yaml',
        'kubectl delete job hello-wasm --ignore-not-found',
        'kubectl apply --filename -',
      ]);
      assert.match(manifests, new RegExp(`kind: Job[\\s\\S]*image: ${server}/team/hello-wasm@${digest}\n`));
      assert.match(manifests, /runtimeClassName: wasmtime/);
    });

    it('says which image another deploy would run in place of which', () => {
      const standIns = new StandIns();
      standIns.add('kubectl', 'case $* in diff*) exit 1 ;; get*) echo old@sha256:1 ;; esac');
      const folder = forHost('runwasi', { kind: 'command', language: 'c' });
      const { code, said } = standIns.run(folder, 'diff', 'TAG=v1');
      assert.equal(code, 0);
      assert.equal(said, `-old@sha256:1\n+${server}/team/hello-wasm@${digest}\n`);
    });

    it('rolls a Deployment out, shows differences, and removes it', () => {
      const standIns = new StandIns();
      standIns.add('kubectl', `${keep(standIns)}\ncase $* in diff*) echo '+ replicas: 2'; exit 1 ;; esac`);
      const folder = forHost('runwasi');
      const { calls, manifests } = standIns.run(folder, 'deploy', 'TAG=v1');
      assert.deepEqual(calls, [
        'kubectl apply --filename -',
        'kubectl rollout status deployment/hello-wasm --timeout 5m',
      ]);
      assert.equal(manifests.match(/^kind: /gm)?.length, 3);
      assert.match(manifests, new RegExp(`image: ${server}/team/hello-wasm@${digest}\n`));
      assert.doesNotMatch(manifests, /:latest/);
      const differing = standIns.run(folder, 'diff', 'TAG=v1');
      assert.equal(differing.code, 0);
      assert.match(differing.said, /replicas: 2/);
      assert.deepEqual(standIns.run(folder, 'undeploy').calls, ['kubectl delete --ignore-not-found --filename deploy']);
      assert.deepEqual(standIns.run(folder, 'logs').calls, ['kubectl logs deployment/hello-wasm --all-pods']);
    });

    it('fails where the cluster cannot say what differs, or the registry has no such tag', () => {
      const standIns = new StandIns().add('kubectl', 'cat >/dev/null; echo no cluster >&2; exit 2');
      const folder = forHost('runwasi');
      assert.notEqual(standIns.run(folder, 'diff', 'TAG=v1').code, 0);
      const { code, said, calls } = standIns.run(folder, 'deploy', 'TAG=v9');
      assert.notEqual(code, 0);
      assert.match(said, /v9: not found/);
      assert.deepEqual(calls, ['']);
    });

    it('makes a cluster with the shim that it knows, and none with another', () => {
      const standIns = new StandIns();
      const shim = mkdtempSync(join(scratch, 'shim-'));
      writeFileSync(join(shim, 'containerd-shim-wasmtime-v1'), 'shim');
      ok('tar', ['-czf', 'shim.tar.gz', 'containerd-shim-wasmtime-v1'], shim);
      standIns
        .add('curl', `while [ "$1" != --output ]; do shift; done; cp ${shim}/shim.tar.gz "$2"`)
        .add('kind', `cat >${standIns.manifests}`)
        .add('docker', 'test -s "$2"')
        .add('kubectl', '');
      const folder = forHost('runwasi');
      const refused = standIns.run(folder, 'cluster');
      assert.notEqual(refused.code, 0);
      assert.match(refused.said, /The shim of runwasi [\d.]+ has the SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}/);
      assert.equal(refused.calls.length, 1);
      assert.match(
        String(refused.calls[0]),
        /containerd-shim-wasmtime%2Fv[\d.]+\/containerd-shim-wasmtime-\w+-linux-musl/,
      );

      const path = join(folder, 'scripts/cluster.sh');
      const text = readFileSync(path, 'utf8');
      const found = /SHA-256 ([0-9a-f]{64})/.exec(refused.said)?.[1];
      try {
        writeFileSync(path, text.replace(/digest=[0-9a-f]{64}/g, `digest=${found}`));
        const { code, said, calls, manifests } = standIns.run(folder, 'cluster');
        assert.equal(code, 0, said);
        assert.match(manifests, /runtime_type = "io\.containerd\.wasmtime\.v1"/);
        assert.equal(calls[1], 'kind create cluster --name hello-wasm --config -');
        assert.match(String(calls[2]), /^docker cp \S+ hello-wasm-control-plane:\/usr\/local\/bin\/$/);
        assert.equal(calls[3], 'kubectl apply --filename cluster');
      } finally {
        writeFileSync(path, text);
      }
    });

    it('holds what a forwarded port leads to to the contract', async function () {
      need(this, 'wasmtime', ...needed(component.choices.language));
      const folder = built(component);
      const listen = `127.0.0.1:${await freePort()}`;
      const stopServer = await serving('make', ['--silent', 'serve', `LISTEN=${listen}`], folder, `http://${listen}/`);
      try {
        const forwards = new StandIns().add('kubectl', `echo 'Forwarding from ${listen} -> 8080'; exec sleep 600`);
        const { code, said, calls } = forwards.run(forHost('runwasi'), 'smoke');
        assert.equal(code, 0, said);
        assert.match(said, /(\d+) of \1 cases pass/);
        assert.deepEqual(calls, ['kubectl port-forward service/hello-wasm :80']);
        const fails = new StandIns()
          .add('kubectl', 'echo "no such service" >&2; exit 1')
          .run(forHost('runwasi'), 'smoke');
        assert.notEqual(fails.code, 0);
        assert.match(fails.said, /no such service/);
      } finally {
        await stopServer();
      }
    });
  });

  describe('SpinKube and Spin', () => {
    it('push by Spin, and write down the digest', function () {
      need(this, ...needed('c'));
      const standIns = new StandIns().add(
        'spin',
        `printf layer >build/layer && oras push "$3" build/layer:application/wasm >&2 && echo "Pushed with digest $(oras resolve "$3")"`,
      );
      const folder = forHost('spin', { kind: 'wagi', language: 'c' });
      make(folder, 'setup');
      make(folder, 'optimize');
      const { code, said, calls } = standIns.run(folder, 'push', 'TAG=v2');
      assert.equal(code, 0, said);
      const image = `${server}/team/hello-wasm`;
      assert.deepEqual(calls, [`spin registry push ${image}:v2`]);
      const pushed = ok('oras', ['resolve', `${image}:v2`], folder).trim();
      assert.equal(readFileSync(join(folder, 'build/pushed'), 'utf8'), `${image}@${pushed}\n`);
      assert.ok(existsSync(join(folder, 'build/hello-wasm.opt.wasm')), 'what spin.toml names was made');

      const again = standIns.run(folder, 'push', 'TAG=v2');
      assert.notEqual(again.code, 0);
      assert.match(
        again.said,
        /hello-wasm:v2 already exists with different contents \(sha256:\w+\)\. Published tags are immutable/,
      );
      assert.equal(ok('oras', ['resolve', `${image}:v2`], folder).trim(), pushed);

      const silent = new StandIns().add('spin', 'echo "Pushed; the registry did not return the digest"');
      const without = silent.run(folder, 'push', 'TAG=v3');
      assert.notEqual(without.code, 0);
      assert.match(without.said, /printed no digest for .*:v3, so it cannot be signed/);
      assert.notEqual(new StandIns().add('spin', 'exit 1').run(folder, 'push', 'TAG=v3').code, 0);
    });

    it('wait for what the operator makes of a SpinApp', () => {
      const standIns = new StandIns();
      standIns.add('kubectl', keep(standIns));
      const { code, calls, manifests } = standIns.run(forHost('spinkube'), 'deploy', 'TAG=v1');
      assert.equal(code, 0);
      assert.deepEqual(calls, [
        'kubectl apply --filename -',
        'kubectl wait --for create deployment/hello-wasm --timeout 1m',
        'kubectl rollout status deployment/hello-wasm --timeout 5m',
      ]);
      assert.match(manifests, new RegExp(`kind: SpinApp[\\s\\S]*image: ${server}/team/hello-wasm@${digest}\n`));
    });

    it('make a cluster with the operator', () => {
      const standIns = new StandIns().add('k3d', '').add('helm', '').add('kubectl', '');
      const { code, calls } = standIns.run(forHost('spinkube'), 'cluster');
      assert.equal(code, 0);
      assert.match(String(calls[0]), /^k3d cluster create hello-wasm --image \S+\/k3d:v[\d.]+$/);
      assert.equal(calls.filter((call) => /^helm install spin-operator .* --version [\d.]+ /.test(call)).length, 1);
      assert.match(String(calls.at(-1)), /shim-executor\.yaml$/);
    });
  });

  describe('wasmCloud', () => {
    it('deploys a workload and waits until it is ready', () => {
      const standIns = new StandIns();
      standIns.add('kubectl', keep(standIns));
      const { code, calls, manifests } = standIns.run(forHost('wasmcloud'), 'deploy', 'TAG=v1');
      assert.equal(code, 0);
      assert.deepEqual(calls, [
        'kubectl apply --filename -',
        'kubectl wait --for condition=Ready workloaddeployment/hello-wasm --timeout 5m',
      ]);
      assert.match(
        manifests,
        new RegExp(`kind: WorkloadDeployment[\\s\\S]*image: ${server}/team/hello-wasm@${digest}\n`),
      );
    });

    it('makes a cluster with the operator', () => {
      const standIns = new StandIns();
      standIns.add('kind', `cat >${standIns.manifests}`).add('helm', '');
      const { code, calls, manifests } = standIns.run(forHost('wasmcloud'), 'cluster');
      assert.equal(code, 0);
      assert.match(manifests, /hostPort: 80, containerPort: 30950/);
      assert.match(String(calls[1]), /^helm install wasmcloud \S+\/runtime-operator --version [\d.]+ /);
    });
  });
});
