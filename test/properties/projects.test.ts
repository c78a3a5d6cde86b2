/** What holds for every valid combination of choices. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { parseDocument } from 'yaml';
import { axes } from '../../src/catalog/axes.ts';
import { templateFiles } from '../../src/catalog/templates.ts';
import { checkName } from '../../src/lib/names.ts';
import type { Choices } from '../../src/model/choices.ts';
import { type File, taskNames } from '../../src/model/plan.ts';
import { compose, conflict } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { everyChoice, label, plain } from '../support/examples.ts';

const all = everyChoice('zebra-crossing');
/** Files that were looked at: most are the same in many projects. */
const seen = new Map<string, Set<string>>();
function isNew({ path, text }: File): boolean {
  const texts = seen.get(path) ?? new Set();
  seen.set(path, texts);
  return texts.size < texts.add(text).size;
}
const templates = new Set(templateFiles('.', 'zebra-crossing').map(({ text }) => text));
const text = (files: File[], path: string): string => {
  const file = files.find((one) => one.path === path);
  assert.ok(file, `there is a ${path}`);
  return file.text;
};
const makeTasks = (yaml: string): string[] => [...yaml.matchAll(/make ([a-z]+)/g)].map((match) => match[1] ?? '');

/** A dev container has what `make setup` needs, its own user, and the ports and extensions of the project. @param modules the files of each */
function checkContainer(files: File[], modules: File[][]): void {
  const dockerfile = text(files, '.devcontainer/Dockerfile');
  const installs = files.some(({ path }) => path === 'mise.toml');
  assert.deepEqual(
    dockerfile.split('\n').map((line) => line.split(' ')[0]),
    installs ? ['FROM', 'RUN', 'ENV', 'USER', ''] : ['FROM', 'USER', ''],
  );
  assert.match(dockerfile, /^FROM node:\d+-[a-z]+\n/);
  assert.match(dockerfile, /\nUSER node\n$/);
  // The README names the same version.
  const command = /npm install --global @jdxcode\/mise@[\d.]+/;
  assert.equal(command.exec(dockerfile)?.[0], command.exec(text(files, 'README.md'))?.[0]);
  const read = JSON.parse(text(files, '.devcontainer/devcontainer.json'));
  assert.match(text(files, 'Makefile'), new RegExp(`^${read.updateContentCommand.replace(/^make /, '')}:`, 'm'));
  const served = modules.some((module) => /then open http:\/\/127\.0\.0\.1:3000/.test(text(module, 'README.md')));
  assert.deepEqual(read.forwardPorts, served ? [3000] : undefined);
  const recommended = modules.flatMap((module) => JSON.parse(text(module, '.vscode/extensions.json')).recommendations);
  assert.deepEqual(read.customizations.vscode.extensions, [...new Set(recommended)]);
  // Only a debugger that traces programs gets what that needs.
  const launched = modules.flatMap((module) => {
    const file = module.find(({ path }) => path === '.vscode/launch.json');
    return file ? JSON.parse(file.text).configurations : [];
  });
  const traces = launched.some(({ type }: { type: string }) => ['lldb', 'lldb-dap', 'go', 'swift'].includes(type));
  assert.deepEqual(read.capAdd, traces ? ['SYS_PTRACE'] : undefined);
  // The bot finds the base image, and mise.
  const renovate = files.find(({ path }) => path === 'renovate.json');
  if (renovate) {
    const { packageRules, customManagers } = JSON.parse(renovate.text);
    assert.deepEqual(packageRules, [{ matchManagers: ['dockerfile'], pinDigests: true }]);
    if (installs) assert.ok(customManagers[0].managerFilePatterns.includes('.devcontainer/Dockerfile'));
  } else
    assert.match(text(files, '.github/dependabot.yml'), /package-ecosystem: docker\n {4}directory: \/\.devcontainer\n/);
}

