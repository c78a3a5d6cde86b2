/** The debug configurations of compiled languages, as `launch.json` has them, given to LLDB by the protocol of VS Code. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { read, write } from '../e2e/lsp.ts';
import { project, taskEnvironment } from '../e2e/world.ts';
import { samples } from '../support/cells.ts';
import { environment, need, needed, ok } from '../support/programs.ts';

interface Message {
  request_seq?: number;
  event?: string;
  success?: boolean;
  message?: string;
  body?: {
    output?: string;
    reason?: string;
    threadId?: number;
    stackFrames?: { id: number; line: number; source: { path: string } }[];
    scopes?: { variablesReference: number }[];
    variables?: { name: string; value: string }[];
  };
}

/** A line of the logic where `name` is set. */
const lines: Record<string, { file: string; text: string }> = {
  c: { file: 'src/handler.c', text: 'if (name.length == 0)' },
  cpp: { file: 'src/handler.cpp', text: 'if (name.empty())' },
  rust: { file: 'src/handler.rs', text: 'match String::from_utf8(or(name' },
  zig: { file: 'src/handler.zig', text: 'utf8ValidateSlice(name)' },
};

describe('lldb-dap with launch.json', function () {
  this.timeout('10m');

  for (const choices of samples.filter(({ language }) => lines[language]))
    for (const part of ['the unit tests', 'the module under wasmtime'])
      it(`stops in ${part} of a project in ${choices.language}, and reads a variable`, async function () {
        need(this, 'make', 'wasmtime', 'lldb-dap-22', ...needed(choices.language));
        const folder = project(choices);
        const at = (name: string) =>
          JSON.parse(readFileSync(join(folder, '.vscode', name), 'utf8').replaceAll('${workspaceFolder}', folder));
        const configuration = at('launch.json').configurations.find(({ name }: { name: string }) =>
          name.includes(part),
        );
        // CodeLLDB has cargo build the program and finds it by itself.
        if (configuration.cargo) this.skip();
        const task = at('tasks.json').tasks.find(
          ({ label }: { label: string }) => label === configuration.preLaunchTask,
        );
        ok('sh', ['-c', task.command], folder, taskEnvironment());
        const { file, text } = lines[choices.language] ?? { file: '', text: '' };
        const line = readFileSync(join(folder, file), 'utf8').slice(0, -1).split(text)[0]?.split('\n').length ?? 0;
        assert.deepEqual(await stopped(folder, configuration, join(folder, file), line), {
          at: `${file}:${line}`,
          hasName: true,
        });
      });
});

/** Starts a configuration with a breakpoint on a line: where it stops, and whether `name` can be read there. */
async function stopped(folder: string, configuration: { env?: Record<string, string> }, path: string, line: number) {
  const child = spawn('lldb-dap-22', [], { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const heard: Message[] = [];
  const waiting = new Set<() => void>();
  read(child.stdout, (message) => {
    heard.push(message as Message);
    for (const done of waiting) done();
    waiting.clear();
  });
  const hear = async (wanted: (message: Message) => boolean): Promise<Message> => {
    for (;;) {
      const found = heard.find(wanted);
      if (found) return found;
      const end = heard.find(({ event }) => event === 'terminated');
      assert.ok(!end, JSON.stringify(heard.map(({ event, body, message }) => [event, message, body?.output])));
      await new Promise<void>((done) => waiting.add(done));
    }
  };
  let seq = 0;
  const ask = (command: string, args: object): Promise<Message> => {
    const number = ++seq;
    write(child.stdin, { seq: number, type: 'request', command, arguments: args });
    return hear(({ request_seq }) => request_seq === number);
  };
  try {
    await ask('initialize', { adapterID: 'lldb', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' });
    const env = { ...environment, ...taskEnvironment(), ...configuration.env };
    // mise's shims are not on this machine, and PATH already has what they start.
    const launched = ask('launch', { ...configuration, env: { ...env, PATH: environment.PATH } });
    await hear(({ event }) => event === 'initialized');
    await ask('setBreakpoints', { source: { path }, breakpoints: [{ line }] });
    await ask('configurationDone', {});
    const { success, message } = await launched;
    assert.ok(success, message);
    const { body } = await hear(({ event, body }) => event === 'stopped' && body?.reason === 'breakpoint');
    const stack = await ask('stackTrace', { threadId: body?.threadId, levels: 1 });
    const frame = stack.body?.stackFrames?.[0];
    const scopes = await ask('scopes', { frameId: frame?.id });
    const [locals] = scopes.body?.scopes ?? [];
    const variables = await ask('variables', { variablesReference: locals?.variablesReference });
    return {
      at: `${frame?.source.path.slice(folder.length + 1)}:${frame?.line}`,
      hasName: Boolean(variables.body?.variables?.find(({ name }) => name === 'name')?.value),
    };
  } finally {
    child.kill();
    await ended;
  }
}
