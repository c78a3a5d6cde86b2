/**
 * Go: the compiler's reactor, a library for WASI 0.1, to which binaryen adds a `_start` that returns, or of which wasm-tools
 * makes a component.
 */

import { quotePath } from '../../lib/shell.ts';
import type { Existing, Language } from '../../model/axes.ts';
import type { Built, Contribution } from '../../model/plan.ts';
import { generateBindings, packages, readGo } from '../existing/gomod.ts';
import { ignoringItself, isStated, made, statedLine, task } from '../existing.ts';
import { templateFiles } from '../templates.ts';
import { pinned, wasiAdapter, wasiAdapterVersion, wasmOpt, wasmTools, wasmtime } from '../tools.ts';
import { decisions, goEditor, goModules, goRefuses, goSources, goTasks, goTool } from './gotool.ts';

const folder = 'languages/go';

const existing: Existing = {
  manifests: ['go.mod'],
  read: (folder, around) => readGo(folder, around, false),
  contribute: ({ artifact = '', main = '.', vet, generate, bindings, tests, ...facts }) => ({
    tasks: {
      lint: task(`GOOS=wasip1 GOARCH=wasm go vet ${packages(vet, main)}`),
      build: task(
        ...(generate && !isStated(facts) ? ['go generate ./...'] : []),
        ...(bindings && !isStated(facts) ? [generateBindings(bindings)] : []),
        ...(!isStated(facts) && artifact.startsWith(`${made}/`) ? [ignoringItself(made)] : []),
        statedLine(facts) ?? `GOOS=wasip1 GOARCH=wasm go build -trimpath -o ${quotePath(artifact)} ${quotePath(main)}`,
      ),
      ...(tests !== 'none' && { test: task('go test ./...') }),
    },
    tools: [goTool],
    ecosystems: ['gomod'],
  }),
};

/** A library of Go for WASI 0.1. */
const compile = (library: string) =>
  `GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -buildvcs=false -trimpath -ldflags=-s -o ${library} .`;

const program = ({ artifact, kind, name }: Built) => {
  const reactor = `build/${name}.reactor.wasm`;
  return {
    rules: [
      {
        target: artifact,
        from: [...goSources, 'start.wat'],
        run: [
          compile(reactor),
          `wasm-merge $FEATURES ${reactor} go start.wat start -o ${artifact}`,
          `wasm-opt $FEATURES --remove-exports=_initialize,run --duplicate-import-elimination ${artifact} -o ${artifact}`,
        ],
      },
    ],
    variables: [{ name: 'FEATURES', value: '--enable-bulk-memory --enable-nontrapping-float-to-int' }],
    contents: [],
    files: templateFiles(`${folder}/program`, name),
    tools: [
      { ...wasmOpt, atLeast: '130' },
      { command: 'wasm-merge', atLeast: '130', get: 'make setup' },
    ],
    advice: [
      `\`main.go\` only reads and writes. Decisions go into \`${decisions[kind]}\`, with tests beside them. Text from outside is bytes, also in a \`string\`: check for UTF-8 before you rely on it.`,
      `\`start_wasip1.go\` and \`start.wat\` are there so that the module returns from \`_start\`; \`os.Exit(0)\` would undo that.`,
    ],
    notes: [
      `## Go

\`main.go\` only reads and writes. What the program decides is in \`${decisions[kind]}\`, with its unit tests. They run on your own
computer, where VS Code debugs tests and program with Delve; no debugger follows the module.

A program of Go ends by calling \`proc_exit\`, even when all went well, which WAGI answers with 500 and Krustlet reports as
failed. So \`make build\` compiles a library, and \`wasm-merge\` of [binaryen](https://github.com/WebAssembly/binaryen) adds the
entry point in \`start.wat\`, which calls \`run\` in \`start_wasip1.go\` and returns. \`os.Exit\` is for failures only.

The module is called \`example.com/${name}\` until it has a home: \`go mod edit -module\` and the import in \`main.go\` rename it.
It holds Go's runtime, so it has more than 2 MB, and it starts more slowly than a module of C or Rust.`,
    ],
  } satisfies Contribution;
};

