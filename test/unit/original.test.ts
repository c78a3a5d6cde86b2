/** Projects of the original yo-wasm: which ones are known, what is mended in them, and that all else stays as it is. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { action } from '../../src/catalog/actions.ts';
import { nodeMajor, wasiSdkVersion } from '../../src/catalog/tools.ts';
import { change } from '../../src/change/change.ts';
import { recognise } from '../../src/legacy/yo-wasm/recognise.ts';
import { type Move, moved } from '../../src/legacy/yo-wasm/upgrade.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { type Files, folderOf, languages, original, targets } from '../support/originals.ts';
import { commit, git, repository, scratch, tree } from '../support/repositories.ts';

const release = '.github/workflows/release.yml';
const build = '.github/workflows/build.yml';
const sources = /^(?:src|assembly)\/|^Program\.cs$|^hello\.csproj$|^Cargo\.toml$|^package\.json$|^asconfig\.json$/;

/** What is mended in these files. */
function move(files: Files): Move {
  const known = recognise(folderOf(files));
  assert.ok(known);
  return moved(folderOf(files), known);
}
/** The files as they are then. */
const after = (files: Files): Files => ({ ...files, ...Object.fromEntries(move(files).texts) });
const crlf = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]));
const asFiles = (files: Files) => Object.entries(files).map(([path, text]) => ({ path, text }));
/** A project with something else in one of its files; fails where that was not there. */
function edited(files: Files, path: string, from: string, to: string): Files {
  const text = files[path] ?? '';
  assert.ok(text.includes(from), from);
  return { ...files, [path]: text.replace(from, to) };
}

