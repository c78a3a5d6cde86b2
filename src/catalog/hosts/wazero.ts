/** wazero: a runtime in Go without dependencies, as a program and as a library for Go programs. */
import type { Host } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { wazero as tool } from '../tools.ts';
import { cncfWasm } from './cncf-wasm.ts';

export const wazero: Host = {
  id: 'wazero',
  label: 'wazero',
  help: 'a runtime in Go without dependencies; can be embedded in Go programs',
  status: 'current',
  ran: 'run, and held to the contract, by wazero 1.12',
  kinds: ['command'],
  // wazero does not pull, so this is the most common layout.
  publish: { oci: cncfWasm },
  runsAt: () => 'with wazero run, after it is pulled',
  contribute: ({ kind, artifact }) => ({
    tasks: {
      run: {
        help: 'Run the module with ARGS: make run ARGS="Ada Grace"',
        needs: ['build'],
        run: [`wazero run ${artifact} $ARGS`],
      },
      smoke: {
        help: 'Check the module against the contract with wazero',
        needs: ['build'],
        run: [`node contract/run.mjs contract/${kind}.json ${artifact} --runtime wazero`],
      },
    },
    variables: [{ name: 'ARGS', value: '', overridable: true }],
    tools: [tool],
    notes: [notes('hosts/wazero.notes.md.ejs')],
  }),
};
