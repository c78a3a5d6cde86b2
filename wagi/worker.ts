/** The worker thread: runs one module at a time. A module that does not end is terminated with its worker. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Reused } from './cleaner.ts';
import type { Stream } from './descriptors.ts';
import { GuestMemory } from './guest-memory.ts';
import { httpModule, OutboundCalls } from './outbound.ts';
import { Exit, type Strings, Wasi } from './wasi.ts';
import {
  areas,
  field,
  type HostMessage,
  type Inbound,
  type Outbound,
  type Program,
  type Slot,
  slotAt,
  slotField,
  state,
  type WorkerMessage,
} from './worker-protocol.ts';

export interface Setup {
  shared: SharedArrayBuffer;
  port: MessagePort;
  programs: readonly Program[];
}

/** Larger memories are not reused: clearing takes longer than allocating, in bytes. */
const maxKept = 16 << 20;
/** The most output parts in flight. */
const maxParts = 8;
/** The most standard error of a run, in bytes. */
const maxErrors = 1 << 20;
const leftOut = Buffer.from('\n(the rest is left out)\n');

const { shared, port, programs } = workerData as Setup;
const { fields, slots: all } = areas(shared);
const first = all[0] as Slot;
/** State of the current run. */
let slot = first;
/** Sends a message before the end of the run. */
function tell(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  slot.fields[slotField.sent] = 1;
  port.postMessage(message, transfer);
}

/** Blocks until a message of the server. */
function receive(): HostMessage {
  for (;;) {
    const seen = Atomics.load(fields, field.messages);
    const mail = receiveMessageOnPort(port);
    if (mail) return mail.message as HostMessage;
    Atomics.wait(fields, field.messages, seen);
  }
}

/** Standard input: the bytes in shared memory, then parts requested by message. */
class Input implements Stream {
  readonly kind = 'stream';
  private rest: Uint8Array;
  private more: boolean;

  constructor(first: Uint8Array, more: boolean) {
    this.rest = first;
    this.more = more;
  }

  /** Fills the whole buffer if the body is long enough, as in WAGI, where the body is complete. */
  read(into: Uint8Array): number {
    for (let at = 0; ; ) {
      const part = this.rest.subarray(0, into.length - at);
      into.set(part, at);
      this.rest = this.rest.subarray(part.length);
      at += part.length;
      if (at === into.length || !this.more) return at;
      tell('more');
      const mail = receive();
      const chunk = 'chunk' in mail ? mail.chunk : undefined;
      if (chunk) this.rest = chunk;
      else this.more = false;
    }
  }

  close(): void {}
}

/** Standard output or error: buffered in the shared memory, and sent when that is full. */
class Output implements Stream {
  readonly kind = 'stream';
  private readonly name: 'output' | 'errors';
  private readonly send: (part: Uint8Array<ArrayBuffer>) => void;
  private readonly most: number;
  private left = 0;

  /** `most`: output beyond this many bytes is dropped. */
  constructor(
    name: 'output' | 'errors',
    send: (part: Uint8Array<ArrayBuffer>) => void,
    most = Number.POSITIVE_INFINITY,
  ) {
    this.name = name;
    this.send = send;
    this.most = most;
  }

  begin(): void {
    this.left = this.most;
  }

  write(from: Uint8Array): number {
    const before = this.left;
    this.left -= from.length;
    if (this.left >= 0) this.put(from);
    else if (before > 0) this.put(Buffer.concat([from.subarray(0, before), leftOut]));
    return from.length;
  }

  private put(from: Uint8Array): void {
    const { [this.name]: area, fields } = slot;
    const length = slotField[this.name];
    for (let at = 0; at < from.length; ) {
      const used = fields[length] ?? 0;
      const part = from.subarray(at, at + area.length - used);
      area.set(part, used);
      fields[length] = used + part.length;
      at += part.length;
      if (used + part.length === area.length) {
        const copy = new Uint8Array(area);
        fields[length] = 0;
        this.send(copy);
      }
    }
  }

  close(): void {}
}

