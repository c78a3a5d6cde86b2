/**
 * The memory that the server shares with one worker. A run's strings and a small body go in through it and its output
 * comes back the same way, because a message with a copy of them costs more than many a run.
 */

/** Numbers at the start, 32 bits each. */
export const field = {
  /** Counts the runs that were given; the worker waits for the next one. */
  job: 0,
  /** Counts the messages that lie in the worker's port. */
  messages: 1,
  /** Counts the parts of the output that were taken. */
  taken: 2,
  /** Of the run: which program, how many arguments and variables, and how many bytes. */
  program: 3,
  args: 4,
  env: 5,
  strings: 6,
  body: 7,
  /** Whether more of the body is asked for by message. */
  more: 8,
  /** Bytes that were written and not yet sent. */
  output: 9,
  errors: 10,
} as const;

const start = 64;
const outputSize = 64 << 10;
const errorsSize = 16 << 10;
/**
 * For the strings of a request, however they are encoded, and a body that needs no message. A head has at most 64 KiB; the
 * path is in six strings, and what is not ASCII takes up to three bytes. Pages that are not used take no memory.
 */
const inputSize = 1280 << 10;

export interface Areas {
  shared: SharedArrayBuffer;
  fields: Int32Array;
  /** The strings, each with a NUL after it, and then the body. */
  input: Uint8Array;
  output: Uint8Array;
  errors: Uint8Array;
}

/** `extra`: bytes that strings may take beyond those of a request. */
export const newShared = (extra: number): SharedArrayBuffer =>
  new SharedArrayBuffer(start + outputSize + errorsSize + inputSize + extra);

export function areas(shared: SharedArrayBuffer): Areas {
  return {
    shared,
    fields: new Int32Array(shared, 0, start / 4),
    output: new Uint8Array(shared, start, outputSize),
    errors: new Uint8Array(shared, start + outputSize, errorsSize),
    input: new Uint8Array(shared, start + outputSize + errorsSize),
  };
}

/** Adds one to a field and wakes who waits for it. */
export function signal(fields: Int32Array, at: number): void {
  Atomics.add(fields, at, 1);
  Atomics.notify(fields, at);
}

/** What a module may be run with, as every worker gets it. */
export interface Program {
  module: WebAssembly.Module;
  /** The memory that a run begins with. */
  initial: number;
  maximum: number;
  data: readonly { at: number; bytes: Uint8Array }[];
  /** A memory that has grown can serve another run. */
  hidesGrowth: boolean;
  /** Folders: as the module sees them, and where they are. */
  volumes: readonly (readonly [guest: string, host: string])[];
  /** The most responses that a run may have open at once. */
  maxResponses: number;
}

/** A request that a module sends out. */
export interface Outbound {
  url: string;
  method: string;
  headers: [string, string][];
  body: Uint8Array;
}

/** What came of it: a response, or a number of `wasi-experimental-http`. */
export type Inbound = { status: number; headers: [string, string][]; body: Uint8Array } | { error: number };

/** To the worker, while it runs a module. */
export type HostMessage = { chunk: Uint8Array | undefined } | { inbound: Inbound };

/** From the worker. The end of a run is the reason why it was no good end, or null. */
export type WorkerMessage =
  | 'ready'
  | null
  | { failure: string }
  | { output: Uint8Array }
  | { errors: Uint8Array }
  | { outbound: Outbound }
  | 'more';
