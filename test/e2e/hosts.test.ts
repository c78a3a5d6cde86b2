/**
 * What a project's host adds: its own way to run or serve what was built, and its tasks for a cluster. No cluster is here, so
 * those speak to stand-ins for its programs, and to a real registry.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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
  readonly log = join(this.folder, 'log');
  /** What `kubectl apply` and `kubectl diff` were given. */
  readonly manifests = join(this.folder, 'manifests.yaml');

  add(name: string, lines: string): this {
    const path = join(this.folder, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $*" >>${this.log}\n${lines}\n`);
    chmodSync(path, 0o755);
    return this;
  }

  /**
   * A kubectl whose cluster has what a deployment needs.
   * @param answers by the start of what it is told after context and namespace: shell lines
   */
  kubectl(answers: Record<string, string> = {}): this {
    const usual = {
      'get namespace': 'echo namespace/team',
      'get secret': 'echo secret/pull',
      'get job': 'case $* in *conditions*) echo SuccessCriteriaMet Complete ;; esac',
      'get pod hello': 'echo Succeeded',
      'rollout status': 'echo successfully rolled out',
      wait: 'echo condition met',
      'apply --filename -': `cat >>${this.manifests}`,
      'diff --filename -': 'cat >/dev/null',
      logs: 'echo Hello, Krustlet!',
    };
    // Those that a test gives come first.
    const all = { ...answers, ...usual, ...answers };
    const cases = Object.entries(all).map(([start, lines]) => `'${start}'*) ${lines} ;;`);
    return this.add(
      'kubectl',
      `case "$1 $2" in
  'config current-context') echo staging; exit ;;
  'config view') echo team; exit ;;
  'config get-contexts') test "$3" = staging; exit ;;
esac
case $* in '--context staging --namespace '*) shift 4 ;; esac
case $* in
${cases.join('\n')}
esac`,
    );
  }

  /** Runs make as it runs without a terminal; or, with `typed`, on one on which that is typed. */
  run(folder: string, words: string[], env: NodeJS.ProcessEnv = {}, typed?: string) {
    rmSync(this.log, { force: true });
    rmSync(this.manifests, { force: true });
    const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
    const all = {
      ...taskEnvironment(),
      ...(typed === undefined && { CONTEXT: 'staging', NAMESPACE: 'team' }),
      ...env,
      PATH: `${this.folder}:${environment.PATH}`,
    };
    const line = ['make', '--silent', ...words];
    const result =
      typed === undefined
        ? run('make', line.slice(1), folder, all)
        : run(
            'sh',
            ['-c', `echo '${typed}' | script --quiet --return --command '${line.join(' ')}' /dev/null`],
            folder,
            all,
          );
    const lines = read(this.log).trim().split('\n');
    return {
      ...result,
      /** What the programs were told, without the questions about contexts. */
      calls: lines.filter((line) => line && !line.startsWith('kubectl config')),
      manifests: read(this.manifests),
    };
  }
}