describe('a project of the original yo-wasm', () => {
  const labels = {
    rust: 'Rust',
    assemblyscript: 'AssemblyScript',
    c: 'C',
    swift: 'Swift',
    tinygo: 'TinyGo',
    csharp: 'C#',
  };
  for (const language of languages)
    for (const target of targets)
      it(`in ${labels[language]}, for ${target}, is known and mended, once`, () => {
        const files = original(language, target);
        const where = {
          acr: ', published to Azure Container Registry',
          hippofactory: ', published to Hippo',
          'hippo-cli': ', published to Hippo',
          none: '',
        }[target];
        const known = recognise(folderOf(files));
        assert.deepEqual(known, { language, what: `in ${labels[language]}${where}` });
        const mended = after(files);
        assert.deepEqual(recognise(folderOf(mended)), known);
        assert.deepEqual(move(mended), { texts: new Map(), changes: [], left: move(files).left });
        for (const [path, text] of Object.entries(files))
          if (sources.test(path)) assert.equal(mended[path], text, path);
        for (const [path, text] of Object.entries(mended))
          if (!sources.test(path))
            assert.doesNotMatch(
              text,
              /actions\/[\w-]+@v|wasm32-wasi(?!p)|wasm-to-oci\/releases|az acr|-[up] \$\{\{|name=RELEASE|swiftwasm\/|ubuntu-20|golang:|node-version: 12|0\.21\.0|-target=wasi\b|wasm"?,? "?-g\b/i,
              path,
            );
        for (const path of [build, release]) assert.ok(parse(mended[path] ?? '').jobs.build.steps.length > 2);
        // A line that ends otherwise ends so when it is mended, and all others stay.
        const windows = after(crlf(files));
        delete windows['Package.swift'];
        delete mended['Package.swift'];
        assert.deepEqual(windows, crlf(mended));
      });

  it('is none where only the words are alike', () => {
    const rust = original('rust', 'acr');
    const others: Record<string, Files> = {
      'a crate for servers, with steps of the same names': {
        ...rust,
        [release]: (rust[release] ?? '').replaceAll('wasm32-wasi', 'x86_64-unknown-linux-gnu'),
      },
      'a crate with a release of its own': {
        ...rust,
        [release]: 'on: push\njobs:\n  wasm: { steps: [{ run: cargo build --target wasm32-wasi }] }\n',
      },
      'the workflows alone': { [release]: rust[release] ?? '', [build]: rust[build] ?? '' },
      'a project of ours': Object.fromEntries(
        render({
          ...plain,
          language: 'rust',
          registry: 'oci',
          namespace: 'registry.example.com/team',
          ci: ['github'],
        }).map(({ path, text }) => [path, text]),
      ),
    };
    for (const [name, files] of Object.entries(others)) assert.equal(recognise(folderOf(files)), undefined, name);
  });

  const added = (files: Files, path: string): string[] => {
    const old = new Set((files[path] ?? '').split('\n'));
    return (after(files)[path] ?? '').split('\n').filter((line) => !old.has(line));
  };
  const pin = (name: string) => `${action(name).uses} # ${action(name).version}`;

  it('gets living actions, by their commits', () => {
    const lines = added(original('tinygo', 'acr'), release).map((line) => line.trim());
    for (const name of ['upload-artifact', 'download-artifact', 'setup-go'])
      assert.ok(lines.includes(`uses: ${pin(`actions/${name}`)}`), name);
    assert.ok(lines.includes(`- uses: ${pin('actions/checkout')}`));
    assert.ok(added(original('csharp', 'none'), build).includes(`      uses: ${pin('actions/setup-dotnet')}`));
    assert.doesNotMatch(after(original('csharp', 'none'))[build] ?? '', /include-prerelease/);
  });
  it('keeps a comment behind an action, a newer version, and an action of somebody else', () => {
    const own =
      '    - uses: actions/checkout@v2 # why\n    - uses: actions/checkout@v4\n    - uses: jdx/mise-action@v2\n';
    const files = edited(original('rust', 'none'), build, '    - uses: actions/checkout@v2\n', own);
    assert.ok(
      after(files)[build]?.includes(
        `    - uses: ${action('actions/checkout').uses} # why\n    - uses: actions/checkout@v4\n    - uses: jdx/mise-action@v2\n`,
      ),
    );
  });
  it('gets the target of today wherever it is named, but in sources', () => {
    const files = original('rust', 'hippo-cli');
    const { texts } = move(files);
    for (const path of ['.cargo/config.toml', '.vscode/launch.json', 'HIPPOFACTS', 'README.md', build, release])
      assert.equal(texts.get(path)?.match(/wasm32-wasip1/g)?.length, files[path]?.match(/wasm32-wasi/g)?.length, path);
    assert.equal(texts.has('src/main.rs'), false);
    const other = edited(files, 'README.md', '# hello', '# hello, on wasm32-wasip2 and wasm32-wasi-threads');
    assert.match(after(other)['README.md'] ?? '', /on wasm32-wasip2 and wasm32-wasi-threads\n/);
  });
  it('gets a Node that is kept', () => {
    assert.ok(added(original('assemblyscript', 'none'), build).includes(`        node-version: ${nodeMajor}`));
    // zizmor: a release takes nothing from a cache that a change may have filled.
    assert.ok(added(original('assemblyscript', 'none'), release).includes('        package-manager-cache: false'));
    assert.ok(added(original('tinygo', 'acr'), release).includes('        cache: false'));
    assert.doesNotMatch(after(original('tinygo', 'none'))[build] ?? '', /cache/);
    const cached = edited(
      original('tinygo', 'none'),
      release,
      'go-version: 1.17.5\n',
      'go-version: 1.17.5\n        cache: true\n',
    );
    assert.equal(parse(after(cached)[release] ?? '').jobs.build.steps[1].with.cache, true);
    const own = edited(original('assemblyscript', 'none'), build, 'node-version: 12', 'node-version: 22');
    assert.ok(after(own)[build]?.includes('node-version: 22\n'));
  });
  it('pushes by oras in the layout of wasm-to-oci, every time', () => {
    const line =
      '      run: ./tools/wasm-to-oci push ./assets/hello.wasm ${ACR_NAME}.azurecr.io/hello:${RELEASE_VERSION}\n';
    const twice = `      run: |\n        echo pushing\n        ./tools/wasm-to-oci push a.wasm localhost/a:1\n        wasm-to-oci push "b.wasm" "localhost/b:1"\n`;
    const told = edited(original('c', 'acr'), release, line, `${twice}    # that was wasm-to-oci push\n`);
    const steps = parse(after(told)[release] ?? '').jobs.publish.steps;
    const lines = steps.at(-1).run.split('\n');
    assert.equal(lines[0], 'echo pushing');
    for (const name of ['a', 'b']) {
      const start = lines.indexOf(`module="${name}.wasm"`);
      assert.equal(lines[start + 1], `reference="localhost/${name}:1"`);
    }
    assert.equal(steps[0].with.mise_toml, '[tools]\noras = "1.3.6"\n');
    assert.deepEqual(Object.keys(steps[0]), ['name', 'uses', 'with']);
  });
  it('gives secrets to the step that logs in, and to no program as an argument', () => {
    const steps = parse(after(original('rust', 'acr'))[release] ?? '').jobs.publish.steps;
    assert.deepEqual(steps.at(-2), {
      name: 'Log into registry',
      env: { ACR_SP_ID: '${{ secrets.ACR_SP_ID }}', ACR_SP_PASSWORD: '${{ secrets.ACR_SP_PASSWORD }}' },
      run: 'printf %s "$ACR_SP_PASSWORD" | docker login "${ACR_NAME}.azurecr.io" --username "$ACR_SP_ID" --password-stdin',
    });
  });
  it('sets the variable that it pushes by', () => {
    const lines = added(original('c', 'acr'), release).map((line) => line.trim());
    assert.ok(lines.includes('run: echo "RELEASE_VERSION=${GITHUB_REF/refs\\/tags\\//}" >> $GITHUB_ENV'));
    assert.ok(lines.includes('run: echo "RELEASE_VERSION=canary" >> $GITHUB_ENV'));
    const older = edited(original('c', 'acr'), release, 'echo "name=', 'echo "::set-env name=');
    assert.equal(after(older)[release], after(original('c', 'acr'))[release]);
  });
  it('gets a wasi-sdk of today under the name that its archive has', () => {
    for (const version of ['wasi-sdk-12/wasi-sdk-12.0', '']) {
      const matrix = original('c', 'none');
      const files = version
        ? {
            ...matrix,
            [build]: (matrix[build] ?? '')
              .replaceAll('${{ matrix.wasi_sdk_version.major }}', '12')
              .replaceAll('${{ matrix.wasi_sdk_version.minor }}', '0'),
          }
        : matrix;
      const { steps, strategy } = parse(after(files)[build] ?? '').jobs.build;
      const { major, minor } = strategy.matrix.wasi_sdk_version[0];
      const run = (index: number) =>
        steps
          .at(index)
          .run.replaceAll('${{ matrix.wasi_sdk_version.major }}', major)
          .replaceAll('${{ matrix.wasi_sdk_version.minor }}', minor);
      const archive = `wasi-sdk-${wasiSdkVersion}.0-x86_64-linux.tar.gz`;
      assert.equal(
        run(-2),
        `wget https://github.com/WebAssembly/wasi-sdk/releases/download/wasi-sdk-${wasiSdkVersion}/${archive}\ntar xvf ${archive}\n`,
      );
      assert.equal(run(-1), `make WASI_SDK=wasi-sdk-${wasiSdkVersion}.0-x86_64-linux`);
    }
    const newer = edited(original('c', 'none'), build, 'major: 12', 'major: 20');
    assert.match(after(newer)[build] ?? '', /major: 20\n[\s\S]*\}\}-linux\.tar\.gz\n/);
    assert.match(
      move(original('c', 'none')).left.join(),
      new RegExp(`Makefile names your wasi-sdk 12, whose modules Spin refuses: get ${wasiSdkVersion}`),
    );
  });
  it('builds Swift by the official SDK, from the sources where they are', () => {
    const mended = after(original('swift', 'none'));
    const { steps, ...job } = parse(mended[build] ?? '').jobs.build;
    assert.equal(job['runs-on'], 'ubuntu-24.04');
    assert.match(steps[1].with.mise_toml, /^\[tools\]\nswift = "[\d.]+"\n$/);
    assert.match(
      steps[2].run,
      /^swift sdk install https:\/\/download\.swift\.org\/\S+_wasm\.artifactbundle\.tar\.gz --checksum [0-9a-f]{64}$/,
    );
    assert.equal(steps[3].run, 'make build');
    assert.match(
      mended.Makefile ?? '',
      /^SWIFT_SDK \?= swift-[\d.]+-RELEASE_wasm\nDEST \?= hello\.wasm\n\n\.PHONY: build\nbuild:\n\tswift build/,
    );
    assert.match(mended['Package.swift'] ?? '', /executableTarget\(name: "hello", path: "src"\)/);
    assert.equal(mended['.gitignore'], '*.wasm\n/.build/\n');
    const own = edited(original('swift', 'none'), 'Makefile', '.PHONY', 'print:\n\techo $(SRC_DIR)\n\n.PHONY');
    assert.match(after(own).Makefile ?? '', /^SRC_DIR \?= \.\/src$/m);
    const theirs = { ...original('swift', 'none'), 'Package.swift': 'mine', '.gitignore': '.build\n' };
    assert.equal(after(theirs)['Package.swift'], 'mine');
    assert.equal(after(theirs)['.gitignore'], '.build\n');
    assert.equal(after({ ...theirs, '.gitignore': '*.o' })['.gitignore'], '*.o\n/.build/\n');
  });
  it('builds by a TinyGo of today, in the mode that WAGI and Krustlet want', () => {
    const mended = after(original('tinygo', 'none'));
    assert.match(
      mended.Makefile ?? '',
      /\ttinygo build -o \$\(TARGET\) \$\(SCHEDULER\) -target=wasip1 -buildmode=wasi-legacy \.\/src\n/,
    );
    assert.match(mended[build] ?? '', /download\/v0\.41\.1\/tinygo_0\.41\.1_amd64\.deb\n/);
    assert.match(mended[build] ?? '', /go-version: 1\.26\.\d+\n/);
    const newer = edited(original('tinygo', 'none'), build, 'dpkg -i tinygo_0.21.0', 'dpkg -i tinygo_0.50.0');
    assert.match(after(newer)[build] ?? '', /dpkg -i tinygo_0\.50\.0_/);
  });
  it('debugs by wasmtime as it is called now', () => {
    assert.match(after(original('tinygo', 'none')).Makefile ?? '', /\twasmtime run -D debug-info \$\(TARGET\)$/);
    assert.match(
      after(original('rust', 'none'))['.vscode/launch.json'] ?? '',
      /"args": \["run", "-D", "debug-info", "\S+\.wasm"\],/,
    );
    const { args } = JSON.parse(after(original('swift', 'none'))['.vscode/launch.json'] ?? '').configurations[0];
    assert.deepEqual(args.slice(0, 3), ['run', '-D', 'debug-info']);
    assert.match(after(original('rust', 'none'))['.vscode/extensions.json'] ?? '', /"rust-lang\.rust-analyzer"/);
    assert.match(
      after(original('swift', 'none'))['.vscode/extensions.json'] ?? '',
      /"swiftlang\.swift-vscode", "mine"/,
    );
  });

  const left: Record<string, { files: Files; says: RegExp; stays: RegExp }> = {
    'a push with options': {
      files: edited(original('rust', 'acr'), release, 'wasm-to-oci push', 'wasm-to-oci push --insecure'),
      says: /release\.yml still downloads wasm-to-oci, with lines that are not the original’s: push with oras instead/,
      stays: /v0\.1\.1\/linux-amd64-wasm-to-oci[\s\S]*run: \.\/tools\/wasm-to-oci push --insecure/,
    },
    'an installation with more in it': {
      files: edited(
        original('rust', 'acr'),
        release,
        '        mkdir tools\n',
        '        mkdir tools\n        make tools\n',
      ),
      says: /still downloads wasm-to-oci/,
      stays: /make tools\n[\s\S]*run: \.\/tools\/wasm-to-oci push/,
    },
    'two wasi-sdks': {
      files: edited(
        original('c', 'none'),
        build,
        '        - major: 12\n',
        '        - major: 20\n          minor: 0\n        - major: 12\n',
      ),
      says: new RegExp(
        `still has wasi-sdk 12 beside a newer one, and Spin refuses its modules: take ${wasiSdkVersion} alone`,
      ),
      stays: /- major: 20\n {10}minor: 0\n {8}- major: 12\n {10}minor: 0\n[\s\S]*\}\}-linux\.tar\.gz\n/,
    },
    'a login in a step that begins with its environment': {
      files: edited(original('rust', 'acr'), release, '- name: Log into registry\n', '- env: { LANG: C }\n'),
      says: /still gives a password to az acr login/,
      stays: /- env: \{ LANG: C \}\n {6}run: az acr login/,
    },
    'a login in a step with an environment': {
      files: edited(
        original('rust', 'acr'),
        release,
        '      run: az acr',
        '      env:\n        LANG: C\n      run: az acr',
      ),
      says: /still gives a password to az acr login as an argument: give it to docker login with --password-stdin/,
      stays: /env:\n {8}LANG: C\n {6}run: az acr login/,
    },
    'an action that has no pin': {
      files: edited(original('rust', 'none'), build, 'steps:\n', 'steps:\n    - uses: actions/labeler@v2\n'),
      says: /build\.yml still uses actions\/labeler@v2, which is not kept any more: take its newest version/,
      stays: /- uses: actions\/labeler@v2\n/,
    },
    'an installation of SwiftWasm with more in it': {
      files: edited(
        original('swift', 'none'),
        build,
        '          binutils \\\n',
        '          binutils \\\n          mine \\\n',
      ),
      says: /build\.yml still installs SwiftWasm/,
      stays: / mine \\\n/,
    },
    'a command among those of SwiftWasm': {
      files: edited(original('swift', 'none'), build, '        sudo chmod', '        make ready\n        sudo chmod'),
      says: /build\.yml still installs SwiftWasm, with lines that are not the original’s: install Swift [\d.]+ and its SDK/,
      stays: /wget \S+swiftwasm[\s\S]*make ready\n[\s\S]*run: SWIFTC=\/usr\/bin\/swift make build/,
    },
    'a compilation with flags': {
      files: edited(original('swift', 'none'), 'Makefile', '-o $(DEST)', '-O -o $(DEST)'),
      says: /Makefile still calls the compiler of SwiftWasm/,
      stays: /make build/,
    },
    Hippo: {
      files: original('rust', 'hippofactory'),
      says: /release\.yml gives the module to Hippo and Bindle by hippofactory, which their makers have left: it stays, and docs\/moving\.md of generator-wasm says how to get the module to Spin[\s\S]*HIPPOFACTS is for Hippo[\s\S]*tasks\.json has a task that calls hippo/,
      stays: /cargo build/,
    },
    'C#': {
      files: original('csharp', 'none'),
      says: /hello\.csproj builds by Wasi\.Sdk, an experiment that has ended/,
      stays: /dotnet publish/,
    },
  };
  for (const [name, { files, says, stays }] of Object.entries(left))
    it(`leaves ${name} as it is, and says so`, () => {
      assert.match(move(files).left.join('\n'), says);
      assert.match(`${after(files)[release]}\n${after(files)[build]}`, stays);
      const again = move(after(files));
      assert.equal(again.texts.size, 0);
      assert.match(again.left.join('\n'), says);
    });

  it('leaves the end of each line as it is, where they differ', () => {
    const files = original('rust', 'acr');
    const some = (text: string) => text.replace(/(RELEASE_VERSION=canary.*|- uses: .*|name: hello.*)\n/g, '$1\r\n');
    const mixed = { ...files, [release]: some(files[release] ?? '') };
    assert.notEqual(mixed[release], files[release]);
    assert.equal(after(mixed)[release], some(after(files)[release] ?? ''));
  });
  it('keeps every line that a user has put anywhere', () => {
    for (const language of languages)
      for (const target of targets) {
        const files = original(language, target);
        const own = Object.fromEntries(
          Object.entries(files).map(([path, text]) => {
            const lines = text.split('\n').flatMap((line, index) => [line, `# mine ${index} wasm32-other`]);
            return [path, path.startsWith('.github') ? lines.join('\n') : text];
          }),
        );
        const mended = after(own);
        for (const [path, text] of Object.entries(own))
          for (const line of text.split('\n').filter((one) => one.startsWith('# mine')))
            assert.ok(mended[path]?.split('\n').includes(line), `${language} ${target} ${path}: ${line}`);
      }
  });
});

