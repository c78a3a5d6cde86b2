/** Python: componentize-py puts CPython and the program into one component. */

import { quotePath } from '../../lib/shell.ts';
import type { Existing, Language } from '../../model/axes.ts';
import type { Tool } from '../../model/plan.ts';
import { isTable, table, texts, toml } from '../existing/data.ts';
import { relativeDir, saying, statedFacts, worldIn } from '../existing/readers.ts';
import { uv } from '../existing/tools.ts';
import { ignoringItself, made, statedLine, task } from '../existing.ts';
import { notes, templateFiles, templateText } from '../templates.ts';

const folder = 'languages/python';
const wit = ['wit/*.wit', 'wit/deps/*.wit'];
// componentize-py gives the files of its package the date of the package, and those of the interfaces that of now.
const bindings = 'build/bindings/wit_world/__init__.py';
const componentize = 'componentize-py --quiet --wit-path wit --world handler';

/** A finding of ruff, in its concise format. */
const ruff = {
  owner: 'ruff',
  source: 'ruff',
  pattern: {
    regexp: '^(\\S+\\.py):(\\d+):(\\d+): (?:([A-Z]+\\d+) |(?:invalid-syntax|unformatted): )(.+)$',
    file: 1,
    line: 2,
    column: 3,
    code: 4,
    message: 5,
  },
};

const mypy = {
  owner: 'mypy',
  source: 'mypy',
  pattern: {
    regexp: '^(\\S+\\.py):(\\d+):(\\d+): (error|note): (.+?)(?:  \\[(\\S+)\\])?$',
    file: 1,
    line: 2,
    column: 3,
    severity: 4,
    message: 5,
    code: 6,
  },
};

/** A failed test: location and exception. */
const pytest = {
  owner: 'pytest',
  source: 'pytest',
  pattern: { regexp: '^(\\S+\\.py):(\\d+): (\\w+)$', file: 1, line: 2, message: 3 },
};

// renovate: datasource=python-version depName=python
const pythonVersion = '3.14.10';

const pythonTool: Tool = { command: 'python3', atLeast: '3.11', mise: ['python', pythonVersion] };

/** Programs that `make setup` installs in .venv/bin. */
const installed = (command: string, atLeast: string) => ({ command, atLeast, get: 'make setup' });

// renovate: datasource=pypi depName=poetry
const poetryVersion = '2.5.1';

// renovate: datasource=pypi depName=pdm
const pdmVersion = '2.29.4';

/** Prints the dependencies of a pyproject.toml: installing the project itself would leave build/ and *.egg-info behind. */
const dependencies =
  'import tomllib; t = tomllib.load(open("pyproject.toml", "rb")); p = t["project"]; g = [*p.get("optional-dependencies", {}).values(), *t.get("dependency-groups", {}).values()]; print(*p.get("dependencies", []), *(d for one in g for d in one if isinstance(d, str)), sep="\\n")';

const pip = '.venv/bin/pip install --quiet --disable-pip-version-check';

/** Lines that create .venv, by lock or requirements file. */
const setups: { [by in string]?: string[] } = {
  'uv.lock': ['uv sync --frozen --no-install-project --all-groups --all-extras'],
  // Of a workspace, whose own .venv is beside the lock file.
  '../uv.lock': [
    'UV_PROJECT_ENVIRONMENT="$PWD/.venv" uv sync --frozen --no-install-workspace --all-groups --all-extras',
  ],
  'poetry.lock': [
    'python3 -m venv .venv',
    `${pip} poetry==${poetryVersion}`,
    'VIRTUAL_ENV="$PWD/.venv" .venv/bin/poetry install --no-root --no-interaction --all-groups --all-extras',
  ],
  'pdm.lock': [
    'python3 -m venv .venv',
    `${pip} pdm==${pdmVersion}`,
    'VIRTUAL_ENV="$PWD/.venv" .venv/bin/pdm sync --no-self --group :all',
  ],
};

/** The Python in a component writes __pycache__ beside the sources and ignores the environment, so git has to ignore it. */
const hidden =
  '@find . -name .venv -prune -o -name __pycache__ -type d -exec sh -c \'echo "*" >"$0/.gitignore"\' {} \';\'';

