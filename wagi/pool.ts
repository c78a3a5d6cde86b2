/** The workers: each runs one module at a time, and is ended where that takes too long. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Body } from './body.ts';
import type { Setup } from './worker.ts';
import {
  type Areas,
  areas,
  field,
  type HostMessage,
  type Inbound,
  newShared,
  type Outbound,
  type Program,
  signal,
  type WorkerMessage,
} from './worker-protocol.ts';

/** Always the built one: Node starts no worker from TypeScript. */
const script = new URL(`../${import.meta.url.endsWith('.ts') ? 'dist/' : ''}wagi/worker.js`, import.meta.url);

/** What a run gets and where its output goes. */
export interface Job {
  /** Its place in the list of programs. */
  program: number;
  /** With a NUL after each: the function that is called, the arguments, the variables. */
  strings: string;
  args: number;
  env: number;
  body: Body;
  /** Takes a part of the standard output, and calls `next` when it can take another. */
  output(part: Buffer, next: () => void): void;
  /** Takes what was written to standard error. */
  errors(part: Buffer): void;
  /** Sends a request of the module. */
  send(request: Outbound, signal: AbortSignal): Promise<Inbound>;
  /** Takes the last part of the standard output, and the reason where the module came to no good end. */
  end(rest: Buffer, failure?: string): void;
}

export interface PoolOptions {
  programs: readonly Program[];
  /** How many workers there are at least. */
  size: number;
  /** How long a run may take, in milliseconds. */
  limit: number;
  /** The most bytes of variables that a run gets besides those of its request. */
  variables: number;
}

interface WorkerSlot {
  worker: Worker;
  port: MessagePort;
  areas: Areas;
  input: Buffer;
  job: Job | undefined;
  /** When its run began. */
  since: number;
  timer: NodeJS.Timeout | undefined;
  abort: AbortController | undefined;
}

/** Little of what a worker makes outlives a run; a small nursery stays in the processor's cache. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };
/** A run of this many milliseconds is a long one, beside which another worker is opened. */
const long = 20;
/** How long such a worker stays without a run, in milliseconds. */
const spare = 10_000;
/** Since when a worker runs what it runs, before it can run anything. */
const starting = Number.POSITIVE_INFINITY;
/** The most workers beyond those that there are at least. */
const maxExtra = 14;

export class Pool {
  private readonly slots = new Set<WorkerSlot>();
  private readonly idle: WorkerSlot[] = [];
  private readonly waiting: Job[] = [];
  private readonly options: PoolOptions;
  private helper: NodeJS.Timeout | undefined;
  private closing = false;
  private started = false;
  private emptied: (() => void) | undefined;
  /** Runs that were ended because they took too long. */
  ended = 0;

  constructor(options: PoolOptions) {
    this.options = options;
    for (let left = options.size; left > 0; left--) this.open();
  }

  /** How many there are, and how many of them are at work. */
  get workers(): { all: number; busy: number } {
    return { all: this.slots.size, busy: [...this.slots].filter(({ job }) => job).length };
  }

  /** Runs a module as soon as a worker is free. */
  run(job: Job): void {
    const slot = this.quick < this.options.size ? this.idle.pop() : undefined;
    if (slot) this.start(slot, job);
    else {
      this.waiting.push(job);
      if (this.slots.size === 0) this.open();
      this.helper ??= setTimeout(() => this.help(), long);
    }
  }

  /** Closes it once all that was given is done. */
  async drain(): Promise<void> {
    if (this.waiting.length > 0 || this.workers.busy > 0)
      await new Promise<void>((done) => {
        this.emptied = done;
      });
    await this.close();
  }

  /** Ends the workers, and what they run with them. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.helper);
    await Promise.all(
      [...this.slots].map(({ worker, timer }) => {
        clearTimeout(timer);
        return worker.terminate();
      }),
    );
  }

  private open(): void {
    const shared = newShared(this.options.variables);
    const { port1: port, port2 } = new MessageChannel();
    const workerData: Setup = { shared, port: port2, programs: this.options.programs };
    const worker = new Worker(script, { workerData, transferList: [port2], resourceLimits });
    const parts = areas(shared);
    const input = Buffer.from(shared, parts.input.byteOffset, parts.input.length);
    const slot: WorkerSlot = {
      ...{ worker, port, areas: parts, input },
      ...{ job: undefined, since: starting, timer: undefined, abort: undefined },
    };
    port.on('message', (message: WorkerMessage) => this.hear(slot, message));
    worker.on('error', (error) => {
      if (slot.since !== starting) this.replace(slot, `ended its worker: ${error.message}`);
      else this.lose(slot, error);
    });
    this.slots.add(slot);
  }

  /** A worker that could not start. If none ever could, nothing can be served. */
  private lose(slot: WorkerSlot, error: Error): void {
    if (!this.started) throw error;
    this.drop(slot);
    if (this.slots.size > 0) return;
    for (const job of this.waiting.splice(0)) job.end(Buffer.alloc(0), `got no worker: ${error.message}`);
  }

  private free(slot: WorkerSlot): void {
    const job = this.waiting.shift();
    if (job) {
      this.start(slot, job);
      return;
    }
    this.idle.push(slot);
    if (this.slots.size > this.options.size) slot.timer = setTimeout(() => this.retire(slot), spare).unref();
  }