describe('generator-wasm upgrade in a project of the original yo-wasm', function () {
  this.timeout(60_000);
  const folder = scratch();
  const upgrade = (...argv: string[]) => change('upgrade', argv, folder(), undefined);
  const asLatin1 = (text: string) => Buffer.from(text).toString('latin1');

  it('says what changes and why, does it, and has nothing to do then', async () => {
    const files = original('rust', 'acr');
    repository(folder(), asFiles(files));
    const before = tree(folder());
    const check = await upgrade('--check');
    assert.equal(check.code, 1);
    assert.match(check.text, /^Would change 6 files in \.:\n {2}merge {3}\.cargo\/config\.toml\n/);
    assert.match(check.text, /\nA project of the original yo-wasm, in Rust, published to Azure Container Registry\.\n/);
    assert.match(
      check.text,
      /\n\.cargo\/config\.toml, \S+build\.yml, .*: The target is called wasm32-wasip1: Rust 1\.84 has removed wasm32-wasi\.\n/,
    );
    assert.match(check.text, /\nApply: generator-wasm upgrade$/);
    assert.match(
      (await upgrade('--diff')).text,
      /^-build-wasm = "build --target wasm32-wasi"\n\+build-wasm = "build --target wasm32-wasip1"$/m,
    );
    assert.equal((await upgrade('--dry-run')).code, 0);
    assert.deepEqual(tree(folder()), before);

    const { text, code } = await upgrade();
    assert.equal(code, 0, text);
    assert.deepEqual(
      tree(folder()),
      Object.fromEntries(Object.entries(after(files)).map(([path, content]) => [path, asLatin1(content)])),
    );
    commit(folder());
    assert.equal((await upgrade('--check')).code, 0);
    assert.match((await upgrade()).text, /^Already up to date: \.\nA project of the original/);
  });
  it('takes it back', async () => {
    for (const language of languages) {
      const place = join(folder(), language);
      repository(place, asFiles(crlf(original(language, 'acr'))));
      const before = tree(place);
      assert.equal((await upgrade(language)).code, 0);
      assert.notDeepEqual(tree(place), before);
      assert.equal((await upgrade('--abort', language)).code, 0);
      assert.deepEqual(tree(place), before);
    }
  });
  it('leaves files alone that are not committed', async () => {
    repository(folder(), asFiles(original('c', 'acr')));
    writeFileSync(join(folder(), build), original('c', 'acr')[build]?.replace('build', 'built') ?? '');
    const before = tree(folder());
    await assert.rejects(upgrade(), /A file that would change has uncommitted changes: \S+build\.yml\./);
    assert.deepEqual(tree(folder()), before);
    assert.equal((await upgrade('--force')).code, 0);
  });
  it('runs over many folders, also of one repository', async () => {
    for (const language of ['rust', 'c'] as const)
      repository(join(folder(), language), asFiles(original(language, 'none')));
    const nested = asFiles(original('tinygo', 'none')).map((file) => ({ ...file, path: `sub/${file.path}` }));
    repository(join(folder(), 'mono'), [...nested, { path: 'README.md', text: 'wasm32-wasi\n' }]);
    repository(join(folder(), 'other'), [{ path: 'README.md', text: '' }]);
    const { text, code } = await upgrade('--json', 'rust', 'c', 'mono/sub', 'other');
    const outcomes = text.split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['changed', 'changed', 'changed', 'refused'],
    );
    assert.ok(outcomes[0].merged.includes(release));
    assert.ok(outcomes[0].notes.some((note: string) => note.includes('Rust 1.84 has removed wasm32-wasi')));
    assert.match(outcomes[3].notes[0], /'other' is not a project of generator-wasm/);
    assert.equal(code, 1);
  });
  it('does not write what it cannot read, or through a link', async () => {
    const files = original('rust', 'none');
    repository(folder(), asFiles(files));
    writeFileSync(join(folder(), 'README.md'), Buffer.from('caf\xe9, wasm32-wasi\n', 'latin1'));
    commit(folder());
    assert.equal((await upgrade()).code, 0);
    assert.equal(tree(folder())['README.md'], 'caf\xe9, wasm32-wasi\n');
  });
  it('and CI of ours do not get in each other’s way, in either order', async () => {
    for (const language of ['rust', 'assemblyscript', 'c'] as const) {
      const ci = (...argv: string[]) => change('ci', [...argv, language], folder(), undefined);
      const place = repository(join(folder(), language), asFiles(original(language, 'acr')));
      const hint = /^This is a project of the original yo-wasm\. To upgrade it: generator-wasm upgrade\.$/m;
      const first = await ci('github');
      assert.match(first.text, hint);
      if (language === 'c')
        assert.match(
          tree(place)['wasm.mk'] ?? '',
          /^\t\$\(MAKE\) WASI_SDK="\$\$\(mise where github:WebAssembly\/wasi-sdk\)"$/m,
        );
      commit(place);
      assert.equal((await upgrade('--check', language)).code, 1);
      assert.match((await upgrade(language)).text, /A project of the original yo-wasm/);
      const one = tree(place);
      commit(place);
      assert.equal((await upgrade('--check', language)).code, 0);

      git(place, 'checkout', '--quiet', 'HEAD~2', '--', '.');
      git(place, 'rm', '--quiet', '-r', '--cached', '.');
      git(place, 'clean', '--quiet', '-xdf');
      git(place, 'checkout', '--quiet', 'HEAD~2', '--', '.');
      commit(place);
      await upgrade(language);
      commit(place);
      const second = await ci('github');
      assert.equal(second.code, 0, second.text);
      assert.doesNotMatch(second.text, hint);
      assert.deepEqual(tree(place), one);
    }
  });
});
