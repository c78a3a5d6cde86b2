/** What a release does with what it is given: the tag, the files of another job, and secrets in the forms that CI providers use. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { axes } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import { handedOver, pipeline } from '../../src/model/pipeline.ts';
import { compose } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { nothing, runsOf } from '../ci/files.ts';
import { everyChoice, label, plain } from '../support/examples.ts';
import { put, repository } from '../support/repositories.ts';

const providers = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');
const chosen: Choices = { ...plain, registry: 'oci', namespace: 'registry.example.com/team', ci: providers };
const asAda = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'tag.gpgSign=false'];

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'generator-wasm-release-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function run(cwd: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status, stdout, said: stdout + stderr };
}

describe('the tag of a release', () => {
  let project: string;
  let tools: string;
  before(() => {
    project = join(folder, 'project');
    repository(project, render(chosen));
    // make says what it would run, and what installs does nothing.
    tools = join(folder, 'tools');
    mkdirSync(tools);
    const tool = (name: string, script: string) =>
      writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const make = run(folder, 'sh', ['-c', 'command -v make']).stdout.trim();
    tool('make', `exec ${make} -n "$@"`);
    for (const name of ['npm', 'mise']) tool(name, 'true');
    tool('circleci', 'echo token');
  });
  const git = (...args: string[]) => assert.equal(run(project, 'git', [...asAda, ...args]).status, 0, args.join(' '));
  const several = [
    ['v1.0.0', 'latest'],
    ['v1.0.0', 'v1.0.0-rc.1'],
    ['v1.0.0-rc.1', 'v1.0.0'],
    ['v1.0.0', 'v2.0.0', 'hello/v1.0.0'],
  ];
  function tagged(tags: readonly string[], annotated: boolean, test: () => void): void {
    for (const tag of tags) git('tag', ...(annotated ? ['-a', '-m', tag] : []), tag);
    try {
      test();
    } finally {
      git('tag', '--delete', ...tags);
    }
  }

  for (const tags of several)
    for (const annotated of [false, true])
      for (const provider of providers)
        it(`is the one that started ${provider}, of ${annotated ? 'annotated ' : ''}${tags.join(', ')}`, () =>
          tagged(tags, annotated, () => {
            const [tag = ''] = tags;
            const { publish } = runsOf(provider, render(chosen), { ...nothing, tag });
            const said = publish.map(({ lines, shell: [command = '', ...words], env }) => {
              const { status, said } = run(project, command, [...words, lines.join('\n')], {
                ...env,
                PATH: `${tools}:${process.env.PATH}`,
              });
              assert.equal(status, 0, said);
              return said;
            });
            const named = [...said.join('').matchAll(/registry\.example\.com\/team\/hello-wasm:([^"\s]*)/g)];
            // `push` and `verify`, which jenkins also repeats before it runs them.
            assert.ok(named.length >= 2, said.join(''));
            assert.deepEqual([...new Set(named.map(([, name]) => name))], [tag]);
          }));

  it('has to be said on a laptop where there are several, and is not asked for where there is one, or none', () => {
    const push = (...words: string[]) => run(project, 'make', ['-n', 'push', ...words]);
    for (const tags of several)
      for (const annotated of [false, true])
        tagged(tags, annotated, () => {
          const { status, said } = push();
          assert.notEqual(status, 0);
          assert.match(said, /Error: this commit has several tags: .*Pass one: make push TAG=/);
          for (const tag of tags) assert.ok(said.includes(tag), said);
          assert.doesNotMatch(said, /push\.mjs/);
          assert.match(push('TAG=v1.0.0').stdout, /hello-wasm:v1\.0\.0"/);
        });
    tagged(['v1.0.0'], true, () => assert.match(push().stdout, /hello-wasm:v1\.0\.0"/));
    assert.match(push().stdout, /hello-wasm:[0-9a-f]{7,}"/);
  });

  it('is told not to be one before anything is asked of a registry', () => {
    mkdirSync(join(project, 'build'), { recursive: true });
    writeFileSync(join(project, 'build/hello-wasm.opt.wasm'), 'module');
    for (const tag of ['hello/v1.0.0', 'v1.0.0+build.5', '-v1', 'v1:2', 'a'.repeat(129)]) {
      const { status, said } = run(project, 'make', ['push', `TAG=${tag}`], { PATH: `${process.env.PATH}` });
      assert.notEqual(status, 0);
      assert.ok(
        said.includes(
          `Error: invalid tag '${tag}': there is no tag with other characters than letters, digits, dots, dashes and underscores, or with more than 128. For example`,
        ),
        said,
      );
    }
    rmSync(join(project, 'build'), { recursive: true });
  });
});

describe('the provenance of a release', () => {
  for (const [kind, language, tasks] of [
    ['wagi', 'assemblyscript', ['setup', 'build', 'optimize']],
    ['http', 'rust', ['setup', 'build']],
  ] as const)
    it(`names the tasks that build a module of kind ${kind}`, () => {
      const place = join(folder, `provenance-${kind}`);
      repository(place, render({ ...chosen, kind, language, host: kind === 'http' ? 'spin' : 'wagi' }));
      const { stdout, said } = run(place, 'node', ['scripts/provenance.mjs']);
      assert.deepEqual(JSON.parse(stdout || said).buildDefinition.externalParameters.tasks, tasks);
    });
});

describe('a job that publishes', () => {
  const seen = new Set<string>();
  for (const choices of everyChoice()) {
    const { language, kind, host, registry } = choices;
    const key = [language, kind, host, registry].join();
    if (!['oci', 'bindle'].includes(registry) || seen.has(key)) continue;
    seen.add(key);
    it(`compiles nothing, though what it takes is older than every source: ${label(choices)}`, () => {
      const plan = compose(choices);
      const place = join(folder, 'publishing');
      rmSync(place, { recursive: true, force: true });
      put(place, render(choices));
      const lacking = run(place, 'make', ['push', 'TAG=v1.0.0']);
      assert.notEqual(lacking.status, 0);
      assert.match(
        lacking.said,
        /Error: build\/hello-wasm\.(?:opt\.)?wasm is missing: run make (?:build|optimize) first\./,
      );
      for (const path of handedOver(plan)) {
        mkdirSync(join(place, 'build'), { recursive: true });
        writeFileSync(join(place, path), '');
        utimesSync(join(place, path), 0, 0);
      }
      const { status, said } = run(place, 'make', ['-n', ...pipeline(plan, 'publish'), 'TAG=v1.0.0']);
      assert.equal(status, 0, said);
      const programs = said
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('test -f '))
        .map((line) => line.replace(/^.*&& /, '').split(' ')[0]);
      for (const program of programs)
        assert.ok(['sha256sum', 'node', 'sh'].includes(`${program}`), `${program}: ${said}`);
    });
  }
});

describe('a secret', () => {
  const script = resolve(import.meta.dirname, '../../templates/publish/secret.sh');
  const key = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJ+/w==
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
`;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const read = (value: string) =>
    run(folder, 'sh', ['-euc', `. '${script}'; secret KEY; pem KEY; printf %s "$KEY"`], { KEY: value });
  const [begin = '', ...lines] = key.trim().split('\n');
  const end = lines.pop();
  const whole = `${begin}\n${lines.join('')}\n${end}`;

  const forms: [string, string][] = [
    ['as it is', key],
    ['with Windows line ends', key.replaceAll('\n', '\r\n')],
    ['with \\n for line ends', key.replaceAll('\n', '\\n')],
    ['with \\r\\n for line ends', key.replaceAll('\n', '\\r\\n')],
    ['with spaces for line ends', key.trim().replaceAll('\n', ' ')],
    ['in base64', base64(key)],
    ['in base64 of many lines', base64(key).replace(/.{76}/g, '$&\n')],
    ['in base64, with Windows line ends inside', base64(key.replaceAll('\n', '\r\n'))],
    ['between quotes', `"${key.trim()}"`],
  ];
  for (const [form, value] of forms)
    it(`that is a key works ${form}`, () => {
      const { status, stdout, said } = read(value);
      assert.equal(status, 0, said);
      assert.equal(stdout, whole);
    });

  it('works as the path of a file, as GitLab hands over variables of the type File', () => {
    const path = join(folder, 'project.tmp');
    mkdirSync(path);
    writeFileSync(join(path, 'KEY'), key);
    assert.equal(read(join(path, 'KEY')).stdout, whole);
  });

  it('that is no key is named, with the form that it needs, and is not shown', () => {
    for (const value of [
      's3cret',
      base64('s3cret'),
      key.slice(0, 60),
      '/no/such/file/KEY',
      key.replace('END', 'AND'),
    ]) {
      const { status, said } = read(value);
      assert.equal(status, 1);
      assert.match(said, /^Error: KEY is not a key: it needs the text from -----BEGIN to /);
      assert.doesNotMatch(said, /s3cret|eyJr/);
    }
  });

  it('that Azure Pipelines does not have is not set, and any other text stays as it is', () => {
    const value = (text: string) =>
      run(folder, 'sh', ['-euc', `. '${script}'; secret PASSWORD; printf %s "$PASSWORD"`], { PASSWORD: text }).stdout;
    assert.equal(value('$(PASSWORD)'), '');
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        (text) => value(text) === text,
      ),
      { numRuns: 50 },
    );
    for (const text of ['$(OTHER)', '`id`', '$HOME', "a'b", 'a"b', '\\n', ' a ']) assert.equal(value(text), text);
  });
});