describe('every valid combination', () => {
  it('is one of many', () => assert.ok(all.length >= 60, `${all.length}`));

  for (const choices of all)
    it(label(choices), () => {
      const plan = compose(choices);
      const files = render(choices, [plan]);
      const makefile = text(files, 'Makefile');
      const targets = [...makefile.matchAll(/^([a-z]+):/gm)].map((match) => match[1] ?? '');

      for (const { path, text } of files.filter(isNew)) {
        assert.match(path, /^[\w.@-]+(?:\/[\w.@-]+)*$/, path);
        assert.ok(!path.includes('..'), path);
        assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), `${path} ends with one line break`);
        assert.ok(!text.includes('\r'), `${path} has no carriage return`);
        assert.ok(!/wasm[-_]example/.test(text), `${path} has no sentinel`);
        // A program may mean the word: a template, in which nothing is rendered, or a script.
        if (!templates.has(text) && !path.endsWith('.mjs'))
          assert.ok(!/(?<!,)\bundefined\b(?!-)|\[object |<%|%>/.test(text), `${path} has no leftover`);
        if (/\.ya?ml$/.test(path))
          assert.deepEqual(parseDocument(text, { strict: true, uniqueKeys: true }).errors, [], path);
        if (/\.toml$/.test(path)) parseToml(text);
        if (/\.json$/.test(path)) JSON.parse(text);
        if (path === '.vscode/tasks.json')
          for (const { label, command, group, isBackground, problemMatcher } of JSON.parse(text).tasks) {
            assert.ok(
              group ||
                isBackground ||
                problemMatcher.length > 0 ||
                plan.launch.some((one) => one.preLaunchTask === label),
              `VS Code does more with ${label} than a terminal`,
            );
            assert.equal(command.endsWith('; exit'), Boolean(isBackground), command);
            for (const target of command.replace('; exit', '').split(' ').slice(1))
              assert.ok(target in plan.tasks || plan.rules.some((rule) => rule.target === target), command);
            // VS Code has this one without an extension.
            for (const matcher of problemMatcher)
              assert.ok(typeof matcher === 'object' || matcher === '$tsc', `${label}: ${matcher}`);
          }
        // A test that fails must not keep the debugger from it.
        assert.ok(plan.launch.every(({ preLaunchTask }) => preLaunchTask !== 'test'));
      }
      // make forwards SIGTERM to the shell of a recipe alone.
      if (plan.tasks.serve) assert.match(makefile, /^serve:.*\n(?:\t@.*\n)?\t(?:\w+='.*' )?exec /m);
      // Whoever calls make asks for a task that there is.
      for (const { path, text } of files.filter(({ path }) => /\.ya?ml$|tasks\.json$/.test(path)))
        for (const task of makeTasks(text)) assert.ok(targets.includes(task), `${path}: make ${task}`);
      assert.deepEqual(
        targets.filter((name) => name !== 'help'),
        taskNames.filter((name) => plan.tasks[name]),
        'the Makefile has the tasks of the plan in their order',
      );
      if (choices.editor === 'devcontainer') checkContainer(files, [files]);
      // What a rule or a task needs exists.
      for (const [name, task] of Object.entries(plan.tasks))
        for (const need of task.needs ?? [])
          assert.ok(need in plan.tasks || plan.rules.some((rule) => rule.target === need), `${name} needs ${need}`);
    });
});

describe('several modules', () => {
  const specs = axes.language.flatMap(({ id, kinds }) => kinds.map((kind) => `${id}-${kind}:${id}:${kind}`));
  for (const [index, spec] of specs.entries()) {
    const module = [spec, specs[(index + 1) % specs.length] ?? ''];
    it(`stand side by side: ${module.join(' ')}`, () => {
      const choices: Choices = {
        ...plain,
        module,
        registry: 'acr',
        namespace: 'example.azurecr.io/team',
        ci: ['github', 'gitlab'],
      };
      const files = new Map(render(choices).map(({ path, text }) => [path, text]));
      const calls = [...(files.get('Makefile') ?? '').matchAll(/\$\(MAKE\) -C (\S+) (\S+)/g)];
      assert.ok(calls.length > 10);
      for (const [, folder, task] of calls)
        assert.match(files.get(`${folder}/Makefile`) ?? '', new RegExp(`^${task}:`, 'm'));
      const alone = render({ ...plain, registry: 'acr', namespace: 'example.azurecr.io/team', ci: ['github'] });
      // One registry, one login: CI asks for the same as for one module.
      const secrets = (text: string | undefined) => text?.match(/(?:secrets|vars)\.\w+/g);
      const release = '.github/workflows/release.yml';
      assert.deepEqual(secrets(files.get(release)), secrets(alone.find(({ path }) => path === release)?.text));
      assert.ok(!files.has(`${module[0]?.split(':')[0]}/.github/workflows/ci.yml`));
      // GitLab keeps its cache at the root, where an agent starts too.
      assert.equal(files.get('.gitignore'), '/.cache/\n');
      const [, ...advised] = (files.get('AGENTS.md') ?? '').split('\n- `').map((line) => line.split('`')[0] ?? '');
      assert.deepEqual(
        advised.filter((path) => path.endsWith('/AGENTS.md') && files.has(path)),
        module.map((one) => `${one.split(':')[0]}/AGENTS.md`),
      );
    });
  }
});