const component = ({ artifact, kind, name }: Built) => {
  const library = `build/${name}.core.wasm`;
  return {
    rules: [
      {
        target: artifact,
        from: [...goSources, 'wit/*.wit'],
        run: [
          compile(library),
          `wasm-tools component embed wit --world handler ${library} -o ${library}`,
          `wasm-tools component new ${library} --adapt wasi_snapshot_preview1=$WASI_ADAPTER -o ${artifact}`,
        ],
      },
    ],
    variables: [{ name: 'WASI_ADAPTER', value: `mise which ${wasiAdapter.command}`, shell: true, overridable: true }],
    contents: [{ type: 'generic/wasi_snapshot_preview1', run: `echo ${wasiAdapterVersion}` }],
    files: [],
    tools: [wasmTools, wasiAdapter, wasmtime],
    advice: [
      `\`main.go\` only hands over. Decisions go into \`${decisions[kind]}\`, with tests beside them. Text from outside is bytes, also in a \`string\`: check for UTF-8 before you rely on it.`,
      '`internal/wasihttp` calls the host by the canonical ABI: a function of `imports.go` must agree with `wit/world.wit` and with its documentation, since no compiler compares them.',
    ],
    notes: [
      `## Go

\`main.go\` only hands over. What the program decides is in \`${decisions[kind]}\`, with its unit tests. They run on your own
computer, where VS Code debugs them with Delve; no debugger follows the component.

Go compiles for WASI 0.1, so \`make build\` makes a library of WASI 0.1 and \`wasm-tools\` puts it into a component, with the
adapter of [wasmtime's releases](https://github.com/bytecodealliance/wasmtime/releases) between Go's runtime and WASI 0.2.
\`WASI_ADAPTER\` names one that you have. \`net/http\` compiles, but it reaches nothing and adds 2 MB.

\`internal/wasihttp\` is the other half: as much of \`wasi:http\` as a handler needs, in less than 300 lines, with nothing to
generate. \`wit/world.wit\` names what it asks for. For a component that needs much more of WASI, as to make requests itself,
[componentize-go](https://github.com/bytecodealliance/componentize-go) generates bindings.

The module is called \`example.com/${name}\` until it has a home: \`go mod edit -module\` and the imports in \`main.go\` rename it.
It holds Go's runtime, so the component has 2.4 MB. At the first start wasmtime compiles it, for 2 to 9 seconds on two cores that
had other work too, and keeps the result: the next start took 0.1 seconds. A request took 2 to 4 milliseconds in an instance of
its own, and 1.5 in one that \`wasmtime serve --max-instance-reuse-count\` keeps.`,
    ],
  } satisfies Contribution;
};

export const go: Language = {
  existing,
  id: 'go',
  label: 'Go',
  help: 'the whole language and standard library, larger modules',
  status: 'current',
  ran: `compiled by go ${pinned(goTool)}, components made by wasm-tools 1.262.0, where projects pin ${pinned(wasmTools)}; that mise installs them was not run here`,
  kinds: ['command', 'wagi', 'http'],
  maxBytes: { command: 2_350_000, wagi: 2_400_000, http: 2_450_000 },
  refuses: goRefuses,
  contribute(module) {
    const { artifact, kind, name } = module;
    const { files, tools, contents, ...made } = kind === 'http' ? component(module) : program(module);
    return {
      ...goEditor(kind),
      ...made,
      tasks: { ...goTasks, build: { help: `Compile ${artifact}`, needs: [artifact] } },
      contents: [goModules, { type: 'golang/stdlib', run: 'go env GOVERSION' }, ...contents],
      files: [...templateFiles(`${folder}/common`, name), ...files, ...templateFiles(`${folder}/${kind}`, name)],
      tools: [goTool, ...tools],
      ecosystems: ['gomod'],
    };
  },
};
