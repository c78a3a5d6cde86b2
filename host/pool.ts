/** The workers: each runs one module at a time, and is ended where that takes too long. */
import { Worker } from 'node:worker_threads';
import type { Program } from './wasi.ts';
import type { Job, Outcome } from './worker.ts';

/** Always the built one: Node starts no worker from TypeScript. */
const script = new URL(`../${import.meta.url.endsWith('.ts') ? 'dist/' : ''}host/worker.js`, import.meta.url);

interface Run {
  index: number;
  program: Program;
  done: (outcome: Outcome) => void;
}

interface Lane {
  worker: Worker;
  /** The modules that were sent to it. */
  has: Set<number>;
  run?: Run;
  timer?: NodeJS.Timeout;
}

export class Pool {
  private readonly lanes = new Set<Lane>();
  private readonly waiting: Run[] = [];
  private readonly modules: readonly WebAssembly.Module[];
  /** How long a run may take, in milliseconds. */
  private readonly limit: number;

  constructor(modules: readonly WebAssembly.Module[], size: number, limit: number) {
    this.modules = modules;
    this.limit = limit;
    for (let i = 0; i < size; i++) this.open();
  }

  /** Runs a module, as soon as a worker is free. */
  run(index: number, program: Program): Promise<Outcome> {
    return new Promise((done) => {
      this.waiting.push({ index, program, done });
      this.next();
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.lanes].map(({ worker }) => worker.terminate()));
  }

  private open(): void {
    const lane: Lane = { worker: new Worker(script), has: new Set() };
    lane.worker.on('message', (outcome: Outcome) => this.finish(lane, outcome));
    lane.worker.on('error', (error) => {
      if (!lane.run) throw error;
      this.replace(lane, `ended its worker: ${error.message}`);
    });
    this.lanes.add(lane);
  }

  private next(): void {
    const lane = [...this.lanes].find(({ run }) => !run);
    const run = lane && this.waiting.shift();
    if (!run) return;
    const { index, program } = run;
    const module = lane.has.has(index) ? undefined : this.modules[index];
    lane.has.add(index);
    lane.run = run;
    lane.timer = setTimeout(() => this.replace(lane, `did not end within ${this.limit / 1000} seconds`), this.limit);
    lane.worker.postMessage({ index, program, ...(module && { module }) } satisfies Job);
  }

  private replace(lane: Lane, failure: string): void {
    this.lanes.delete(lane);
    void lane.worker.terminate();
    this.open();
    this.finish(lane, { failure, stderr: new Uint8Array() });
  }

  private finish(lane: Lane, outcome: Outcome): void {
    const { run, timer } = lane;
    clearTimeout(timer);
    delete lane.run;
    run?.done(outcome);
    this.next();
  }
}