/** An adopted project: its world, and the Python module that becomes the component. */
const existing: Existing = {
  manifests: ['pyproject.toml', 'requirements.txt'],
  writes: ['.pytest_cache/', '__pycache__/'],
  read(folder, around) {
    const pins = ['requirements.txt', 'requirements-dev.txt', 'pyproject.toml'].filter((path) =>
      folder.paths.includes(path),
    );
    const [said] = saying(around.stated, /\bcomponentize-py\b/, (dir) => dir === around.dir).filter(
      ({ rank }) => rank !== 'hint',
    );
    if (!said && !pins.some((path) => /componentize-py/.test(folder.text(path)))) return undefined;
    const world = worldIn(folder.paths.filter((path) => /^wit\/[^/]+\.wit$/.test(path)).map(folder.text));
    const module = ['app', 'main', 'src.app'].find((name) =>
      folder.paths.some((path) => path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.') === name),
    );
    if (!said && (!world || !module))
      return [
        {
          path: '',
          why: world
            ? 'componentize-py needs a module, and there is no app.py, main.py or src/app.py'
            : 'componentize-py needs a world, and there is none in wit/*.wit',
        },
      ];
    const tests = folder.paths.some((path) => /(?:^|\/)test_[^/]*\.py$/.test(path));
    const above = around.dir.split('/').map((_, index, parts) => parts.slice(0, index).join('/'));
    const isMember = above.some((dir) => {
      const path = (name: string) => (dir === '' ? name : `${dir}/${name}`);
      const root = table(table(toml(around.root.text(path('pyproject.toml'))).tool).uv);
      return around.dir !== '' && isTable(root.workspace) && around.root.paths.includes(path('uv.lock'));
    });
    const lock =
      Object.keys(setups).find((path) => folder.paths.includes(path)) ?? (isMember ? '../uv.lock' : undefined);
    const manifest = toml(folder.text('pyproject.toml'));
    const project = table(manifest.project);
    const isStatic =
      (project.dependencies !== undefined || manifest['dependency-groups'] !== undefined) &&
      !texts(project.dynamic).includes('dependencies');
    return {
      what: 'a component in Python',
      artifact: said
        ? said.artifact
          ? relativeDir(around.dir, said.artifact)
          : ''
        : `${made}/${module?.split('.').at(-1)}.wasm`,
      world: said ? '' : (world ?? ''),
      module: said ? '' : (module ?? ''),
      pins: lock ?? (pins[0] === 'pyproject.toml' ? (isStatic ? 'pyproject.toml' : '') : (pins[0] ?? '')),
      ruff: pins.some((path) => /\bruff\b/.test(folder.text(path))) ? 'yes' : '',
      pytest: tests && pins.some((path) => /\bpytest\b/.test(folder.text(path))) ? 'yes' : '',
      caches: around.ignores('.pytest_cache/') && around.ignores('__pycache__/') ? '' : 'yes',
      ...(said && statedFacts(said, around.dir)),
    };
  },
  contribute: ({ artifact = '', world = '', module = '', pins = '', ruff, pytest, caches, ...facts }) => {
    // Keeps __pycache__ and tool caches away from the sources.
    const python = caches ? 'PYTHONDONTWRITEBYTECODE=1 ' : '';
    const stated = statedLine(facts);
    return {
      tasks: {
        setup: task(
          ...(setups[pins] ?? [
            'python3 -m venv .venv',
            ...(pins === 'pyproject.toml'
              ? [`.venv/bin/python -c '${dependencies}' >.venv/requirements.txt`, `${pip} -r .venv/requirements.txt`]
              : [`${pip} ${pins ? `-r ${quotePath(pins)}` : '.'}`]),
          ]),
          // Python writes it since 3.13.
          "echo '*' >.venv/.gitignore",
        ),
        ...(ruff && { lint: task(`.venv/bin/ruff check${caches ? ' --no-cache' : ''}`) }),
        build: task(
          ...(!stated && artifact.startsWith(`${made}/`) ? [ignoringItself(made)] : []),
          stated
            ? `. .venv/bin/activate && ${python && 'export PYTHONDONTWRITEBYTECODE=1 && '}${stated}`
            : `${python}.venv/bin/componentize-py -d wit -w ${quotePath(world)} componentize ${quotePath(module)} -o ${quotePath(artifact)}`,
          ...(caches ? [hidden] : []),
        ),
        ...(pytest && {
          test: task(`${python}.venv/bin/python -m pytest${caches ? ' -p no:cacheprovider' : ''}`),
        }),
      },
      tools: [pythonTool, ...(/uv\.lock$/.test(pins) ? [uv] : [])],
      ecosystems: ['pip'],
    };
  },
};

export const python: Language = {
  existing,
  id: 'python',
  label: 'Python',
  aliases: ['py', 'python3'],
  help: 'all of CPython in one large component',
  status: 'current',
  ran: `compiled by componentize-py 0.25, its tools under Python 3.11; projects pin ${pythonVersion}, and that mise installs it was not run here`,
  changes: [
    {
      version: '0.3.0',
      files: ['Makefile', 'README.md'],
      why: '`make build` also writes the stubs of the interfaces, without which an editor marks their imports.',
    },
  ],
  kinds: ['http'],
  differs: 'componentize-py writes other bytes each time, see its issue 247',
  maxBytes: { http: 18_600_000 },
  memory: { http: 62 },
  refuses: () => undefined,
  contribute(module) {
    const { artifact, kind, name } = module;
    return {
      tasks: {
        setup: {
          help: 'Install the tools from requirements.txt into .venv',
          run: [
            'python3 -m venv .venv',
            'pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt',
          ],
        },
        format: {
          help: 'Format the sources and apply safe fixes',
          run: ['ruff check --fix-only', 'ruff format'],
        },
        lint: {
          help: 'Check formatting, lint and types; warnings are errors',
          needs: [bindings],
          run: ['ruff format --check', 'ruff check', 'mypy'],
        },
        // An editor without the stubs marks the imports of them.
        build: { help: `Compile ${artifact}`, needs: [artifact, bindings] },
        test: { help: 'Run the unit tests and check the component against its contract', run: ['pytest'] },
      },
      rules: [
        {
          target: artifact,
          from: ['app/*.py', ...wit, 'requirements.txt'],
          run: [`${componentize} componentize app.main --output ${artifact}`],
        },
        {
          target: bindings,
          from: [...wit, 'requirements.txt'],
          // It does not overwrite an existing folder.
          run: ['rm -rf build/bindings', `${componentize} bindings build/bindings`],
        },
      ],
      files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
      shared: module.image ? [{ path: 'scripts/packages.py', text: templateText(`${folder}/packages.py`) }] : [],
      contents: [
        { type: 'pypi/componentize-py', run: 'componentize-py --version' },
        { type: 'generic/cpython', run: 'echo 3.14' },
        { type: 'generic/wasi-libc' },
        { type: 'pypi', run: 'python scripts/packages.py' },
      ],
      tools: [
        pythonTool,
        installed('componentize-py', '0.25'),
        installed('mypy', '2'),
        installed('pytest', '9'),
        installed('ruff', '0.17'),
      ],
      path: ['.venv/bin'],
      ignore: ['/.venv/', '__pycache__/'],
      indent: { '*.py': 4 },
      extensions: ['ms-python.python', 'charliermarsh.ruff'],
      settings: {
        '[python]': { 'editor.defaultFormatter': 'charliermarsh.ruff', 'editor.formatOnSave': true },
        'python.analysis.extraPaths': ['build/bindings'],
        'python.defaultInterpreterPath': '${workspaceFolder}/.venv/bin/python',
        'python.testing.pytestEnabled': true,
      },
      launch: [{ name: 'Debug the unit tests', type: 'debugpy', request: 'launch', module: 'pytest' }],
      matchers: { lint: [ruff, mypy], test: [pytest] },
      ecosystems: ['pip'],
      advice: [
        `\`app/main.py\` only reads and writes. Put your code in \`app/handler.py\`, with tests in \`tests/\`.`,
        `Import at the top of a file: a component has only those modules that were imported when it was built.`,
      ],
      notes: [notes('languages/python/notes.md.ejs')],
    };
  },
};
