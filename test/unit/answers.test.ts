import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { axes } from '../../src/catalog/axes.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { asker } from '../../src/cli/prompt.ts';
import { binCommands, createCommand, mistaken, reserved } from '../../src/commands/commands.ts';
import { choose } from '../../src/plan/choices.ts';
import { questions } from '../../src/plan/questions.ts';

const around = { folder: 'hello', author: () => 'Ada' };
const chosen = (...argv: string[]) => choose(readCreateRequest(argv, mistaken), around, undefined);
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
    [['--yes', '--kind', ''], /^--kind is empty\. Choose one of: command, wagi, http\.$/],
    [['--yes', '--lang', 'c'], /^Unknown flag '--lang'\. Did you mean --language\?$/],
    [['--yes', '-l', 'c'], /^Unknown flag '-l'\. Did you mean --language or --license\?$/],
    [['--yes', '--language', 'pyhton'], /^Unknown language 'pyhton'\. Did you mean python\? Choose one of: /],
    [['--yes', '--ci', 'github,jenkinz'], /^Unknown ci 'jenkinz'\. Did you mean jenkins\?/],
    [['--yes', '--module', 'api:rustt:wagi'], /unknown language 'rustt'\. Did you mean rust\?/],
    [
      ['--yes', '--namespace', 'octo-org'],
      /^No registry goes with .*--namespace octo-org\. Namespace 'octo-org' has no path\. Write HOST/,
    ],
    [
      ['--yes', '--language', 'javascript', '--host', 'wazero'],
      /^No kind goes with --language javascript --host wazero\. wazero does not run kind 'http'/,
    ],
    [['--yes', '--language'], /^Flag '--language' needs a value/],
    [['--yes=no'], /^Flag '--yes' takes no value, but 'no' was given/],
    [['--language', 'c', '--language', 'c'], /^Flag '--language' was given twice: 'c' and 'c'/],
    [['--yes', '--ci', 'none,github'], /^CI 'none' cannot be combined with github/],
    [['a', 'b', '--yes'], /^Only one destination is allowed, but 2 were given: 'a', 'b'/],
    [['', '--yes'], /^The destination is empty/],
    [['ci', '--yes'], /'ci' is reserved for a command.*write \.\/ci/],
    [
      ['--yes', '--host', 'wasmtime', '--kind', 'wagi'],
      /^wasmtime does not run kind 'wagi'\. Choose host wagi, spin or spinkube, or kind command or http\.$/,
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
    [['--yes', '--module', 'api:rust:wagi', '--registry', 'ghcr'], /^Registry 'ghcr' needs a namespace\./],
    [
      ['--yes', '--module', 'jobs:c:command:krustlet', '--registry', 'none'],
      /^Module .*Krustlet pulls modules from a registry/,
    ],
    [['--yes', '--module', 'api:rust:wagi', '--language', 'c'], /^--language 'c' and --module were both given/],
    [['--answers', '/nowhere/at-all.yaml'], /^Answers file '\/nowhere\/at-all\.yaml' cannot be read/],
  ];
  for (const [argv, sentence] of refusals)
    it(`refuses ${argv.join(' ') || 'nothing'}`, async () => assert.match(await refusal(...argv), sentence));

  it('takes values in any case, and the words that people use for them', async () => {
    const { language, host, license } = await chosen('--yes', '--language', 'RS', '--host', 'WAGI', '--license', 'mit');
    assert.deepEqual({ language, host, license }, { language: 'rust', host: 'wagi', license: 'MIT' });
    const pushed = await chosen(
      '--yes',
      '--registry',
      'docker.io',
      '--namespace',
      'docker.io/octo',
      '--kind',
      'Command',
    );
    assert.deepEqual([pushed.registry, pushed.kind], ['dockerhub', 'command']);
    assert.equal((await chosen('--yes', '--language', 'c++')).language, 'cpp');
    for (const word of ['k8s', 'Kubernetes'])
      assert.equal((await chosen('--yes', '--namespace', 'ghcr.io/octo', '--host', word)).host, 'runwasi');
    assert.deepEqual((await chosen('--yes', '--ci', 'GitHub-Actions, gitlab-ci')).ci, ['github', 'gitlab']);
    const { module } = await chosen(
      '--yes',
      '--namespace',
      'ghcr.io/octo',
      '--module',
      'api:RS:wagi',
      '--module',
      'jobs:golang:job:k8s',
    );
    assert.deepEqual(module, ['api:rust:wagi', 'jobs:go:command:runwasi']);
  });
  for (const [key, options] of Object.entries(axes))
    it(`gives each word for a ${key} to one value`, () => {
      const words = options.flatMap(({ id, aliases = [] }) => [...new Set([id.toLowerCase(), ...aliases])]);
      assert.deepEqual(words, [...new Set(words.map((word) => word.toLowerCase()))]);
    });

  for (const word of ['api', 'cli', 'hosts', 'listen', 'news', 'address', 'services', 'x', 'helper'])
    it(`takes ${word} for a folder`, async () => {
      assert.equal(mistaken(word), undefined);
      assert.equal(readCreateRequest([word, '--yes'], mistaken).destination, word);
    });
  it('takes any word for a folder that is not a command and not one letter away from one', () => {
    const close = (word: string, name: string): boolean =>
      Math.abs(word.length - name.length) <= 1 &&
      [...name].filter((letter) => !word.includes(letter)).length <= 1 &&
      name.length >= 5;
    const words = fc.string({ unit: fc.constantFrom(...'acdeghilnoprstvw'), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(words, (word) => {
        if (reserved.includes(word) || binCommands.some(({ name }) => close(word, name))) return;
        assert.equal(mistaken(word), undefined, word);
      }),
    );
  });
  const misread: [string, RegExp][] = [
    ['docter', /^'docter' is not a command\. Did you mean doctor\? For a folder with that name, write \.\/docter\.$/],
    ['upgarde', /Did you mean upgrade\?/],
    ['regisrty', /Did you mean registry\?/],
    ['languages', /Did you mean language\?/],
    [
      'init',
      /^'init' is not a command\. To create a project, give its folder, for example my-app\. .*write \.\/init\.$/,
    ],
    ['new', /To create a project.*write \.\/new\.$/],
    ['create', /To create a project.*write \.\/create\.$/],
    ['update', /Did you mean upgrade\?.*write \.\/update\.$/],
    ['add', /ci --add.*write \.\/add\.$/],
    ...['help', 'version', 'list', 'completion'].map((word): [string, RegExp] => [
      word,
      new RegExp(`^'${word}' is reserved for a command\\. .*write \\./${word}\\.$`),
    ]),
  ];
  for (const [word, sentence] of misread)
    it(`does not take ${word} for a folder`, async () => {
      assert.match(await refusal('--yes', word), sentence);
      assert.equal(readCreateRequest([`./${word}`], mistaken).destination, `./${word}`);
    });

  for (const [name, meant] of Object.entries({
    MyApp: 'my-app',
    'my app': 'my-app',
    HTTPServer: 'http-server',
    Café: 'cafe',
  }))
    it(`offers ${meant} for ${name}`, async () => {
      assert.match(await refusal('--yes', '--name', name), new RegExp(`Did you mean ${meant}\\?`));
      let offered: unknown;
      const ask = asker(async (question) => {
        offered ??= question.default;
        return { answer: 'x' };
      });
      await assert.rejects(choose(readCreateRequest([name]), { folder: name, author: () => '' }, ask));
      assert.equal(offered, meant);
    });

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
  it('has a line for every question and lists its values', async () => {
    const help = (await createCommand([]).load()).usage('generator-wasm');
    for (const { key } of questions) assert.match(help, new RegExp(`--${key} `));
    for (const { id } of [...axes.language, ...axes.host, ...axes.registry, ...axes.ci])
      assert.ok(help.includes(id), id);
    for (const line of help.split('\n')) assert.ok(line.length <= 100, line);
  });
});
