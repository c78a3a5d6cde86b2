/**
 * Go: the compiler's reactor, a library for WASI 0.1, to which binaryen adds a `_start` that returns, or of which wasm-tools
 * makes a component.
 */

import { quotePath } from '../../lib/shell.ts';
import type { Existing, Language } from '../../model/axes.ts';
import type { Built, Contribution } from '../../model/plan.ts';
import { generateBindings, packages, readGo } from '../existing/readers.ts';
import { ignoringItself, isStated, made, statedLine, task } from '../existing.ts';
import { notes, templateFiles } from '../templates.ts';
import { pinned, wasiAdapter, wasiAdapterVersion, wasmOpt, wasmTools, wasmtime } from '../tools.ts';
import { decisions, goChanges, goEditor, goModules, goRefuses, goSources, goTasks, goTool } from './gotool.ts';

const folder = 'languages/go';

/** @param system `js` for a program of web pages */
const environment = (system: string | undefined) => `GOOS=${system === 'js' ? 'js' : 'wasip1'} GOARCH=wasm`;

const existing: Existing = {
  manifests: ['go.mod'],
  read: (folder, around) => readGo(folder, around, false),
  contribute: ({ artifact = '', main = '.', vet, system, reactor, generate, bindings, tests, ...facts }) => ({
    tasks: {
      lint: task(`${environment(system)} go vet ${packages(vet, main)}`),
      build: task(
        ...(generate && !isStated(facts) ? ['go generate ./...'] : []),
        ...(bindings && !isStated(facts) ? [generateBindings(bindings)] : []),
        ...(!isStated(facts) && artifact.startsWith(`${made}/`) ? [ignoringItself(made)] : []),
        statedLine(facts) ??
          `${environment(system)} go build -trimpath${reactor ? ' -buildmode=c-shared' : ''} -o ${quotePath(artifact)} ${quotePath(main)}`,
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
      `\`main.go\` only reads and writes. Put your code in \`${decisions[kind]}\`, with tests beside them. Text from outside is bytes, also in a \`string\`: check for UTF-8 before you rely on it.`,
      `\`start_wasip1.go\` and \`start.wat\` are there so that the module returns from \`_start\`; \`os.Exit(0)\` would undo that.`,
    ],
    notes: [notes('languages/go/program.notes.md.ejs', { decisions: decisions[kind], name })],
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
      `\`main.go\` only hands over. Put your code in \`${decisions[kind]}\`, with tests beside them. Text from outside is bytes, also in a \`string\`: check for UTF-8 before you rely on it.`,
      '`internal/wasihttp` calls the host by the canonical ABI: a function of `imports.go` must agree with `wit/world.wit` and with its documentation, since no compiler compares them.',
    ],
    notes: [notes('languages/go/component.notes.md.ejs', { decisions: decisions[kind], name })],
  } satisfies Contribution;
};

export const go: Language = {
  existing,
  id: 'go',
  label: 'Go',
  aliases: ['golang'],
  help: 'the whole language and standard library, larger modules',
  status: 'current',
  ran: `compiled by go ${pinned(goTool)}, components made by wasm-tools 1.262.0, where projects pin ${pinned(wasmTools)}; that mise installs them was not run here`,
  changes: goChanges('Makefile', 'start_wasip1.go', 'main.go', 'internal/wasihttp/memory.go'),
  kinds: ['command', 'wagi', 'http'],
  maxBytes: { command: 2_350_000, wagi: 2_400_000, http: 2_450_000 },
  memory: { command: 23, wagi: 26, http: 36 },
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
