/** The workers: each runs one module at a time, and is ended where that takes too long. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Body } from './body.ts';
import { keepHeapSmall } from './heap.ts';
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
  type Slot,
  signal,
  slotAt,
  slotField,
  state,
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

interface PoolWorker {
  worker: Worker;
  port: MessagePort;
  areas: Areas;
  /** What it was given and has not ended, the one that runs first. Undefined: taken back. */
  jobs: (Job | undefined)[];
  /** How many runs it was given, and how many of them have ended. */
  given: number;
  ended: number;
  /** When the run began that it runs. */
  since: number;
  timer: NodeJS.Timeout | undefined;
  abort: AbortController | undefined;
}

/** Little of what a worker makes outlives a run; a small nursery stays in the processor's cache. */
const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 128 };
/** A run of this many milliseconds is a long one, beside which another worker is opened. */
const long = 20;
/** How long such a worker stays without a run, in milliseconds. */
const spare = 10_000;
/** Since when a worker runs what it runs, before it can run anything. */
const starting = Number.POSITIVE_INFINITY;
/** The most workers beyond those that there are at least. */
const maxExtra = 14;
const nothing = Buffer.alloc(0);

export class Pool {
  private readonly all = new Set<PoolWorker>();
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
    return { all: this.all.size, busy: [...this.all].filter(({ jobs }) => jobs.length > 0).length };
  }

  /** Runs a module as soon as a worker is free. */
  run(job: Job): void {
    this.waiting.push(job);
    if (this.all.size === 0) this.open();
    this.dispatch();
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
      [...this.all].map(({ worker, timer }) => {
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
    const one: PoolWorker = {
      ...{ worker, port, areas: areas(shared), jobs: [], given: 0, ended: 0 },
      ...{ since: starting, timer: undefined, abort: undefined },
    };
    port.on('message', (message: WorkerMessage) => this.hear(one, message));
    worker.on('error', (error) => {
      if (one.since !== starting) this.replace(one, `ended its worker: ${error.message}`);
      else this.lose(one, error);
    });
    this.all.add(one);
  }

  /** A worker that could not start. If none ever could, nothing can be served. */
  private lose(one: PoolWorker, error: Error): void {
    if (!this.started) throw error;
    this.drop(one);
    if (this.all.size > 0) return;
    for (const job of this.waiting.splice(0)) job.end(nothing, `got no worker: ${error.message}`);
  }

  private retire(one: PoolWorker): void {
    if (one.jobs.length === 0 && this.all.size > this.options.size) this.drop(one);
  }

  private drop(one: PoolWorker): void {
    this.all.delete(one);
    clearTimeout(one.timer);
    one.abort?.abort();
    one.port.close();
    void one.worker.terminate();
  }

  /** Gives what waits to workers. */
  private dispatch(): void {
    while (this.waiting.length > 0) {
      const one = this.pick().free;
      if (!one) break;
      this.give(one, this.waiting.shift() as Job);
    }
    if (this.waiting.length > 0 || this.anyBehind) this.helper ??= setTimeout(() => this.help(), long);
  }

  private get anyBehind(): boolean {
    for (const { jobs } of this.all) if (jobs.length > 1) return true;
    return false;
  }

  /**
   * The worker for the next run, and how many run something since a short while or are about to; more than `size` of these would
   * only share the processors, so that a run goes behind another one then.
   */
  private pick(): { free: PoolWorker | undefined; quick: number } {
    const now = performance.now();
    let idle: PoolWorker | undefined;
    let behind: PoolWorker | undefined;
    let quick = 0;
    for (const one of this.all) {
      const { jobs, since, areas: parts } = one;
      if (since === starting) quick++;
      else if (jobs.length === 0) idle = one;
      else if (now - since < long) {
        quick++;
        if (jobs.length < parts.slots.length && (!behind || jobs.length < behind.jobs.length)) behind = one;
      }
    }
    return { free: quick < this.options.size && idle ? idle : behind, quick };
  }

  /** Keeps long runs from keeping others waiting: what is behind them is taken back, and another worker is opened. */
  private help(): void {
    this.helper = undefined;
    if (this.closing) return;
    for (const one of this.all) {
      // On a busy machine messages come late.
      this.finishEnded(one);
      if (performance.now() - one.since >= long) this.waiting.unshift(...this.takeBack(one));
    }
    this.dispatch();
    const most = this.options.size + maxExtra;
    if (this.waiting.length > 0 && this.pick().quick < this.options.size && this.all.size < most) this.open();
  }

  /** What the worker has not begun. */
  private takeBack({ jobs, ended, areas: parts }: PoolWorker): Job[] {
    return jobs.flatMap((job, index) => {
      const { fields } = slotAt(parts.slots, ended + index);
      if (!job || Atomics.compareExchange(fields, slotField.state, state.given, state.empty) !== state.given) return [];
      jobs[index] = undefined;
      return [job];
    });
  }

  private give(one: PoolWorker, job: Job): void {
    const { fields, input } = slotAt(one.areas.slots, one.given);
    // Three bytes at most for what JavaScript counts as one letter.
    const fits = job.strings.length * 3 <= input.length || Buffer.byteLength(job.strings) <= input.length;
    if (!fits) {
      job.end(nothing, 'was asked for more than fits into a request');
      return;
    }
    const strings = input.write(job.strings);
    const rest = job.body.first;
    const inline = rest.length <= input.length - strings;
    if (inline) rest.copy(input, strings);
    if (!inline) job.body = behind(rest, job.body);
    fields[slotField.program] = job.program;
    fields[slotField.args] = job.args;
    fields[slotField.env] = job.env;
    fields[slotField.strings] = strings;
    fields[slotField.body] = inline ? rest.length : 0;
    fields[slotField.more] = job.body.next ? 1 : 0;
    fields[slotField.output] = 0;
    fields[slotField.errors] = 0;
    fields[slotField.failure] = 0;
    fields[slotField.sent] = 0;
    Atomics.store(fields, slotField.state, state.given);
    one.given++;
    one.jobs.push(job);
    if (one.jobs.length === 1) this.begin(one);
    signal(one.areas.fields, field.given);
  }

  /** The first of its jobs begins, if there is one. */
  private begin(one: PoolWorker): void {
    clearTimeout(one.timer);
    const [job] = one.jobs;
    one.since = performance.now();
    if (job) one.timer = setTimeout(() => this.stop(one, job), this.options.limit);
    else if (this.all.size > this.options.size) one.timer = setTimeout(() => this.retire(one), spare).unref();
  }

  private stop(one: PoolWorker, job: Job): void {
    this.finishEnded(one);
    if (one.jobs[0] !== job) return;
    this.ended++;
    this.replace(one, `did not end within ${this.options.limit / 1000} seconds`);
  }

  private hear(one: PoolWorker, message: WorkerMessage): void {
    if (message === 'ready') {
      keepHeapSmall();
      this.started = true;
      this.begin(one);
      this.dispatch();
      return;
    }
    if (message === 'ended') Atomics.store(one.areas.fields, field.told, 0);
    this.finishEnded(one);
    const [job] = one.jobs;
    if (!job || message === 'ended') return;
    const { fields } = one.areas;
    const taken = () => {
      if (one.jobs[0] === job) signal(fields, field.taken);
    };
    if (message === 'ended alone') {
      this.finish(one);
      this.finishEnded(one);
    } else if (message === 'more')
      this.post(
        one,
        job,
        // A copy: a message takes all the memory that a part of a body lies in.
        job.body.next?.().then((chunk) => ({ chunk: chunk && new Uint8Array(chunk) })),
      );
    else if ('output' in message) job.output(Buffer.from(message.output.buffer), taken);
    else if ('errors' in message) {
      job.errors(Buffer.from(message.errors.buffer));
      taken();
    } else {
      one.abort ??= new AbortController();
      this.post(
        one,
        job,
        job.send(message.outbound, one.abort.signal).then((inbound) => ({ inbound })),
      );
    }
  }

  private post(one: PoolWorker, job: Job, mail: Promise<HostMessage> | undefined): void {
    const send = (message: HostMessage) => {
      if (one.jobs[0] !== job) return;
      one.port.postMessage(message);
      signal(one.areas.fields, field.messages);
    };
    (mail ?? Promise.resolve({ chunk: undefined })).then(send).catch((error: Error) => {
      // The worker waits for a message that will not come.
      if (one.jobs[0] === job) this.replace(one, `could not be served: ${error.message}`);
    });
  }

  private replace(one: PoolWorker, failure: string): void {
    this.drop(one);
    if (!this.closing && this.all.size < this.options.size) this.open();
    this.finishEnded(one);
    this.waiting.unshift(...this.takeBack(one));
    // Another one is left only where it began after the first had ended.
    while (one.jobs.length > 0) this.finish(one, failure);
    this.dispatch();
  }

  /** Finishes the runs whose end is told by the count. */
  private finishEnded(one: PoolWorker): void {
    const { fields, slots } = one.areas;
    while (one.jobs.length > 0 && (one.ended | 0) !== Atomics.load(fields, field.ended)) {
      if (slotAt(slots, one.ended).fields[slotField.sent] === 1) return;
      this.finish(one);
    }
  }

  private finish(one: PoolWorker, ended?: string): void {
    const slot = slotAt(one.areas.slots, one.ended);
    const errors = written(slot, 'errors');
    const output = written(slot, 'output');
    const failure = ended ?? written(slot, 'failure').toString();
    const job = one.jobs.shift();
    one.ended++;
    one.abort?.abort();
    one.abort = undefined;
    if (this.all.has(one)) {
      this.begin(one);
      // The next run begins before this one's answer is sent.
      this.dispatch();
    }
    if (job && errors.length > 0) job.errors(errors);
    job?.end(output, failure || undefined);
    if (this.emptied && this.waiting.length === 0 && this.workers.busy === 0) this.emptied();
  }
}

/** A copy of what a run left in its slot, which serves another run next. */
function written(slot: Slot, name: 'output' | 'errors' | 'failure'): Buffer {
  const length = slot.fields[slotField[name]] ?? 0;
  return length === 0 ? nothing : Buffer.from(slot[name].subarray(0, length));
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
