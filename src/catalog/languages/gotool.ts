/** What the languages of Go's toolchain share, Go and TinyGo. */

import type { Change, Kind } from '../../model/choices.ts';
import type { Contents, Launch, Tool } from '../../model/plan.ts';
import { templateText } from '../templates.ts';

/** The toolchain that go.mod pins. */
const version = /^toolchain go(\S+)$/m.exec(templateText('languages/go/common/go.mod'))?.[1] ?? 'latest';

/** The package with the logic of the program. */
export const decisions: { [kind in Kind]?: string } = {
  command: 'internal/command',
  wagi: 'internal/handler',
  http: 'internal/handler',
};

/** Debugs the program as a native one; a component has none. */
const example: { [kind in Kind]?: object } = {
  command: { args: ['Ada'] },
  wagi: { env: { REQUEST_METHOD: 'GET', PATH_INFO: '/', QUERY_STRING: 'name=Ada' } },
};

/** Output of the compiler, vet, staticcheck and failed tests: location and message. */
const problem = {
  owner: 'go',
  source: 'go',
  fileLocation: ['autoDetect', '${workspaceFolder}'],
  pattern: { regexp: '^(?:vet:)?\\s*(\\S+\\.go):(\\d+)(?::(\\d+))?: (.+)$', file: 1, line: 2, column: 3, message: 4 },
};

/** The Go modules of a WASI 0.1 program; go.mod also has those of the tools. */
export const goModules: Contents = {
  type: 'golang',
  run: "GOOS=wasip1 GOARCH=wasm go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}{{end}}{{end}}' .",
};

/** Shared by both Go compilers. */
export const goTool: Tool = { command: 'go', atLeast: '1.26', probe: 'go version', mise: ['go', version] };
export const goTasks = {
  format: { help: 'Format the sources', run: ['gofmt -w *.go */'] },
  lint: {
    help: 'Check formatting and lint; warnings are errors',
    run: [
      'gofmt -d *.go */',
      'GOOS=wasip1 GOARCH=wasm go vet ./...',
      // `go tool` would compile staticcheck itself for wasip1; with -n it prints the program that it compiled for this system.
      'GOOS=wasip1 GOARCH=wasm $(go tool -n staticcheck) ./...',
    ],
  },
  test: { help: 'Run the unit tests and check the module against its contract', run: ['go test -fullpath ./...'] },
};
/** @param files those that changed for staticcheck */
export const goChanges = (...files: string[]): Change[] => [
  {
    version: '0.3.0',
    files,
    why: 'staticcheck reads the sources for WASI 0.1 instead of those for the computer that runs it.',
  },
  {
    version: '0.3.0',
    files: ['internal/handler/handler.go'],
    why: 'strings.Builder collects the lines that describe a request, as gopls suggests.',
  },
];
export const goSources = ['*.go', 'internal/*/*.go', 'go.mod', 'go.sum'];
export const goEditor = (kind: Kind) => ({
  indent: { '{*.go,go.mod}': 'tab' } as const,
  extensions: ['golang.go'],
  settings: {
    '[go]': { 'editor.defaultFormatter': 'golang.go', 'editor.formatOnSave': true },
    gopls: { 'ui.diagnostic.staticcheck': true },
  },
  launch: [
    {
      name: 'Debug the unit tests',
      type: 'go',
      request: 'launch',
      mode: 'test',
      program: `\${workspaceFolder}/${decisions[kind]}`,
    },
    ...(example[kind]
      ? [
          {
            name: 'Debug the program, compiled for this computer',
            type: 'go',
            request: 'launch',
            mode: 'debug',
            program: '${workspaceFolder}',
            ...example[kind],
          } as const,
        ]
      : []),
  ] satisfies Launch[],
  matchers: { build: [problem], test: [problem], lint: [problem] },
});

/** A name that the go command refuses in module paths. */
export const goRefuses = (name: string): string | undefined =>
  name === 'vendor'
    ? `Name '${name}' is what Go calls the folder of its copies of packages, so no module can have it. Choose another.`
    : undefined;