describe('a dev container of several modules', () => {
  const specs = axes.language.flatMap(({ id, kinds }) => kinds.map((kind) => `${id}-${kind}:${id}:${kind}`));
  for (const [index, spec] of specs.entries()) {
    const module = [spec, specs[(index + 1) % specs.length] ?? '', specs[(index + 5) % specs.length] ?? ''];
    it(`has what all need: ${module.join(' ')}`, () => {
      const files = render({ ...plain, module, editor: 'devcontainer' });
      const folders = module.map((one) => `${one.split(':')[0]}/`);
      const below = (folder: string) =>
        files.flatMap((file) =>
          file.path.startsWith(folder) ? [{ ...file, path: file.path.slice(folder.length) }] : [],
        );
      checkContainer(files, folders.map(below));
      assert.equal(files.filter(({ path }) => /Dockerfile|devcontainer\.json/.test(path)).length, 2);
    });
  }
});

describe('two modules of each kind on every host', () => {
  const specs = axes.host.flatMap(({ id: host, kinds }) =>
    kinds.flatMap((kind) => {
      const { id: language } = axes.language.find(({ kinds }) => kinds.includes(kind)) ?? assert.fail();
      return [1, 2].map((count) => `${host}-${kind}-${count}:${language}:${kind}:${host}`);
    }),
  );
  for (const [registry, namespace] of [
    ['acr', 'example.azurecr.io/team'],
    ['gar', 'europe-docker.pkg.dev/octo/wasm'],
    ['bindle', 'bindle.example.com/v1'],
    ['none', ''],
  ] as const) {
    const module = specs.filter((spec) => {
      const [, , , host] = spec.split(':');
      return !conflict({ module: [spec], registry, ...(namespace && { namespace }) }) && host;
    });
    const choices: Choices = { ...plain, module, registry, namespace, ci: ['github'] };

    it(`write what they share once: ${registry}`, () => {
      assert.ok(module.length >= 2);
      // The doctor checks the tools of its module, and push reads the layout of its module.
      const shared = render(choices).filter(
        ({ path }) =>
          /(?:^|\/)(?:scripts\/|contract\/run|\.gitattributes)/.test(path) && !/doctor\.sh|layout\.mjs/.test(path),
      );
      const texts = new Map(shared.map(({ path, text }) => [text, path]));
      for (const { path, text } of shared) assert.equal(texts.get(text), path);
    });

    it(`name only scripts that exist: ${registry}`, () => {
      const files = new Map(render(choices).map(({ path, text }) => [path, text]));
      let count = 0;
      for (const [path, text] of files) {
        const [folder = ''] = path.split('/');
        const isShared = /^(?:scripts|contract)\//.test(path);
        if (!isShared && !module.some((spec) => spec.startsWith(`${folder}:`))) continue;
        if (!isShared && !/\/(?:Makefile|README\.md|AGENTS\.md|scripts\/.*)$/.test(path)) continue;
        const seen = [...text.matchAll(/(?<![\w./-])((?:\.\.\/)?)((?:scripts|contract)\/[\w-]+\.(?:sh|mjs|py))/g)];
        for (const [named, up, script = ''] of seen) {
          // A shared script runs in the folder of a module.
          const folders = isShared ? module.map((spec) => spec.split(':')[0]) : [folder];
          const isThere = up
            ? files.has(script)
            : path === script || folders.some((one) => files.has(`${one}/${script}`));
          assert.ok(isThere, `${path}: ${named}`);
          count++;
        }
        const imports = [...text.matchAll(/from '\.\/([\w.-]+)'/g)].filter(() => path.endsWith('.mjs'));
        for (const [, name] of imports) assert.ok(files.has(path.replace(/[^/]+$/, name ?? '')), `${path}: ${name}`);
      }
      assert.ok(count > 10);
    });
  }
});