  private retire(slot: WorkerSlot): void {
    if (!slot.job && this.slots.size > this.options.size) this.drop(slot);
  }

  private drop(slot: WorkerSlot): void {
    this.slots.delete(slot);
    if (this.idle.includes(slot)) this.idle.splice(this.idle.indexOf(slot), 1);
    slot.port.close();
    void slot.worker.terminate();
  }

  /** How many run something since a short while or are about to; more than these would only share the processors. */
  private get quick(): number {
    const now = performance.now();
    let count = 0;
    for (const { job, since } of this.slots) if (since === starting || (job && now - since < long)) count++;
    return count;
  }

  /** Takes another worker where those that there are at least are kept by long runs. */
  private help(): void {
    this.helper = undefined;
    if (this.waiting.length === 0 || this.closing) return;
    const spare = this.quick < this.options.size;
    const slot = spare ? this.idle.pop() : undefined;
    if (slot) this.free(slot);
    else if (spare && this.slots.size < this.options.size + maxExtra) this.open();
    if (this.waiting.length > 0) this.helper = setTimeout(() => this.help(), long);
  }

  private start(slot: WorkerSlot, job: Job): void {
    const { fields } = slot.areas;
    const { input } = slot;
    // Three bytes at most for what JavaScript counts as one letter.
    const fits = job.strings.length * 3 <= input.length || Buffer.byteLength(job.strings) <= input.length;
    if (!fits) {
      this.free(slot);
      job.end(Buffer.alloc(0), 'was asked for more than fits into a request');
      return;
    }
    const strings = input.write(job.strings);
    const rest = job.body.first;
    const inline = rest.length <= input.length - strings;
    if (inline) rest.copy(input, strings);
    if (!inline) job.body = behind(rest, job.body);
    slot.job = job;
    fields[field.program] = job.program;
    fields[field.args] = job.args;
    fields[field.env] = job.env;
    fields[field.strings] = strings;
    fields[field.body] = inline ? rest.length : 0;
    fields[field.more] = job.body.next ? 1 : 0;
    fields[field.output] = 0;
    fields[field.errors] = 0;
    slot.since = performance.now();
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => this.replace(slot, this.tooLong()), this.options.limit);
    signal(fields, field.job);
  }

  private tooLong(): string {
    this.ended++;
    return `did not end within ${this.options.limit / 1000} seconds`;
  }

  private hear(slot: WorkerSlot, message: WorkerMessage): void {
    const { job, areas: parts } = slot;
    if (message === 'ready') {
      this.started = true;
      slot.since = 0;
      this.free(slot);
    }
    if (!job || message === 'ready') return;
    if (message === 'more')
      this.post(
        slot,
        job,
        // A copy: a message takes all the memory that a part of a body lies in.
        job.body.next?.().then((chunk) => ({ chunk: chunk && new Uint8Array(chunk) })),
      );
    else if (message === null || 'failure' in message) this.finish(slot, message?.failure);
    else if ('output' in message)
      job.output(Buffer.from(message.output.buffer), () => signal(parts.fields, field.taken));
    else if ('errors' in message) {
      job.errors(Buffer.from(message.errors.buffer));
      signal(parts.fields, field.taken);
    } else {
      slot.abort ??= new AbortController();
      this.post(
        slot,
        job,
        job.send(message.outbound, slot.abort.signal).then((inbound) => ({ inbound })),
      );
    }
  }

  private post(slot: WorkerSlot, job: Job, reply: Promise<HostMessage> | undefined): void {
    const send = (message: HostMessage) => {
      if (slot.job !== job) return;
      slot.port.postMessage(message);
      signal(slot.areas.fields, field.messages);
    };
    (reply ?? Promise.resolve({ chunk: undefined })).then(send).catch((error: Error) => {
      // The worker waits for a message that will not come.
      if (slot.job === job) this.replace(slot, `could not be served: ${error.message}`);
    });
  }

  private replace(slot: WorkerSlot, failure: string): void {
    this.drop(slot);
    if (!this.closing && this.slots.size < this.options.size) this.open();
    this.finish(slot, failure);
  }

  private finish(slot: WorkerSlot, failure?: string): void {
    const { job, timer, abort, areas: parts } = slot;
    clearTimeout(timer);
    abort?.abort();
    slot.job = undefined;
    slot.abort = undefined;
    const errors = parts.fields[field.errors] ?? 0;
    if (errors > 0) job?.errors(Buffer.from(parts.errors.slice(0, errors)));
    const rest = Buffer.from(parts.output.slice(0, parts.fields[field.output] ?? 0));
    // The next run begins before this one's answer is sent.
    if (this.slots.has(slot)) this.free(slot);
    job?.end(rest, failure);
    if (this.emptied && this.waiting.length === 0 && this.workers.busy === 0) this.emptied();
  }
}

/** A body whose first part goes by message, too. */
function behind(first: Buffer, body: Body): Body {
  let sent = false;
  return {
    ...body,
    first: Buffer.alloc(0),
    next: async () => {
      if (sent) return body.next?.();
      sent = true;
      return first;
    },
  };
}