const there = 'kubectl --context staging --namespace team';

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
  /** One that answers everyone, and one that wants a password. */
  let server: string;
  let locked: string;
  const stops: (() => Promise<unknown>)[] = [];
  let digest: string;

  before(async function () {
    need(this, 'docker-registry', 'oras', 'make', 'script');
    // What a tag leads to is a matter of the registry alone: any artifact will do.
    const folder = mkdtempSync(join(scratch, 'artifact-'));
    writeFileSync(join(folder, 'hello.wasm'), 'anything');
    const start = async (open: boolean): Promise<string> => {
      const { server, stop } = await startRegistry({ open });
      stops.push(stop);
      const login = ['login', '--username', 'me', '--password', credentials.REGISTRY_PASSWORD, server];
      if (!open) ok('oras', login, folder);
      ok('oras', ['push', `${server}/team/${plain.name}:v1`, 'hello.wasm:application/wasm'], folder);
      ok('oras', ['tag', `${server}/team/${plain.name}:v1`, 'v2'], folder);
      return server;
    };
    server = await start(true);
    locked = await start(false);
    digest = ok('oras', ['resolve', `${server}/team/${plain.name}:v1`], folder).trim();
  });
  after(() => Promise.all(stops.map((stop) => stop())));
  const forHost = (host: string, more: Partial<Choices> = {}) =>
    project({ ...plain, host, kind: 'http', language: 'rust', registry: 'oci', namespace: `${server}/team`, ...more });
  const aJob = (more: Partial<Choices> = {}) => forHost('krustlet', { kind: 'command', language: 'c', ...more });

  describe('a Job', () => {
    it('runs the digest of the tag, and waits for its end', () => {
      const { code, said, calls, manifests } = new StandIns().kubectl().run(aJob(), ['deploy', 'TAG=v1']);
      assert.equal(code, 0, said);
      assert.match(said, /^Context 'staging', namespace 'team'$/m);
      const order = [
        'get namespace team',
        'delete job hello-wasm',
        'apply --filename -',
        'get job hello-wasm --output',
      ];
      const found = order.map((words) => calls.findIndex((call) => call.startsWith(`${there} ${words}`)));
      assert.deepEqual(
        found,
        found.toSorted((one, other) => one - other),
        calls.join('\n'),
      );
      assert.match(manifests, new RegExp(`kind: Job[\\s\\S]*image: ${server}/team/hello-wasm@${digest}\n`));
      assert.match(manifests, /kubernetes\.io\/change-cause: 'v1'\n/);
      assert.doesNotMatch(manifests, /^ *imagePullSecrets/m);
      assert.doesNotMatch(manifests, /kind: Pod$/m);
    });

    it('smoke checks what the Pod printed, and removes it', () => {
      const { code, said, calls, manifests } = new StandIns().kubectl().run(aJob(), ['smoke', 'TAG=v1']);
      assert.equal(code, 0, said);
      assert.match(said, /^Hello, Krustlet!$/m);
      assert.match(manifests, /kind: Pod/);
      // The first is the name of the program, which Krustlet does not add.
      assert.match(manifests, /args:\n +- hello-wasm\n +- Krustlet\n/);
      assert.equal(calls.at(-1), `${there} delete pod hello-wasm-try --ignore-not-found --wait=false`);
      const lost = new StandIns().kubectl({ logs: 'echo Hello, world!' }).run(aJob(), ['smoke', 'TAG=v1']);
      assert.notEqual(lost.code, 0);
      assert.equal(lost.stdout, 'Hello, world!\n');
      assert.match(lost.said, /^Error: the program was expected to print 'Hello, Krustlet!'/m);
      assert.match(String(lost.calls.at(-1)), /delete pod hello-wasm-try/);
    });

    it('passes its arguments alone to a host that adds the name', () => {
      const runwasi = forHost('runwasi', { kind: 'command', language: 'c' });
      const { code, said, manifests } = new StandIns()
        .kubectl({ logs: 'echo Hello, Kubernetes!' })
        .run(runwasi, ['smoke', 'TAG=v1']);
      assert.equal(code, 0, said);
      assert.match(manifests, /args:\n +- Kubernetes\n/);
      assert.match(manifests, /runtimeClassName: wasmtime/);
    });

    it('is compared by its image', () => {
      const { code, stdout } = new StandIns()
        .kubectl({ 'get job': 'echo old@sha256:1' })
        .run(aJob(), ['diff', 'TAG=v1']);
      assert.equal(code, 0);
      assert.equal(stdout, `-old@sha256:1\n+${server}/team/hello-wasm@${digest}\n`);
    });
  });

  describe('the pull secret', () => {
    const closed = () => aJob({ namespace: `${locked}/team` });

    it('is named if the registry wants credentials', () => {
      const { code, said, manifests } = new StandIns().kubectl().run(closed(), ['deploy', 'TAG=v1']);
      assert.equal(code, 0, said);
      assert.match(manifests, /^ {6}imagePullSecrets: \[\{ name: hello-wasm-pull \}\]$/m);
      const own = new StandIns().kubectl().run(closed(), ['deploy', 'TAG=v1', 'PULL_SECRET=ours']);
      assert.match(own.manifests, /^ {6}imagePullSecrets: \[\{ name: ours \}\]$/m);
    });

    it('that is missing stops before anything is applied, with the command that creates it', () => {
      const missing = new StandIns().kubectl({ 'get secret': 'true' });
      const { code, said, calls } = missing.run(closed(), ['deploy', 'TAG=v1']);
      assert.notEqual(code, 0);
      assert.match(
        said,
        /the cluster has no secret 'hello-wasm-pull'\. Create it: oras login .* create secret generic/,
      );
      assert.doesNotMatch(calls.join('\n'), /apply|delete/);
      const nodes = missing.run(closed(), ['deploy', 'TAG=v1', 'PULL_SECRET=none']);
      assert.equal(nodes.code, 0, nodes.said);
      assert.doesNotMatch(nodes.manifests, /^ *imagePullSecrets/m);
    });
  });

  describe('a Deployment', () => {
    it('is rolled out, compared, and removed', () => {
      const standIns = new StandIns().kubectl();
      const folder = forHost('runwasi');
      const { code, said, manifests } = standIns.run(folder, ['deploy', 'TAG=v1']);
      assert.equal(code, 0, said);
      assert.deepEqual(manifests.match(/^kind: .*/gm), [
        'kind: Deployment',
        'kind: NetworkPolicy',
        'kind: PodDisruptionBudget',
        'kind: Service',
      ]);
      assert.match(manifests, new RegExp(`image: ${server}/team/hello-wasm@${digest}\n`));
      assert.doesNotMatch(manifests, /:latest/);
      const differs = new StandIns().kubectl({ 'diff --filename -': "cat >/dev/null; echo '+ replicas: 2'; exit 1" });
      const differing = differs.run(folder, ['diff', 'TAG=v1']);
      assert.equal(differing.code, 0);
      assert.match(differing.said, /replicas: 2/);
      const removed = standIns.run(folder, ['undeploy']);
      assert.deepEqual(removed.calls, [`${there} delete --ignore-not-found --filename deploy`]);
      assert.deepEqual(standIns.run(folder, ['logs']).calls, [`${there} logs deployment/hello-wasm --all-pods`]);
    });

    it('is rolled back to an older tag, which it says', () => {
      const folder = forHost('runwasi');
      const git = (...words: string[]) =>
        ok('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words], folder);
      if (!existsSync(join(folder, '.git'))) git('init', '--quiet');
      for (const tag of ['v1', 'v2']) {
        git('commit', '--quiet', '--allow-empty', '--message', tag);
        git('tag', tag);
      }
      const running = (tag: string) => new StandIns().kubectl({ 'get deployment hello-wasm': `echo ${tag}` });
      assert.match(running('v2').run(folder, ['deploy', 'TAG=v1']).said, /^Rolling back from v2 to v1$/m);
      assert.match(running('v1').run(folder, ['deploy', 'TAG=v2']).said, /^Updating from v1 to v2$/m);
    });

    it('is what the operator of SpinKube makes of a SpinApp', () => {
      const { code, said, calls, manifests } = new StandIns().kubectl().run(forHost('spinkube'), ['deploy', 'TAG=v1']);
      assert.equal(code, 0, said);
      assert.ok(calls.includes(`${there} rollout status deployment/hello-wasm --watch=false`));
      assert.match(manifests, new RegExp(`kind: SpinApp[\\s\\S]*image: ${server}/team/hello-wasm@${digest}\n`));
    });

    it('is a workload of wasmCloud', () => {
      const { code, said, calls, manifests } = new StandIns().kubectl().run(forHost('wasmcloud'), ['deploy', 'TAG=v1']);
      assert.equal(code, 0, said);
      assert.ok(calls.some((call) => call.includes('condition=Ready workloaddeployment/hello-wasm')));
      assert.match(
        manifests,
        new RegExp(`kind: WorkloadDeployment[\\s\\S]*image: ${server}/team/hello-wasm@${digest}\n`),
      );
    });
  });

  describe('while it waits, deploy', () => {
    /** A Deployment that is not ready, for these reasons. */
    const waiting = (reason: string, more: Record<string, string> = {}) =>
      new StandIns().kubectl({
        ...more,
        'rollout status': 'echo Waiting',
        'get pods': `case $* in *reasons.tmpl) echo "${reason}" ;; *name) echo pod/a ;; esac`,
      });
    for (const [what, reason, help] of [
      ['an image that was not found', 'Pod a: ErrImagePull: x@sha256:1: not found', 'make push TAG=v1'],
      ['an invalid name', 'Pod a: InvalidImageName: cannot parse', 'describe deployment hello-wasm'],
      ['a registry that refuses', 'Pod a: ImagePullBackOff: 401 Unauthorized', 'describe deployment hello-wasm'],
      ['a secret that is missing', "Pod a: CreateContainerConfigError: secret 'x' not found", 'describe deployment'],
      ['a key that is missing', "Pod a: CreateContainerConfigError: couldn't find key K in ConfigMap x", 'describe'],
    ] as const)
      it(`ends at once with ${what}`, () => {
        const { code, said } = waiting(reason).run(forHost('runwasi'), ['deploy', 'TAG=v1', 'TIMEOUT=9999']);
        assert.notEqual(code, 0);
        assert.ok(said.includes(`Error: deployment hello-wasm cannot start: ${reason}`), said);
        assert.ok(said.includes(help), said);
        assert.match(said, /make undeploy/);
      });

    for (const [what, reason, shown] of [
      ['a Pod that no node takes', 'Pod a: Unschedulable: 0/1 nodes are available', /get nodes --label-columns/],
      ['a program that ends again and again', 'Pod a: CrashLoopBackOff: back-off 10s', /^panic: no memory$/m],
      ['a registry that does not answer', 'Pod a: ErrImagePull: dial tcp: no such host', /describe/],
    ] as const)
      it(`shows ${what}, and waits until TIMEOUT`, () => {
        const standIns = waiting(reason, { logs: 'echo panic: no memory' });
        const { code, said, calls } = standIns.run(forHost('runwasi'), ['deploy', 'TAG=v1', 'TIMEOUT=3']);
        assert.notEqual(code, 0);
        assert.equal(said.match(new RegExp(`^${reason.replace('/', '.')}$`, 'gm'))?.length, 1, said);
        assert.ok(said.includes(`Error: deployment hello-wasm is not ready after 3 seconds: ${reason}`), said);
        assert.match(said, shown);
        assert.ok(calls.filter((call) => call.includes('rollout status')).length > 1);
      });

    it('shows the warnings about Pods that have no reason yet', () => {
      const { said } = waiting('', {
        'get events': 'echo FailedCreatePodSandBox: no runtime for wasmtime is configured',
        'get replicasets': 'echo 5d4f uid-of-it',
      }).run(forHost('runwasi'), ['deploy', 'TAG=v1', 'TIMEOUT=0']);
      assert.match(said, /not ready after 0 seconds: FailedCreatePodSandBox: no runtime for wasmtime is configured/);
    });

    it('ends with a Job that failed', () => {
      const failed = new StandIns().kubectl({
        'get job': 'case $* in *conditions*) echo FailureTarget Failed ;; esac',
        'get pods': "case $* in *reasons.tmpl) echo 'Pod a: Error: exit code 1' ;; *name) echo pod/a ;; esac",
        logs: 'echo oh no',
      });
      const { code, said } = failed.run(aJob(), ['deploy', 'TAG=v1']);
      assert.notEqual(code, 0);
      assert.match(said, /^oh no$/m);
      assert.match(said, /^Error: job hello-wasm failed: Pod a: Error: exit code 1\nSee: kubectl .* describe job/m);
    });

    it('refuses a TIMEOUT that is not a number of seconds', () => {
      const { code, said, calls } = new StandIns().kubectl().run(aJob(), ['deploy', 'TAG=v1', 'TIMEOUT=5m']);
      assert.notEqual(code, 0);
      assert.match(said, /TIMEOUT is '5m'\. Write a number of seconds/);
      assert.deepEqual(calls, []);
    });
  });

  describe('the context and the namespace', () => {
    const tasks = ['diff', 'deploy', 'smoke', 'logs', 'undeploy', 'ship'];
    const unsaid = { CONTEXT: '', NAMESPACE: '' };

    for (const task of tasks)
      it(`of ${task} have to be named without a terminal`, () => {
        const standIns = new StandIns().kubectl();
        for (const [host, more] of [
          ['krustlet', { kind: 'command', language: 'c' }],
          ['runwasi', {}],
        ] as const) {
          const { code, said, calls } = standIns.run(forHost(host, more), [task, 'TAG=v1'], unsaid);
          assert.notEqual(code, 0, said);
          assert.match(said, /^Error: not running in a terminal\. Pass CONTEXT=staging NAMESPACE=team$/m);
          assert.deepEqual(calls, []);
          assert.doesNotMatch(said, /== build/);
        }
      });

    it('are shown on a terminal, and nothing happens without a yes', () => {
      const standIns = new StandIns().kubectl();
      for (const task of tasks) {
        const { code, said, calls } = standIns.run(aJob(), [task, 'TAG=v1'], {}, 'n');
        assert.notEqual(code, 0, said);
        assert.match(said, /Use context 'staging', namespace 'team'\? \[y\/N\]/);
        assert.match(said, /Nothing was done\./);
        assert.deepEqual(calls, [], task);
      }
      const { code, said, calls } = standIns.run(aJob(), ['logs'], {}, 'yes');
      assert.equal(code, 0, said);
      assert.deepEqual(calls, [`${there} logs job/hello-wasm`]);
    });

    it('have to exist', () => {
      const wrong = new StandIns().kubectl().run(aJob(), ['deploy', 'TAG=v1'], { CONTEXT: 'live' });
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.said, /^Error: kubectl has no context 'live'\. List them: kubectl config get-contexts$/m);
      assert.deepEqual(wrong.calls, []);

      const missing = new StandIns().kubectl({ 'get namespace': 'true' });
      const created = missing.run(aJob(), ['deploy', 'TAG=v1']);
      assert.equal(created.code, 0, created.said);
      assert.ok(created.calls.includes(`${there} create namespace team`));
      assert.match(missing.run(aJob(), ['smoke', 'TAG=v1']).said, /no namespace 'team'\. Create it: kubectl --context/);

      const refused = new StandIns().kubectl({ 'get namespace': 'true', 'create namespace': 'exit 1' });
      const { code, said, calls } = refused.run(aJob(), ['deploy', 'TAG=v1']);
      assert.notEqual(code, 0);
      assert.match(said, /^Error: you cannot create the namespace 'team'\. Ask an administrator: kubectl/m);
      assert.doesNotMatch(calls.join('\n'), /apply/);
    });

    it('where the user may not create everything: the command that removes the rest is given', () => {
      const forbidden =
        "cat >/dev/null; echo 'Error from server (Forbidden): deployments.apps is forbidden' >&2; exit 1";
      const standIns = new StandIns().kubectl({ 'apply --filename -': forbidden });
      for (const folder of [forHost('runwasi'), aJob()]) {
        const { code, said } = standIns.run(folder, ['deploy', 'TAG=v1']);
        assert.notEqual(code, 0);
        assert.match(
          said,
          /Forbidden.*\nError: the cluster refused the manifests\. Fix.*\nRemove everything .*: make undeploy$/m,
        );
      }
    });

    it('need not be readable', () => {
      const forbidden = "echo 'Error from server (Forbidden): no' >&2; exit 1";
      const { code, said } = new StandIns()
        .kubectl({ 'get namespace': forbidden, 'get secret': forbidden })
        .run(aJob({ namespace: `${locked}/team` }), ['deploy', 'TAG=v1']);
      assert.equal(code, 0, said);
    });
  });

  it('name a program that is not installed, and a registry that does not answer', () => {
    const folder = aJob();
    const tools = new StandIns().kubectl();
    for (const name of ['mktemp', 'rm', 'cat', 'grep'])
      symlinkSync(ok('sh', ['-c', `command -v ${name}`], folder).trim(), join(tools.folder, name));
    const words = ['scripts/deploy.sh', 'deploy', 'job', plain.name, `${server}/team/${plain.name}:v1`];
    const env = { CONTEXT: 'staging', NAMESPACE: 'team', PATH: tools.folder };
    assert.match(run('/bin/sh', words, folder, env).said, /^Error: oras is not installed\. Run: make doctor$/m);
    rmSync(join(tools.folder, 'kubectl'));
    assert.match(run('/bin/sh', words, folder, env).said, /^Error: kubectl is not installed\. Run: make doctor$/m);
    const failing = new StandIns().kubectl().add('oras', 'echo "response status code 500: Error" >&2; exit 1');
    const { code, said } = failing.run(folder, ['deploy', 'TAG=v1']);
    assert.notEqual(code, 0);
    assert.match(said, /status code 500: Error\nError: the registry .* did not answer as expected\. Check its address/);
  });

  it('remove the Pod of smoke when they are interrupted', async () => {
    const folder = aJob();
    const standIns = new StandIns().kubectl({ 'get pod hello': 'echo Pending' });
    const temporary = mkdtempSync(join(scratch, 'interrupted-'));
    const PATH = `${standIns.folder}:${environment.PATH}`;
    const env = {
      ...process.env,
      ...taskEnvironment(),
      PATH,
      CONTEXT: 'staging',
      NAMESPACE: 'team',
      TMPDIR: temporary,
    };
    const child = spawn('make', ['smoke', 'TAG=v1'], { cwd: folder, env, detached: true, stdio: 'ignore' });
    const ended = once(child, 'exit');
    const log = () => (existsSync(standIns.log) ? readFileSync(standIns.log, 'utf8') : '');
    while (child.exitCode === null && !log().includes('get pod hello'))
      await new Promise((done) => setTimeout(done, 50));
    process.kill(-Number(child.pid), 'SIGINT');
    await ended;
    // make does not wait for the shell.
    for (let tries = 0; tries < 600 && readdirSync(temporary).length > 0; tries++)
      await new Promise((done) => setTimeout(done, 50));
    assert.deepEqual(readdirSync(temporary), []);
    assert.match(log(), /apply[\s\S]*delete pod hello-wasm-try --ignore-not-found --wait=false\n/);
  });

  it('fail if no cluster answers, or the registry has no such tag', () => {
    const none = new StandIns().kubectl({ 'get namespace': 'echo refused >&2; exit 1' });
    const { code, said } = none.run(forHost('runwasi'), ['diff', 'TAG=v1']);
    assert.notEqual(code, 0);
    assert.match(
      said,
      /^Error: the cluster does not answer, or refuses your credentials\. Check it: kubectl --context staging cluster-info$/m,
    );
    const { code: absent, said: why, calls } = none.run(forHost('runwasi'), ['deploy', 'TAG=v9']);
    assert.notEqual(absent, 0);
    assert.match(
      why,
      /^Error: .*hello-wasm:v9 was not found, or you are not logged in\. Run: make login push TAG=v9$/m,
    );
    assert.deepEqual(calls, []);
    const fails = new StandIns().kubectl({ 'diff --filename -': 'cat >/dev/null; exit 2' });
    assert.notEqual(fails.run(forHost('runwasi'), ['diff', 'TAG=v1']).code, 0);
  });

  describe('runwasi', () => {
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
      const refused = standIns.run(folder, ['cluster']);
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
        const { code, said, calls, manifests } = standIns.run(folder, ['cluster']);
        assert.equal(code, 0, said);
        assert.match(manifests, /runtime_type = "io\.containerd\.wasmtime\.v1"/);
        assert.equal(calls[1], 'kind create cluster --name hello-wasm --config -');
        assert.match(String(calls[2]), /^docker cp \S+ hello-wasm-control-plane:\/usr\/local\/bin\/$/);
        assert.equal(calls[3], 'kubectl apply --filename cluster');
      } finally {
        writeFileSync(path, text);
      }
    });

    it('checks what a forwarded port leads to, also if the forwarding breaks', async function () {
      need(this, 'wasmtime', ...needed(component.choices.language));
      const folder = built(component);
      const listen = `127.0.0.1:${await freePort()}`;
      const stopServer = await serving('make', ['--silent', 'serve', `LISTEN=${listen}`], folder, `http://${listen}/`);
      try {
        const script = join(import.meta.dirname, 'port-forward.mjs');
        for (const breaks of ['', 'breaks']) {
          const forwards = new StandIns().kubectl({ 'port-forward': `exec node ${script} ${listen} ${breaks}` });
          const { code, said, calls } = forwards.run(forHost('runwasi'), ['smoke']);
          assert.equal(code, 0, said);
          assert.match(said, /(\d+) of \1 cases pass/);
          assert.equal(calls[0], `${there} port-forward service/hello-wasm :80`);
          assert.equal(calls.length > 1, Boolean(breaks), calls.join('\n'));
        }
        const fails = new StandIns()
          .kubectl({ 'port-forward': 'echo "no such service" >&2; exit 1' })
          .run(forHost('runwasi'), ['smoke']);
        assert.notEqual(fails.code, 0);
        assert.match(fails.said, /no such service/);
        // At a URL, no cluster is asked.
        const { code, said, calls } = new StandIns()
          .kubectl()
          .run(forHost('runwasi'), ['smoke', `URL=http://${listen}`], { CONTEXT: '', NAMESPACE: '' });
        assert.equal(code, 0, said);
        assert.deepEqual(calls, []);
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
      const { code, said, calls } = standIns.run(folder, ['push', 'TAG=v3']);
      assert.equal(code, 0, said);
      const image = `${server}/team/hello-wasm`;
      assert.deepEqual(calls, [`spin registry push ${image}:v3`]);
      const pushed = ok('oras', ['resolve', `${image}:v3`], folder).trim();
      assert.equal(readFileSync(join(folder, 'build/pushed'), 'utf8'), `${image}@${pushed}\n`);
      assert.ok(existsSync(join(folder, 'build/hello-wasm.opt.wasm')), 'what spin.toml names was made');

      const again = standIns.run(folder, ['push', 'TAG=v3']);
      assert.notEqual(again.code, 0);
      assert.match(
        again.said,
        /hello-wasm:v3 already exists with different contents \(sha256:\w+\)\. Published tags are immutable/,
      );
      assert.equal(ok('oras', ['resolve', `${image}:v3`], folder).trim(), pushed);

      const silent = new StandIns().add('spin', 'echo "Pushed; the registry did not return the digest"');
      const without = silent.run(folder, ['push', 'TAG=v4']);
      assert.notEqual(without.code, 0);
      assert.match(without.said, /printed no digest for .*:v4, so it cannot be signed/);
      assert.notEqual(new StandIns().add('spin', 'exit 1').run(folder, ['push', 'TAG=v4']).code, 0);
    });

    it('make a cluster with the operator', () => {
      const standIns = new StandIns().add('k3d', '').add('helm', '').add('kubectl', '');
      const { code, calls } = standIns.run(forHost('spinkube'), ['cluster']);
      assert.equal(code, 0);
      assert.match(String(calls[0]), /^k3d cluster create hello-wasm --image \S+\/k3d:v[\d.]+$/);
      assert.equal(calls.filter((call) => /^helm install spin-operator .* --version [\d.]+ /.test(call)).length, 1);
      assert.match(String(calls.at(-1)), /shim-executor\.yaml$/);
    });
  });

  it('make a cluster with the operator of wasmCloud', () => {
    const standIns = new StandIns();
    standIns.add('kind', `cat >${standIns.manifests}`).add('helm', '');
    const { code, calls, manifests } = standIns.run(forHost('wasmcloud'), ['cluster']);
    assert.equal(code, 0);
    assert.match(manifests, /hostPort: 80, containerPort: 30950/);
    assert.match(String(calls[1]), /^helm install wasmcloud \S+\/runtime-operator --version [\d.]+ /);
  });
});