describe('changing one choice', () => {
  const changed = (a: Choices, b: Choices): string[] => {
    const one = new Map(render(a).map(({ path, text }) => [path, text]));
    const two = new Map(render(b).map(({ path, text }) => [path, text]));
    return [...new Set([...one.keys(), ...two.keys()])].filter((path) => one.get(path) !== two.get(path)).sort();
  };
  it('CI touches CI files alone', () => {
    assert.deepEqual(changed(plain, { ...plain, ci: ['gitlab'] }), [
      '.github/dependabot.yml',
      '.github/workflows/ci.yml',
      '.gitignore',
      '.gitlab-ci.yml',
      '.yo-rc.json',
      'README.md',
      'renovate.json',
    ]);
  });
  it('the editor touches editor files alone', () => {
    const paths = changed(plain, { ...plain, editor: 'none' });
    assert.ok(paths.length > 2);
    for (const path of paths) assert.match(path, /^(\.vscode\/.*|\.yo-rc\.json|README\.md)$/);
    // The bot updates the image of the container.
    assert.deepEqual(changed(plain, { ...plain, editor: 'devcontainer' }), [
      '.devcontainer/Dockerfile',
      '.devcontainer/devcontainer.json',
      '.github/dependabot.yml',
      '.yo-rc.json',
      'README.md',
    ]);
    const none = { ...plain, language: 'rust', editor: 'none' };
    assert.deepEqual(changed(none, { ...none, editor: 'other' }), [
      '.editorconfig',
      '.yo-rc.json',
      'README.md',
      'rust-analyzer.toml',
    ]);
  });
  it('the licence touches no program', () => {
    for (const path of changed(plain, { ...plain, license: 'none' }))
      assert.match(path, /^(LICENSE|package(-lock)?\.json|\.yo-rc\.json|README\.md)$/);
  });
  it('the language keeps the contract', () => {
    for (const path of changed(plain, { ...plain, language: 'c' })) assert.ok(!path.startsWith('contract/'), path);
  });
});

describe('rendering', () => {
  it('is the same twice, and in any order of CI', () => {
    assert.deepEqual(render(plain), render({ ...plain }));
  });
  it('holds for any name that is accepted', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,12}(?:[-_][a-z0-9]{1,12}){0,2}$/);
    fc.assert(
      fc.property(name, fc.constantFrom(...everyChoice()), (name, choices) => {
        fc.pre(!checkName(name) && !conflict({ ...choices, name }));
        const files = render({ ...choices, name });
        for (const { text, path } of files) {
          if (name.includes('wasm')) continue;
          assert.ok(!/wasm[-_]example/.test(text), path);
        }
        assert.deepEqual(JSON.parse(text(files, '.yo-rc.json'))['generator-wasm'].choices.name, name);
      }),
      { numRuns: 60 },
    );
  });
  it('puts any author into the licence as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 40 }).filter((author) => author.trim() !== ''),
        (author) => {
          assert.ok(text(render({ ...plain, author }), 'LICENSE').includes(`Copyright (c) ${author}\n`));
          assert.equal(
            JSON.parse(text(render({ ...plain, author }), '.yo-rc.json'))['generator-wasm'].choices.author,
            author,
          );
        },
      ),
      { numRuns: 40 },
    );
  });
  it('remembers the version and the choices, nothing else', () => {
    const memory = JSON.parse(text(render(plain), '.yo-rc.json'));
    assert.deepEqual(Object.keys(memory), ['generator-wasm']);
    assert.deepEqual(Object.keys(memory['generator-wasm']), ['version', 'choices']);
    assert.deepEqual(memory['generator-wasm'].choices, plain);
  });
});