let sent = 0;
/** Sends a part; blocks while the server is too far behind. */
function send(news: WorkerMessage, part: Uint8Array<ArrayBuffer>): void {
  tell(news, [part.buffer]);
  sent++;
  for (
    let taken = Atomics.load(fields, field.taken);
    sent - taken > maxParts;
    taken = Atomics.load(fields, field.taken)
  )
    Atomics.wait(fields, field.taken, taken);
}
const standardOutput = new Output('output', (part) => send({ output: part }, part));
const standardError = new Output('errors', (part) => send({ errors: part }, part), maxErrors);

const guest = new GuestMemory();
const wasi = new Wasi(guest);
const http = new OutboundCalls(guest, (outbound: Outbound): Inbound => {
  tell({ outbound });
  const mail = receive();
  return 'inbound' in mail ? mail.inbound : { error: 12 };
});

const imports = { wasi_snapshot_preview1: wasi.imports, [httpModule]: http.imports };

/** Returns why the run failed, or an empty string. */
function run(program: Program, reused: Reused): string {
  const { input, fields: numbers } = slot;
  const number = (of: keyof typeof slotField): number => numbers[slotField[of]] ?? 0;
  const strings = (count: number, from: number): Strings => {
    let end = from;
    for (let left = count; left > 0; left--) end = input.indexOf(0, end) + 1;
    return { count, bytes: input.subarray(from, end) };
  };
  const entry = strings(1, 0);
  const args = strings(number('args'), entry.bytes.length);
  const start = entry.bytes.length + args.bytes.length;
  const end = number('strings');
  const env = { count: number('env'), bytes: input.subarray(start, end) };
  const stdin = new Input(input.subarray(end, end + number('body')), number('more') === 1);
  try {
    guest.use(reused.memory);
    standardOutput.begin();
    standardError.begin();
    wasi.begin({ args, env, streams: [stdin, standardOutput, standardError], volumes: program.volumes });
    http.begin(program.maxResponses);
    const exports = reused.instantiate(imports);
    const name = input.toString('utf8', 0, entry.bytes.length - 1);
    (exports[name] as () => void)();
    return '';
  } catch (error) {
    if (!(error instanceof Exit)) return String((error as Error).message);
    return error.code === 0
      ? 'called proc_exit(0), which WAGI treats as a failure: return from _start instead'
      : `exited with ${error.code}`;
  } finally {
    wasi.end();
    http.end();
  }
}

/** Clean memories by program. */
const memories = new Map<Program, Reused>();
function runSlot(): void {
  const { fields: numbers } = slot;
  const program = programs[numbers[slotField.program] ?? 0];
  if (!program) throw new Error('asked for a program that is none');
  sent = 0;
  Atomics.store(fields, field.taken, 0);
  const reused = memories.get(program) ?? new Reused(program);
  memories.delete(program);
  const failure = run(program, reused);
  numbers[slotField.failure] = slot.failure.write(failure);
  end();
  const tooLarge = reused.memory.buffer.byteLength > maxKept || (!program.hidesGrowth && reused.grown(program.initial));
  if (tooLarge) return;
  reused.clean();
  memories.set(program, reused);
}

/** Reports the end of the run, unless such a message is already on its way. */
function end(): void {
  const alone = slot.fields[slotField.sent] === 1;
  Atomics.add(fields, field.ended, 1);
  if (alone) port.postMessage('ended alone' satisfies WorkerMessage);
  else if (Atomics.exchange(fields, field.told, 1) === 0) port.postMessage('ended' satisfies WorkerMessage);
}

port.postMessage('ready' satisfies WorkerMessage);
// The counter is a signed 32-bit number that wraps around.
for (let seen = 0; ; seen = (seen + 1) | 0) {
  while (Atomics.load(fields, field.given) === seen) Atomics.wait(fields, field.given, seen);
  slot = slotAt(all, seen);
  if (Atomics.compareExchange(slot.fields, slotField.state, state.given, state.begun) === state.given) runSlot();
  else end();
}
