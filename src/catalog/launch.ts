/** Debugging of modules: wasmtime gives a native debugger the debug info of compiled code. */
import type { Kind } from '../model/choices.ts';
import type { Launch } from '../model/plan.ts';

/** Arguments after the options of `wasmtime run` for a useful debug run. */
const example: { [kind in Kind]?: (module: string) => string[] } = {
  command: (module) => [module, 'Ada'],
  wagi: (module) => ['--env', 'REQUEST_METHOD=GET', '--env', 'PATH_INFO=/', '--env', 'QUERY_STRING=name=Ada', module],
};

/**
 * Debugs a module with DWARF, which the task `debug` builds, with CodeLLDB. Linux only: macOS forbids a debugger to follow
 * /usr/bin/env, which is needed because `wasmtime` may be a mise shim that execs the real one.
 */
export const underWasmtime = (kind: Kind, module: string): Launch => ({
  name: 'Debug the module under wasmtime (Linux)',
  type: 'lldb',
  request: 'launch',
  initCommands: ['settings set target.process.stop-on-exec false', 'settings set plugin.jit-loader.gdb.enable on'],
  program: '/usr/bin/env',
  args: ['wasmtime', 'run', '-D', 'debug-info', '-O', 'opt-level=0', ...(example[kind]?.(module) ?? [module])],
  env: { PATH: '${env:HOME}/.local/share/mise/shims:${env:PATH}' },
  cwd: '${workspaceFolder}',
  preLaunchTask: 'debug',
});
