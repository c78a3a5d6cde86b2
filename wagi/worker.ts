/** Runs modules, one at a time, away from the thread that accepts requests: an endless module is ended with its worker. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Reused } from './cleaner.ts';
import { GuestMemory } from './guest-memory.ts';
import { httpModule, OutboundCalls } from './outbound.ts';
import { memoryImport } from './prepare.ts';
import { Exit, type Strings, Wasi } from './wasi.ts';
import type { Stream } from './wasi-files.ts';
import {
  areas,
  field,
  type HostMessage,
  type Inbound,
  type Outbound,
  type Program,
  type WorkerMessage,
} from './worker-protocol.ts';

export interface Setup {
  shared: SharedArrayBuffer;
  port: MessagePort;
  programs: readonly Program[];
}

/** A memory of more bytes is not kept: cleaning it would take longer than making a new one. */
const maxKept = 16 << 20;
/** How many parts of the output may be on their way. */
const maxParts = 8;
/** The most that a run may write to standard error, in bytes. */
const maxErrors = 1 << 20;
const leftOut = Buffer.from('\n(what follows is left out)\n');

const { shared, port, programs } = workerData as Setup;
const { fields, input, output, errors } = areas(shared);
const tell = (news: WorkerMessage, transfer: ArrayBuffer[] = []) => port.postMessage(news, transfer);

/** Waits for a message of the server. */
function receive(): HostMessage {
  for (;;) {
    const seen = Atomics.load(fields, field.messages);
    const mail = receiveMessageOnPort(port);
    if (mail) return mail.message as HostMessage;
    Atomics.wait(fields, field.messages, seen);
  }
}

/** Standard input: what came with the run, then what is asked for. */
class Input implements Stream {
  readonly kind = 'stream';
  private rest: Uint8Array;
  private more: boolean;

  constructor(first: Uint8Array, more: boolean) {
    this.rest = first;
    this.more = more;
  }

  /** Fills it, or what is left goes in: WAGI has the whole body at hand. */
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

/** Standard output or error: gathered in the shared memory, and sent where that is full. */
class Output implements Stream {
  readonly kind = 'stream';
  private readonly area: Uint8Array;
  private readonly length: number;
  private readonly send: (part: Uint8Array<ArrayBuffer>) => void;
  private readonly most: number;
  private left = 0;

  /** `most`: bytes of a run after which the rest is left out. */
  constructor(
    area: Uint8Array,
    length: number,
    send: (part: Uint8Array<ArrayBuffer>) => void,
    most = Number.POSITIVE_INFINITY,
  ) {
    this.area = area;
    this.length = length;
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
    for (let at = 0; at < from.length; ) {
      const used = fields[this.length] ?? 0;
      const part = from.subarray(at, at + this.area.length - used);
      this.area.set(part, used);
      fields[this.length] = used + part.length;
      at += part.length;
      if (used + part.length === this.area.length) {
        const copy = new Uint8Array(this.area.length);
        copy.set(this.area);
        fields[this.length] = 0;
        this.send(copy);
      }
    }
  }

  close(): void {}
}

let sent = 0;
/** Sends a part, and waits where the server is too far behind. */
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
const standardOutput = new Output(output, field.output, (part) => send({ output: part }, part));
const standardError = new Output(errors, field.errors, (part) => send({ errors: part }, part), maxErrors);

const guest = new GuestMemory();
const wasi = new Wasi(guest);
const http = new OutboundCalls(guest, (outbound: Outbound): Inbound => {
  tell({ outbound });
  const mail = receive();
  return 'inbound' in mail ? mail.inbound : { error: 12 };
});

/** Memories that were cleaned, by program. */
const memories = new Map<Program, Reused>();
const imports = {
  wasi_snapshot_preview1: wasi.imports,
  [httpModule]: http.imports,
  [memoryImport.module]: {} as Record<string, WebAssembly.Memory>,
};

/** Gives the reason why the run came to no good end, or null. */
function run(program: Program, memory: WebAssembly.Memory): string | null {
  const strings = (count: number, from: number): Strings => {
    let end = from;
    for (let left = count; left > 0; left--) end = input.indexOf(0, end) + 1;
    return { count, bytes: input.subarray(from, end) };
  };
  const entry = strings(1, 0);
  const args = strings(fields[field.args] ?? 0, entry.bytes.length);
  const start = entry.bytes.length + args.bytes.length;
  const end = fields[field.strings] ?? 0;
  const env = { count: fields[field.env] ?? 0, bytes: input.subarray(start, end) };
  const body = input.subarray(end, end + (fields[field.body] ?? 0));
  const stdin = new Input(body, fields[field.more] === 1);
  try {
    guest.use(memory);
    standardOutput.begin();
    standardError.begin();
    wasi.begin({ args, env, streams: [stdin, standardOutput, standardError], volumes: program.volumes });
    http.begin(program.maxResponses);
    imports[memoryImport.module] = { [memoryImport.name]: memory };
    const { exports } = new WebAssembly.Instance(program.module, imports);
    const name = Buffer.from(entry.bytes.subarray(0, -1)).toString();
    (exports[name] as () => void)();
    return null;
  } catch (error) {
    if (!(error instanceof Exit)) return String((error as Error).message);
    return error.code === 0
      ? 'exited by itself, with 0, which WAGI takes for a failure: return from _start instead'
      : `exited with ${error.code}`;
  } finally {
    wasi.end();
    http.end();
  }
}

tell('ready');
for (let seen = 0; ; seen++) {
  while (Atomics.load(fields, field.job) === seen) Atomics.wait(fields, field.job, seen);
  const program = programs[fields[field.program] ?? 0];
  if (!program) throw new Error('asked for a program that is none');
  sent = 0;
  Atomics.store(fields, field.taken, 0);
  const reused = memories.get(program) ?? new Reused(program);
  memories.delete(program);
  const failure = run(program, reused.memory);
  tell(failure === null ? null : { failure });
  const tooLarge = reused.memory.buffer.byteLength > maxKept || (!program.hidesGrowth && reused.grown(program.initial));
  if (!tooLarge) {
    reused.clean();
    memories.set(program, reused);
  }
}
