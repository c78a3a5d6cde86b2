/** The workers: each runs one module at a time, and is ended where that takes too long. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Body } from './body.ts';
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
} from './lane.ts';
import type { Setup } from './worker.ts';

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
  private readonly lanes = new Set<WorkerSlot>();
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
    return { all: this.lanes.size, busy: [...this.lanes].filter(({ job }) => job).length };
  }

  /** Runs a module as soon as a worker is free. */
  run(job: Job): void {
    const lane = this.quick < this.options.size ? this.idle.pop() : undefined;
    if (lane) this.start(lane, job);
    else {
      this.waiting.push(job);
      if (this.lanes.size === 0) this.open();
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
      [...this.lanes].map(({ worker, timer }) => {
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
    const lane: WorkerSlot = {
      ...{ worker, port, areas: parts, input },
      ...{ job: undefined, since: starting, timer: undefined, abort: undefined },
    };
    port.on('message', (news: WorkerMessage) => this.hear(lane, news));
    worker.on('error', (error) => {
      if (lane.since !== starting) this.replace(lane, `ended its worker: ${error.message}`);
      else this.lose(lane, error);
    });
    this.lanes.add(lane);
  }

  /** A worker that could not start. If none ever could, nothing can be served. */
  private lose(lane: WorkerSlot, error: Error): void {
    if (!this.started) throw error;
    this.drop(lane);
    if (this.lanes.size > 0) return;
    for (const job of this.waiting.splice(0)) job.end(Buffer.alloc(0), `got no worker: ${error.message}`);
  }

  private free(lane: WorkerSlot): void {
    const job = this.waiting.shift();
    if (job) {
      this.start(lane, job);
      return;
    }
    this.idle.push(lane);
    if (this.lanes.size > this.options.size) lane.timer = setTimeout(() => this.retire(lane), spare).unref();
  }

  private retire(lane: WorkerSlot): void {
    if (!lane.job && this.lanes.size > this.options.size) this.drop(lane);
  }

  private drop(lane: WorkerSlot): void {
    this.lanes.delete(lane);
    if (this.idle.includes(lane)) this.idle.splice(this.idle.indexOf(lane), 1);
    lane.port.close();
    void lane.worker.terminate();
  }

  /** How many run something since a short while or are about to; more than these would only share the processors. */
  private get quick(): number {
    const now = performance.now();
    let count = 0;
    for (const { job, since } of this.lanes) if (since === starting || (job && now - since < long)) count++;
    return count;
  }

  /** Takes another worker where those that there are at least are kept by long runs. */
  private help(): void {
    this.helper = undefined;
    if (this.waiting.length === 0 || this.closing) return;
    const spare = this.quick < this.options.size;
    const lane = spare ? this.idle.pop() : undefined;
    if (lane) this.free(lane);
    else if (spare && this.lanes.size < this.options.size + maxExtra) this.open();
    if (this.waiting.length > 0) this.helper = setTimeout(() => this.help(), long);
  }

  private start(lane: WorkerSlot, job: Job): void {
    const { fields } = lane.areas;
    const { input } = lane;
    // Three bytes at most for what JavaScript counts as one letter.
    const fits = job.strings.length * 3 <= input.length || Buffer.byteLength(job.strings) <= input.length;
    if (!fits) {
      this.free(lane);
      job.end(Buffer.alloc(0), 'was asked for more than fits into a request');
      return;
    }
    const strings = input.write(job.strings);
    const rest = job.body.first;
    const inline = rest.length <= input.length - strings;
    if (inline) rest.copy(input, strings);
    if (!inline) job.body = behind(rest, job.body);
    lane.job = job;
    fields[field.program] = job.program;
    fields[field.args] = job.args;
    fields[field.env] = job.env;
    fields[field.strings] = strings;
    fields[field.body] = inline ? rest.length : 0;
    fields[field.more] = job.body.next ? 1 : 0;
    fields[field.output] = 0;
    fields[field.errors] = 0;
    lane.since = performance.now();
    clearTimeout(lane.timer);
    lane.timer = setTimeout(() => this.replace(lane, this.tooLong()), this.options.limit);
    signal(fields, field.job);
  }

  private tooLong(): string {
    this.ended++;
    return `did not end within ${this.options.limit / 1000} seconds`;
  }

  private hear(lane: WorkerSlot, news: WorkerMessage): void {
    const { job, areas: parts } = lane;
    if (news === 'ready') {
      this.started = true;
      lane.since = 0;
      this.free(lane);
    }
    if (!job || news === 'ready') return;
    if (news === 'more')
      this.post(
        lane,
        job,
        // A copy: a message takes all the memory that a part of a body lies in.
        job.body.next?.().then((chunk) => ({ chunk: chunk && new Uint8Array(chunk) })),
      );
    else if (news === null || 'failure' in news) this.finish(lane, news?.failure);
    else if ('output' in news) job.output(Buffer.from(news.output.buffer), () => signal(parts.fields, field.taken));
    else if ('errors' in news) {
      job.errors(Buffer.from(news.errors.buffer));
      signal(parts.fields, field.taken);
    } else {
      lane.abort ??= new AbortController();
      this.post(
        lane,
        job,
        job.send(news.outbound, lane.abort.signal).then((inbound) => ({ inbound })),
      );
    }
  }

  private post(lane: WorkerSlot, job: Job, mail: Promise<HostMessage> | undefined): void {
    const send = (message: HostMessage) => {
      if (lane.job !== job) return;
      lane.port.postMessage(message);
      signal(lane.areas.fields, field.mail);
    };
    (mail ?? Promise.resolve({ chunk: undefined })).then(send).catch((error: Error) => {
      // The worker waits for a message that will not come.
      if (lane.job === job) this.replace(lane, `could not be served: ${error.message}`);
    });
  }

  private replace(lane: WorkerSlot, failure: string): void {
    this.drop(lane);
    if (!this.closing && this.lanes.size < this.options.size) this.open();
    this.finish(lane, failure);
  }

  private finish(lane: WorkerSlot, failure?: string): void {
    const { job, timer, abort, areas: parts } = lane;
    clearTimeout(timer);
    abort?.abort();
    lane.job = undefined;
    lane.abort = undefined;
    const errors = parts.fields[field.errors] ?? 0;
    if (errors > 0) job?.errors(Buffer.from(parts.errors.slice(0, errors)));
    const rest = Buffer.from(parts.output.slice(0, parts.fields[field.output] ?? 0));
    // The next run begins before this one's answer is sent.
    if (this.lanes.has(lane)) this.free(lane);
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
