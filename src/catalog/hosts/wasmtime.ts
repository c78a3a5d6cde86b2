/** wasmtime: runs a command module from a shell, a batch scheduler or an init system. */

import type { Host } from '../../model/axes.ts';
import type { Built, Contribution } from '../../model/plan.ts';
import { notes, templateText } from '../templates.ts';
import { pinned, wasmtime as tool } from '../tools.ts';
import { cncfWasm } from './cncf-wasm.ts';
import { asked, checked, listen, running, serving, url } from './local.ts';

/** `run`: a command on the local machine, whatever the host. */
export const runHere = (module: Built): Contribution => ({ ...running('wasmtime run', module), tools: [tool] });

/** `serve` and `smoke`: components that answer HTTP requests. */
export const serveHere = (module: Built): Contribution => ({
  tasks: {
    serve: {
      help: 'Serve the component at http://$LISTEN',
      needs: ['build'],
      run: [`exec wasmtime serve -S cli --addr $LISTEN ${module.artifact}`],
    },
    smoke: asked(module),
  },
  variables: [listen, url],
  matchers: { serve: [serving('wasmtime')] },
  tools: [tool],
});

/** `precompile`: ahead-of-time compilation for this machine's wasmtime. */
function precompiled(module: Built): Contribution {
  const ahead = `build/${module.name}.cwasm`;
  return {
    tasks: {
      precompile: {
        help: "Compile ahead of time for this machine's wasmtime (--allow-precompiled)",
        needs: [ahead],
        run: [`node scripts/measure.mjs ${module.kind === 'http' ? 'serve' : 'run'} ${module.optimized} ${ahead}`],
      },
    },
    rules: [
      {
        target: ahead,
        from: [module.optimized],
        run: [`wasmtime compile ${module.optimized} -o ${ahead}`],
      },
    ],
    shared: [{ path: 'scripts/measure.mjs', text: templateText('project/measure.mjs') }],
  };
}

export const wasmtime: Host = {
  id: 'wasmtime',
  label: 'wasmtime',
  help: 'runs modules from a shell or a scheduler, and serves components',
  status: 'current',
  ran: `run, and components served, by wasmtime 49.0.4; projects pin ${pinned(tool)}`,
  changes: [
    {
      version: '0.3.0',
      files: ['scripts/layout.mjs'],
      why: 'Commands are pushed as CNCF Wasm artifacts too, which wkg and other clients pull. Only Krustlet and WAGI take the layout of wasm-to-oci.',
    },
  ],
  kinds: ['command', 'http'],
  publish: { oci: cncfWasm },
  runsAt: (module) =>
    module.kind === 'http' ? 'under wasmtime serve, after it is pulled' : 'under wasmtime run, after it is pulled',
  contribute(module) {
    const served = module.kind === 'http';
    const local = served ? serveHere(module) : runHere(module);
    const ahead = precompiled(module);
    return {
      ...local,
      ...ahead,
      tasks: { ...local.tasks, ...ahead.tasks, ...(!served && { smoke: checked('wasmtime', module) }) },
      notes: [notes(`hosts/wasmtime.${served ? 'service' : 'command'}.notes.md.ejs`)],
    };
  },
};
