/** What the embedded host does not serve, and how it says so: file, line and value, and exit code 1. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { config, host, modules } from './modules.ts';

describe('the embedded host refuses', () => {
  let folder: string;
  before(async () => {
    folder = await modules();
    mkdirSync(join(folder, 'data'));
  });

  async function refuses(toml: string, sentence: RegExp, ...args: string[]) {
    const { complained, ended, said } = await host(folder, toml, ...args);
    assert.equal(await ended(), 1);
    assert.match(complained(), sentence);
    assert.match(complained(), /^Error: [^\n]+\n$/);
    assert.equal(said(), '');
  }
  const good = config({ '/': 'cat.wasm' });

  it('modules that WAGI would not start', async () => {
    const cases: Record<string, RegExp> = {
      'missing.wasm': /modules\.toml:3: the module 'missing\.wasm' cannot be read \(ENOENT\)\. Build it first\./,
      'folder.wasm': /'folder\.wasm' cannot be read \(EISDIR\)/,
      'text.wasm': /'text\.wasm' is not a WebAssembly module/,
      'component.wasm': /'component\.wasm' is a component, which WAGI cannot run/,
      'library.wasm': /'library\.wasm' exports no function '_start'/,
      'alien.wasm': /'alien\.wasm' imports env::f, which is not in WASI preview 1/,
      'twice.wasm': /'twice\.wasm' imports wasi_snapshot_preview1::fd_read twice/,
      'wrong.wat': /'wrong\.wat' is not a valid text module: line 2: .*unexpected token/,
      'huge.wasm': /'huge\.wasm' needs 512 MiB of memory at the start; the limit is 256\. .*--memory/,
      'tail.wasm': /'tail\.wasm' uses tail calls, which WAGI does not support/,
      'throws.wasm': /'throws\.wasm' uses exceptions, which WAGI does not support/,
      'typed.wasm': /the function '_start' of the module 'typed\.wasm' has parameters or results/,
      'endlessRoutes.wasm': /'endlessRoutes\.wasm' writes more than 1024 KiB in its function '_routes'/,
      's3:bucket/a.wasm': /'s3:bucket\/a\.wasm' has the unknown scheme 's3:'/,
      'bindle:example.com/a/1.0.0': /is in a bindle, but no Bindle server is set\. Set it with --bindle-url/,
      'oci:EXAMPLE/a': /'oci:EXAMPLE\/a' is not an image\. Write oci:/,
      'badRoutes.wasm': /modules\.toml:3: the module 'badRoutes\.wasm' writes '\/a b c' in its function '_routes'/,
      'lostRoutes.wasm': /declares the route '\/a' for a function 'b' that it does not export/,
    };
    writeFileSync(join(folder, 'wrong.wat'), '(module\n  (fun))');
    for (const [path, sentence] of Object.entries(cases)) await refuses(config({ '/': path }), sentence);
  });

  it('a module that may never end: a pipe or a device', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [join(folder, 'pipe.wasm')]);
    symlinkSync('/dev/zero', join(folder, 'zero.wasm'));
    for (const path of ['pipe.wasm', 'zero.wasm'])
      await refuses(config({ '/': path }), new RegExp(`the module '${path}' is not a regular file\\.`));
  });

  it('files that hold what no terminal should print', async () => {
    await refuses(config({ '/': 'a\n\u001b[31m\u202e.wasm' }), /'a\\u000a\\u001b\[31m\\u202e\.wasm' cannot be read/);
  });

  it('a modules.toml that it does not understand', async () => {
    const cases: [string, RegExp][] = [
      ['\n[[module', /modules\.toml:2: not valid TOML: /],
      ['', /has no module/],
      ['module = 1', /has no module/],
      ['# a\nx = 1', /modules\.toml:2: unknown key 'x'/],
      ['[[module]]\nmodule = "cat.wasm"', /modules\.toml:1: 'route' is missing in \[\[module\]\] number 1/],
      ['[[module]]\nroute = "/"', /modules\.toml:1: 'module' is missing in \[\[module\]\] number 1/],
      ['[[module]]\nroute = "/"\nmodule = 7', /modules\.toml:3: 'module' is missing in \[\[module\]\] number 1/],
    ];
    for (const [toml, sentence] of cases) await refuses(toml, sentence);
    writeFileSync(join(folder, 'latin.toml'), Buffer.from(good.replace('cat', 'caf\xe9'), 'latin1'));
    await refuses(good, /^Error: latin\.toml is not UTF-8/, '--config', 'latin.toml');
    await refuses(good, /^Error: other\.toml cannot be read \(ENOENT\)/, '--config', 'other.toml');
  });

  it('a key of a module that it does not know or whose value makes no sense, with its place', async () => {
    const cases: [string, RegExp][] = [
      ['rout = "/"', /:7: unknown key 'rout' in \[\[module\]\] number 2\. Known keys: route, module, /],
      ['entrypoint = 1', /:7: entrypoint = 1 is not a string/],
      ['entrypoint = "hi"', /:6: the module 'cat\.wasm' exports no function 'hi'\. Name another entrypoint/],
      ['argv = ["a"]', /:7: argv = \["a"\] is not a string/],
      ['volumes = "data"', /:7: volumes = 'data' is not a table/],
      ['volumes = {"/data" = 1}', /:7: volumes has 1 for '\/data', which is not a string/],
      ['volumes = {"/data" = "lost"}', /:7: the volume '\/data' = 'lost' cannot be read \(ENOENT\)/],
      ['[module.volumes]\n"/data" = "cat.wasm"', /:7: the volume '\/data' = 'cat\.wasm' is not a folder/],
      ['environment = {"A=B" = "c"}', /:7: the variable 'A=B' cannot be set/],
      ['allowed_hosts = "https://a.example"', /:7: allowed_hosts is not a list/],
      ['allowed_hosts = [\n"a.example"]', /:7: 'a\.example' in allowed_hosts is not a URL/],
      ['argv = "a\\u0000b"', /:7: argv = 'a\\u0000b' has a NUL in it/],
      ['bindle_server = "here"', /:7: bindle_server = 'here' is not a URL/],
      ['http_max_concurrency = inf', /:7: http_max_concurrency = Infinity is not a number above 0/],
      ['http_max_concurrency = 0', /:7: http_max_concurrency = 0 is not a number above 0/],
    ];
    for (const [line, sentence] of cases)
      await refuses(
        `[[module]]\nroute = "/"\nmodule = "cat.wasm"\n[[module]]\nroute = "/b"\nmodule = "cat.wasm"\n${line}\n`,
        sentence,
      );
  });

  it('a route that is none, or that another module has', async () => {
    const cases: [string, RegExp][] = [
      ['cat', /modules\.toml:2: the route 'cat' does not begin with a slash/],
      ['/a?b=c', /modules\.toml:2: the route '\/a\?b=c' has a '\?', which no request path has/],
      ['/a b', /the route '\/a b' has a ' ', which no request path has/],
      ['/a...', /the route '\/a\.\.\.' has '\.\.\.' in the wrong place: it is allowed only at the end, after a slash/],
      ['/.../a', /the route '\/\.\.\.\/a' has '\.\.\.' in the wrong place/],
    ];
    for (const [route, sentence] of cases) await refuses(config({ [route]: 'cat.wasm' }), sentence);
    const twice = `${config({ '/a': 'cat.wasm' })}\n${config({ '/a': 'show.wasm' })}`;
    await refuses(twice, /modules\.toml:6: the route '\/a' is already used by \[\[module\]\] number 1 at line 2/);
  });

  it('a volume outside the project', async () => {
    for (const outside of ['..', '/etc', 'data/../..'])
      await refuses(
        config({ '/': 'cat.wasm' }, { volumes: { '/data': outside } }),
        new RegExp(`modules\\.toml:5: the volume '/data' = '${outside}' is outside the project, /.*--root`),
      );
    const wider = await host(folder, config({ '/': 'cat.wasm' }, { volumes: { '/data': '..' } }), '--root', '..');
    assert.ok(wider.url, wider.complained());
    assert.equal(await wider.stop(), 0);
  });

  it('options that make no sense', async () => {
    await refuses(good, /--listen 'here' is not an address with a port/, '--listen', 'here');
    await refuses(good, /--listen '127\.0\.0\.1:99999' is not an address/, '--listen', '127.0.0.1:99999');
    await refuses(good, /--metrics 'here' is not an address with a port/, '--metrics', 'here');
    await refuses(good, /--timeout '0' is not a number of seconds/, '--timeout', '0');
    await refuses(good, /--memory '1\.5' is not a whole number from 1 to 4096/, '--memory', '1.5');
    await refuses(good, /--workers '0' is not a whole number from 1 to 256/, '--workers', '0');
    await refuses(good, /--root 'lost' is not a folder/, '--root', 'lost');
    await refuses(good, /A variable has no '=' after its name/, '--env', 'SECRET');
    await refuses(good, /Unexpected argument 'A=b'/, 'A=b');
    await refuses(good, /The Bindle server 'here' is not a URL/, '--bindle-url', 'here');
    await refuses(good, /--bindle-path needs the name of a bindle/, '--bindle-path', '.');
    await refuses(good, /--config and --bindle were both given/, '-c', 'modules.toml', '-b', 'a/1.0.0');
    await refuses(good, /HTTPS needs both a certificate and its key/, '--tls-cert', 'a.pem');
    writeFileSync(join(folder, 'bad.env'), 'A=b\nthis is no variable\n');
    await refuses(good, /bad\.env:2: not a variable/, '--env-file=bad.env');
    // Node 20 takes this option for its own, wherever it stands, and says so in its own words.
    const { ended, complained } = await host(folder, good, '--env-file', 'no.env');
    assert.notEqual(await ended(), 0);
    assert.match(complained(), /no\.env/);
    await refuses(good, /Unknown option '--colour'/, '--colour');
  });

  it('a port that another program has', async () => {
    const first = await host(folder, good);
    const place = new URL(first.url).host;
    await refuses(good, new RegExp(`Cannot listen at '${place}': another program uses this port`), '--listen', place);
    assert.equal(await first.stop(), 0);
    // Its own port, too.
    await refuses(good, new RegExp(`Cannot listen at '${place}'.*--metrics`), '--listen', place, '--metrics', place);
  });

  it('a certificate that is none, or of another key', async () => {
    const key = (name: string) =>
      execFileSync(
        'openssl',
        [...'req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout'.split(' '), `${name}.key`, '-out', `${name}.pem`],
        {
          cwd: folder,
          stdio: 'ignore',
        },
      );
    key('a');
    key('b');
    const tls = (cert: string, own: string) => ['--tls-cert', cert, '--tls-key', own];
    const sentence = (why: string) => new RegExp(`cannot serve HTTPS \\(${why}\\)\\. Name a certificate and its key`);
    await refuses(good, sentence('no start line'), ...tls('cat.wasm', 'cat.wasm'));
    await refuses(good, sentence('key values mismatch'), ...tls('a.pem', 'b.key'));
  });

  it('nothing when asked for help', async () => {
    const { ended, said } = await host(folder, good, '--help');
    assert.equal(await ended(), 0);
    assert.match(said(), /Usage: generator-wasm serve/);
    assert.ok(
      said()
        .split('\n')
        .every((line) => line.length <= 120),
    );
  });
});
