/** What hosts share whose tasks run or serve the module on the local machine. */
import type { Built, Contribution, Task, Variable } from '../../model/plan.ts';

/** `run`: a command with ARGS. @param runs the start of the command line: `wasmtime run` */
export const running = (runs: string, { artifact }: Built): Contribution => ({
  tasks: {
    run: {
      help: 'Run the module with ARGS: make run ARGS="Ada Grace"',
      needs: ['build'],
      run: [`${runs} ${artifact} $ARGS`],
    },
  },
  variables: [{ name: 'ARGS', value: '', overridable: true }],
});

/** `smoke` of a command. */
export const checked = (runtime: 'wasmtime' | 'wazero', { kind, artifact }: Built): Task => ({
  help: `Check the module against the contract with ${runtime}`,
  needs: ['build'],
  run: [`node contract/run.mjs contract/${kind}.json ${artifact} --runtime ${runtime}`],
});

/** Where `serve` listens. */
export const listen: Variable = { name: 'LISTEN', value: '127.0.0.1:3000', overridable: true };

/** `smoke` of a server, which may be another than that of `serve`. */
export const asked = ({ kind }: Built): Task => ({
  help: 'Check a running server at $URL against the contract',
  run: [`node contract/run.mjs contract/${kind}.json --url $URL`],
  wantsServer: true,
});

/** The server that `smoke` asks. */
export const url: Variable = { name: 'URL', value: 'http://$LISTEN', overridable: true };

/** A VS Code problem matcher for a background task: ready when it prints that it serves; the only problem is a failed start. */
export const serving = (owner: string): object => ({
  owner,
  pattern: { regexp: '^Error: (.*)$', message: 1 },
  background: { activeOnStart: true, beginsPattern: '^make', endsPattern: '^(Serving|Ready: serving) ' },
});
