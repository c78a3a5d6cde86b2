import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { createCommand, reserved } from '../../src/commands/commands.ts';
import { choose } from '../../src/plan/choices.ts';
import { questions } from '../../src/plan/questions.ts';

const around = { folder: 'hello', author: () => 'Ada' };
const chosen = (...argv: string[]) => choose(readCreateRequest(argv, reserved), around, undefined);
const refusal = async (...argv: string[]): Promise<string> => {
  try {
    await chosen(...argv);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.equal((error as { code?: number }).code, 1, error.stack);
    return error.message;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
};

describe('the command line', () => {
  it('takes the defaults with --yes', async () => {
    assert.deepEqual(await chosen('hello', '--yes'), {
      name: 'hello',
      language: 'assemblyscript',
      kind: 'wagi',
      host: 'wagi',
      registry: 'none',
      namespace: '',
      ci: ['github'],
      editor: 'vscode',
      license: 'MIT',
      author: 'Ada',
    });
  });

  it('lets one answer decide the defaults of the others', async () => {
    assert.equal((await chosen('--yes', '--host', 'wasmtime')).kind, 'command');
    assert.equal((await chosen('--yes', '--kind=command')).host, 'wasmtime');
    assert.equal((await chosen('--yes', '--namespace', 'registry.example.com/team')).registry, 'oci');
  });

  it('takes CI as a list or repeated, in one order', async () => {
    assert.deepEqual((await chosen('--yes', '--ci', 'gitlab,github')).ci, ['github', 'gitlab']);
    assert.deepEqual((await chosen('--yes', '--ci', 'gitlab', '--ci', 'github')).ci, ['github', 'gitlab']);
  });

  it('reads an unusual destination as text', () => {
    assert.equal(readCreateRequest(['1e3']).destination, '1e3');
    assert.equal(readCreateRequest(['./ci']).destination, './ci');
    assert.equal(readCreateRequest(['.']).destination, '.');
  });

  it('names what is missing when nobody can be asked', async () => {
    const text = await refusal('hello', '--language', 'c');
    assert.match(text, /^Not running in a terminal/);
    assert.ok(!text.includes('--name'), 'the folder has the name');
    for (const flag of ['--kind', '--host', '--registry', '--ci', '--editor', '--license', '--author'])
      assert.ok(text.includes(flag), `${flag} in ${text}`);
    assert.ok(!text.includes('--language'), text);
  });

  const refusals: [string[], RegExp][] = [
    [['--langauge', 'c'], /^Unknown flag '--langauge'\. Did you mean --language\?$/],
    [['--zzzzzzzzzzzz'], /^Unknown flag '--zzzzzzzzzzzz'\. See --help/],
    [['--__proto__'], /^Unknown flag '--__proto__'/],
    [['--yes', '--language', 'cobol'], /^Unknown language 'cobol'\. Choose one of: assemblyscript, c\b/],
    [['--yes', '--kind', ''], /^Unknown kind ''/],
    [['--yes', '--language'], /^Flag '--language' needs a value/],
    [['--yes=no'], /^Flag '--yes' takes no value, but 'no' was given/],
    [['--language', 'c', '--language', 'c'], /^Flag '--language' was given twice: 'c' and 'c'/],
    [['--yes', '--ci', 'github,jenkinz'], /^Unknown ci 'jenkinz'/],
    [['--yes', '--ci', 'none,github'], /^CI 'none' cannot be combined with github/],
    [['a', 'b', '--yes'], /^Only one destination is allowed, but 2 were given: 'a', 'b'/],
    [['', '--yes'], /^The destination is empty/],
    [['ci', '--yes'], /'ci' is reserved for a command.*write \.\/ci/],
    [
      ['--yes', '--host', 'wasmtime', '--kind', 'wagi'],
      /^wasmtime does not run kind 'wagi'\. Choose host wagi or spin or spinkube, or kind command or http\.$/,
    ],
    [['--yes', '--registry', 'oci'], /^Registry 'oci' needs a namespace/],
    [['--yes', '--registry', 'none', '--namespace', 'a.b/c'], /has no namespace, but 'a\.b\/c' was given/],
    [['--yes', '--registry', 'oci', '--namespace', 'https://a.b/c'], /^Namespace 'https:\/\/a\.b\/c' has a scheme/],
    [['--yes', '--registry', 'oci', '--namespace', 'a.b/Team'], /has upper-case letters/],
    [['--yes', '--registry', 'oci', '--namespace', 'a.b'], /has no path/],
    [['--yes', '--registry', 'oci', '--namespace', 'a.b:99999/c'], /port above 65535/],
    [['--yes', '--registry', 'oci', '--namespace', 'a.b/c d'], /path that no registry takes \('c d'\)/],
    [['--yes', '--registry', 'oci', '--namespace', '-a/c'], /no valid host/],
    [['--yes', '--author', 'a\nb'], /^Author "a\\nb" has control characters/],
    [['--yes', '--module', 'api'], /^Module 'api' is not valid\. Write NAME:LANGUAGE:KIND/],
    [['--yes', '--module', 'a:b:c:d:e'], /^Module 'a:b:c:d:e' is not valid/],
    [['--yes', '--module', 'api:cobol:wagi'], /^Module 'api:cobol:wagi' has an unknown language 'cobol'/],
    [['--yes', '--module', 'api:rust:web'], /unknown kind 'web'/],
    [['--yes', '--module', 'api:rust:wagi:iis'], /unknown host 'iis'/],
    [['--yes', '--module', '../x:rust:wagi'], /^Module '\.\.\/x:rust:wagi': Name "\.\.\/x"/],
    [['--yes', '--module', 'docs:rust:wagi'], /cannot have the folder 'docs'/],
    [['--yes', '--module', 'fn:rust:wagi'], /^Module 'fn:rust:wagi': Name 'fn' is a word of Rust/],
    [['--yes', '--module', 'api:rust:wagi', '--module', 'api:c:command'], /^Two modules are called 'api'/],
    [['--yes', '--module', 'api:rust:wagi:wasmtime'], /wasmtime does not run kind 'wagi'/],
    [
      ['--yes', '--module', 'jobs:c:command:krustlet', '--registry', 'none'],
      /^Module .*Krustlet pulls modules from a registry/,
    ],
    [['--yes', '--module', 'api:rust:wagi', '--language', 'c'], /^--language 'c' and --module were both given/],
    [['--answers', '/nowhere/at-all.yaml'], /^Answers file '\/nowhere\/at-all\.yaml' cannot be read/],
  ];
  for (const [argv, sentence] of refusals)
    it(`refuses ${argv.join(' ') || 'nothing'}`, async () => assert.match(await refusal(...argv), sentence));

  const names = [
    '',
    'my app',
    '../x',
    '-x',
    'x-',
    '$(touch x)',
    "it's",
    'a"b',
    'é',
    'Hello',
    '1st',
    'a--b',
    'nul',
    'x'.repeat(300),
    'a/b',
    'a\nb',
    '.',
    '__proto__',
  ];
  for (const name of names)
    it(`refuses the name ${JSON.stringify(name.slice(0, 20))}`, async () =>
      assert.match(await refusal('--yes', `--name=${name}`), /^(Name|The project needs a name)/));

  it('takes a good name', async () => {
    for (const name of ['a', 'hello-wasm', 'hello_wasm', 'h2o', 'x'.repeat(50)])
      assert.equal((await chosen('--yes', '--name', name)).name, name);
  });
});

describe('an answers file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'answers-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('answers questions in YAML and JSON, and the command line wins', async () => {
    const yaml = file('a.yaml', 'destination: there\nlanguage: c\nci: [gitlab, github]\n');
    const json = file('a.json', '{"language": "c", "ci": "gitlab"}');
    assert.deepEqual((await chosen('--yes', '--answers', yaml)).ci, ['github', 'gitlab']);
    assert.equal(readCreateRequest(['--answers', yaml]).destination, 'there');
    assert.equal((await chosen('--yes', '--answers', json)).language, 'c');
    assert.equal((await chosen('--yes', '--answers', json, '--language', 'assemblyscript')).language, 'assemblyscript');
  });

  const bad: [string, string, RegExp][] = [
    ['b.yaml', 'language: [c', /cannot be parsed: .*line 1/],
    ['b.json', '{"language": "c",,}', /cannot be parsed/],
    ['c.yaml', 'langauge: c', /has an unknown key 'langauge'/],
    ['d.yaml', 'name: 12', /'name' must be text, but is 12/],
    ['e.yaml', 'language: [c]', /'language' must be text/],
    ['f.yaml', '- c', /has no keys/],
    ['g.yaml', '', /has no keys/],
    ['h.yaml', '__proto__: c', /unknown key '__proto__'/],
  ];
  for (const [name, text, sentence] of bad)
    it(`refuses ${JSON.stringify(text)}`, async () =>
      assert.match(await refusal('--yes', '--answers', file(name, text)), sentence));
});

describe('--help', () => {
  it('has a line for every question and lists its values', () => {
    const help = createCommand([]).usage('generator-wasm');
    for (const { key } of questions) assert.match(help, new RegExp(`--${key} `));
    for (const { id } of [...axes.language, ...axes.host, ...axes.registry, ...axes.ci])
      assert.ok(help.includes(id), id);
    for (const line of help.split('\n')) assert.ok(line.length <= 100, line);
  });
});
