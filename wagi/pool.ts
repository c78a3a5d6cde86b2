/** The pool of workers: each runs one module at a time and is terminated on a timeout. */
import { join } from 'node:path';
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

/** Always the built file: Node cannot start a worker from TypeScript. */
const script = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../dist/wagi' : '', 'worker.cjs');

/** The input of a run, and the callbacks for its output. */
export interface Job {
  /** The index in the list of programs. */
  program: number;
  /** NUL-terminated: the entry function, the arguments, the variables. */
  strings: string;
  args: number;
  env: number;
  body: Body;
  /** The client has left, so a run that has not begun is not needed. */
  isAbandoned?: boolean;
  /** Receives a part of standard output; calls `next` when it can take more. */
  output(part: Buffer, next: () => void): void;
  /** Receives a part of standard error. */
  errors(part: Buffer): void;
  /** Sends an outbound request of the module. */
  send(request: Outbound, signal: AbortSignal): Promise<Inbound>;
  /** Receives the last part of standard output, and why the run failed, if it did. */
  end(rest: Buffer, failure?: string): void;
}

export interface PoolOptions {
  programs: readonly Program[];
  /** The minimum number of workers. */
  size: number;
  /** The timeout of a run, in milliseconds. */
  limit: number;
  /** The most bytes of variables besides those of the request. */
  variables: number;
}

interface PoolWorker {
  worker: Worker;
  port: MessagePort;
  areas: Areas;
  /** Jobs that were given to the worker and have not ended, the running one first. Undefined: withdrawn. */
  jobs: (Job | undefined)[];
  /** Numbers of runs given to the worker, and ended. */
  given: number;
  ended: number;
  isReady: boolean;
  /** When the current run started, or the last one ended. */
  since: number;
  timer: NodeJS.Timeout | undefined;
  abort: AbortController | undefined;
  /** Since when the client of the running job has taken no output. */
  stalled: number | undefined;
}

/** Few objects of a worker outlive a run; a small young generation stays in the CPU cache. */
const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 128 };
/** After this many milliseconds a run counts as long, and another worker is started beside it. */
const long = 50;
/** How long such a worker may stay idle, in milliseconds. */
const spare = 10_000;
/** The most workers beyond the minimum. */
const maxExtra = 14;
/** If all workers are taken and others wait, a client that takes no output for this many milliseconds loses its run. */
const patience = 2_000;
const nothing = Buffer.alloc(0);

type WorkerState = 'starting' | 'idle' | 'in a short run' | 'in a long run';

function stateOf({ isReady, jobs, since }: PoolWorker): WorkerState {
  if (!isReady) return 'starting';
  if (jobs.length === 0) return 'idle';
  return performance.now() - since < long ? 'in a short run' : 'in a long run';
}

export class Pool {
  private readonly all = new Set<PoolWorker>();
  private readonly waiting: Job[] = [];
  private readonly options: PoolOptions;
  private helper: NodeJS.Timeout | undefined;
  private closing = false;
  private started = false;
  private emptied: (() => void) | undefined;
  /** Number of runs that timed out. */
  ended = 0;

  constructor(options: PoolOptions) {
    this.options = options;
    for (let left = options.size; left > 0; left--) this.open();
  }

  /** Numbers of all workers and of busy ones. */
  get workers(): { all: number; busy: number } {
    return { all: this.all.size, busy: [...this.all].filter(({ jobs }) => jobs.length > 0).length };
  }

  /** Runs a module as soon as a worker is free. */
  run(job: Job): void {
    this.waiting.push(job);
    if (this.all.size === 0) this.open();
    this.dispatch();
  }

  /** Waits for all runs, then closes the pool. */
  async drain(): Promise<void> {
    if (this.waiting.length > 0 || this.workers.busy > 0)
      await new Promise<void>((done) => {
        this.emptied = done;
      });
    await this.close();
  }

