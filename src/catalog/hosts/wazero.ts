/** wazero: a runtime in Go without dependencies, as a program and as a library for Go programs. */
import type { Host } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { wazero as tool } from '../tools.ts';
import { cncfWasm } from './cncf-wasm.ts';
import { checked, running } from './local.ts';

export const wazero: Host = {
  id: 'wazero',
  label: 'wazero',
  help: 'a runtime in Go without dependencies, which can be embedded in Go programs',
  status: 'current',
  ran: 'run, and checked against the contract, by wazero 1.12',
  kinds: ['command'],
  // wazero does not pull, so this is the most common layout.
  publish: { oci: cncfWasm },
  runsAt: () => 'with wazero run, after it is pulled',
  contribute(module) {
    const local = running('wazero run', module);
    return {
      ...local,
      tasks: { ...local.tasks, smoke: checked('wazero', module) },
      tools: [tool],
      notes: [notes('hosts/wazero.notes.md.ejs')],
    };
  },
};
