/** wasmtime: runs a command module from a shell, a batch scheduler or an init system. */
import type { Built, Host, Share } from '../plan.ts';
import { wasmtime as tool } from '../tools.ts';
import { wasmToOci } from './wasm-to-oci.ts';

/** `run`: a command on one's own machine, whatever host it will run on. */
export function runHere(modules: Built[]): Share {
  return {
    tasks: {
      run: {
        help: 'Run the module with ARGS: make run ARGS="Ada Grace"',
        needs: ['build'],
        run: modules.map((module) => `wasmtime run ${module.artifact} $ARGS`),
      },
    },
    variables: [{ name: 'ARGS', value: '', overridable: true }],
    tools: [tool],
  };
}

export const wasmtime: Host = {
  id: 'wasmtime',
  label: 'wasmtime',
  help: 'the Bytecode Alliance runtime, from a shell or a scheduler',
  status: 'current',
  ran: 'run by wasmtime 49',
  kinds: ['command'],
  publish: { oci: wasmToOci },
  share(modules) {
    const local = runHere(modules);
    return {
      ...local,
      tasks: {
        ...local.tasks,
        smoke: {
          help: 'Hold the module to the contract under wasmtime itself',
          needs: ['build'],
          run: modules.map(
            (module) => `node contract/run.mjs contract/${module.kind}.json ${module.artifact} --runtime wasmtime`,
          ),
        },
      },
      notes: [
        `## Host: wasmtime

\`make run\` runs the module under [wasmtime](https://wasmtime.dev). Nothing of the machine is open to it but its
arguments and standard streams; \`wasmtime run --dir\` and \`--env\` open more.`,
      ],
    };
  },
};