  /** Terminates the workers and their runs. */
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
      worker,
      port,
      areas: areas(shared),
      jobs: [],
      given: 0,
      ended: 0,
      isReady: false,
      since: 0,
      timer: undefined,
      abort: undefined,
      stalled: undefined,
    };
    port.on('message', (message: WorkerMessage) => this.hear(one, message));
    const failed = (error: Error) => {
      if (this.closing || !this.all.has(one)) return;
      if (one.isReady) this.replace(one, `ended its worker: ${error.message}`);
      else this.lose(one, error);
    };
    worker.on('error', failed).on('exit', (code) => failed(new Error(`it exited with ${code}`)));
    this.all.add(one);
  }

  /** A worker failed to start. If none has ever started, nothing can be served. */
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

  /** Assigns waiting jobs to workers. */
  private dispatch(): void {
    while (this.waiting.length > 0) {
      const one = this.pick().free;
      if (!one) break;
      const job = this.waiting.shift() as Job;
      if (job.isAbandoned) job.end(nothing, 'was not run: the client has left');
      else this.give(one, job);
    }
    if (!this.helper && (this.waiting.length > 0 || this.anyBehind)) this.helper = setTimeout(() => this.help(), long);
  }

  private get anyBehind(): boolean {
    for (const { jobs } of this.all) if (jobs.length > 1) return true;
    return false;
  }

  /**
   * The worker for the next run, and the number of workers that are starting or in a short run. Beyond `size` short runs would only
   * compete for CPUs, so the run then waits behind another one. A worker that starts keeps no idle one from working.
   */
  private pick(): { free: PoolWorker | undefined; quick: number } {
    let idle: PoolWorker | undefined;
    let behind: PoolWorker | undefined;
    let starting = 0;
    let short = 0;
    for (const one of this.all) {
      const workerState = stateOf(one);
      if (workerState === 'idle') idle = one;
      else if (workerState === 'starting') starting++;
      else if (workerState === 'in a short run') {
        short++;
        if (one.jobs.length < one.areas.slots.length && (!behind || one.jobs.length < behind.jobs.length)) behind = one;
      }
    }
    return { free: short < this.options.size && idle ? idle : behind, quick: starting + short };
  }

  /** Withdraws jobs that wait behind a long run, and starts another worker for them. */
  private help(): void {
    this.helper = undefined;
    if (this.closing) return;
    for (const one of this.all) {
      // Messages can be late on a busy machine.
      this.finishEnded(one);
      if (stateOf(one) === 'in a long run') this.waiting.unshift(...this.withdraw(one));
    }
    this.dispatch();
    const most = this.options.size + maxExtra;
    if (this.waiting.length === 0 || this.pick().quick >= this.options.size) return;
    if (this.all.size < most) this.open();
    else this.endStalled();
  }

  /** Ends the runs whose clients do not read, because they keep workers from clients that do. */
  private endStalled(): void {
    for (const one of [...this.all])
      if (one.stalled !== undefined && performance.now() - one.stalled > patience)
        this.replace(one, `was ended: its client read nothing for ${patience / 1000} seconds, and others waited`);
  }

  /** The jobs that the worker has not started. */
  private withdraw({ jobs, ended, areas: parts }: PoolWorker): Job[] {
    return jobs.flatMap((job, index) => {
      const { fields } = slotAt(parts.slots, ended + index);
      if (!job || Atomics.compareExchange(fields, slotField.state, state.given, state.empty) !== state.given) return [];
      jobs[index] = undefined;
      return [job];
    });
  }

  private give(one: PoolWorker, job: Job): void {
    if (!writeJob(job, slotAt(one.areas.slots, one.given))) {
      job.end(nothing, 'was asked for more than fits into a request');
      return;
    }
    one.given++;
    one.jobs.push(job);
    if (one.jobs.length === 1) this.begin(one);
    signal(one.areas.fields, field.given);
  }

  /** The next run starts now, or the worker is idle from now on. */
  private begin(one: PoolWorker): void {
    one.since = performance.now();
    this.watch(one);
  }

  /**
   * Ends a run that is too long, and an extra worker that was idle for long. One timer serves many runs, because setting one for
   * each takes longer than most other steps. It never waits longer than what may begin meanwhile is allowed to last.
   */
  private watch(one: PoolWorker): void {
    const { limit } = this.options;
    const left = () => one.since + (one.jobs.length > 0 ? limit : spare) - performance.now();
    one.timer ??= setTimeout(
      () => {
        one.timer = undefined;
        this.finishEnded(one);
        if (left() > 0) this.watch(one);
        else if (one.jobs.length === 0) this.retire(one);
        else this.stop(one);
      },
      Math.min(left(), limit, spare),
    );
  }

  private stop(one: PoolWorker): void {
    this.ended++;
    this.replace(one, `did not end within ${this.options.limit / 1000} seconds`);
  }

  private hear(one: PoolWorker, message: WorkerMessage): void {
    if (message === 'ready') {
      keepHeapSmall();
      this.started = true;
      one.isReady = true;
      this.begin(one);
      this.dispatch();
      return;
    }
    if (message === 'ended') Atomics.store(one.areas.fields, field.told, 0);
    this.finishEnded(one);
    const [job] = one.jobs;
    if (job && message !== 'ended') this.serve(one, job, message);
  }

  /** Does what a run asks for, or ends it. */
  private serve(one: PoolWorker, job: Job, message: Exclude<WorkerMessage, 'ready' | 'ended'>): void {
    const taken = () => {
      if (one.jobs[0] === job) signal(one.areas.fields, field.taken);
    };
    if (message === 'ended alone') {
      this.finish(one);
      this.finishEnded(one);
    } else if (message === 'more') this.post(one, job, nextPart(job.body));
    else if ('output' in message) {
      one.stalled = performance.now();
      job.output(Buffer.from(message.output.buffer), () => {
        one.stalled = undefined;
        taken();
      });
    } else if ('errors' in message) {
      job.errors(Buffer.from(message.errors.buffer));
      taken();
    } else {
      one.abort ??= new AbortController();
      const response = job.send(message.outbound, one.abort.signal);
      this.post(
        one,
        job,
        response.then((inbound) => ({ inbound })),
      );
    }
  }

  private post(one: PoolWorker, job: Job, answer: Promise<HostMessage>): void {
    const send = (message: HostMessage) => {
      if (one.jobs[0] !== job) return;
      one.port.postMessage(message);
      signal(one.areas.fields, field.messages);
    };
    answer.then(send).catch((error: Error) => {
      // The worker would wait forever for the message.
      if (one.jobs[0] === job) this.replace(one, `could not be served: ${error.message}`);
    });
  }

  private replace(one: PoolWorker, failure: string): void {
    this.drop(one);
    if (!this.closing && this.all.size < this.options.size) this.open();
    this.finishEnded(one);
    this.waiting.unshift(...this.withdraw(one));
    // Other jobs remain only if the worker started them after this one ended.
    while (one.jobs.length > 0) this.finish(one, failure);
    this.dispatch();
  }

  /** Finishes the runs that the counter reports as ended. */
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
    one.stalled = undefined;
    if (this.all.has(one)) {
      this.begin(one);
      // The next run starts before this response is sent.
      this.dispatch();
    }
    if (job && errors.length > 0) job.errors(errors);
    job?.end(output, failure || undefined);
    if (this.emptied && this.waiting.length === 0 && this.workers.busy === 0) this.emptied();
  }
}

/** Writes the input of a job into a slot; false if its strings do not fit. What does not fit of the body is sent by message. */
function writeJob(job: Job, { fields, input }: Slot): boolean {
  // A UTF-16 code unit takes at most three bytes.
  const fits = job.strings.length * 3 <= input.length || Buffer.byteLength(job.strings) <= input.length;
  if (!fits) return false;
  const strings = input.write(job.strings);
  const rest = job.body.first;
  const inline = rest.length <= input.length - strings;
  if (inline) rest.copy(input, strings);
  else job.body = inMessages(rest, job.body);
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
  return true;
}

/** The next part of a body. A copy, because a message transfers the whole buffer behind it. */
async function nextPart(body: Body): Promise<HostMessage> {
  const chunk = await body.next?.();
  return { chunk: chunk && new Uint8Array(chunk) };
}

/** A copy of the output in the slot, which the next run reuses. */
function written(slot: Slot, name: 'output' | 'errors' | 'failure'): Buffer {
  const length = slot.fields[slotField[name]] ?? 0;
  return length === 0 ? nothing : Buffer.from(slot[name].subarray(0, length));
}

/** A body whose first part is sent as a message too. */
function inMessages(first: Buffer, body: Body): Body {
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
