/**
 * The memory that the server shares with one worker, and the messages between them. A run's strings, a small body and its output
 * travel through the memory, because a message with a copy of them costs more than many runs.
 */
import { type Prepared, page } from './prepare.ts';

/**
 * The number of slots of a worker, a power of two. With several, a worker starts the next run at once, and under load one message
 * reports several ended runs: waking a thread costs as much as a short run.
 */
const slots = 16;

/** 32-bit fields at the start of the shared memory. */
export const field = {
  /** Number of runs given to the worker, which waits on this field. */
  given: 0,
  /** Number of ended runs. */
  ended: 1,
  /** 1 while a message about ended runs is on its way. */
  told: 2,
  /** Number of messages in the worker's port. */
  messages: 3,
  /** Number of output parts that the server has taken. */
  taken: 4,
} as const;

/** 32-bit fields of a run. */
export const slotField = {
  /** One of `state`. */
  state: 0,
  /** The program, the numbers of arguments and variables, and the number of bytes. */
  program: 1,
  args: 2,
  env: 3,
  strings: 4,
  body: 5,
  /** 1 if the worker must ask for more of the body by message. */
  more: 6,
  /** Bytes written but not yet sent. */
  output: 7,
  errors: 8,
  /** Bytes of the error message of a failed run. */
  failure: 9,
  /** 1 if the run has sent messages: its end is then sent as a message too, after them. */
  sent: 10,
} as const;

/** States of a slot: empty, a run that can be withdrawn, and a run that the worker has started. */
export const state = { empty: 0, given: 1, begun: 2 } as const;

const numbers = 64;
const outputSize = 64 << 10;
const errorsSize = 16 << 10;
const failureSize = 1 << 10;
/**
 * Room for the strings of a request in any encoding, and for a body that needs no message. A head has at most 64 KiB, the path is in
 * six strings, and a non-ASCII character takes up to three bytes. Unused pages take no memory.
 */
const inputSize = 1280 << 10;

/** The memory of one run. */
export interface Slot {
  fields: Int32Array;
  /** The NUL-terminated strings, then the body. */
  input: Buffer;
  output: Buffer;
  errors: Buffer;
  failure: Buffer;
}

export interface Areas {
  fields: Int32Array;
  slots: readonly Slot[];
}

/**
 * `extra`: bytes for strings beyond those of a request. WebAssembly allocates pages when they are first used. An array buffer of
 * this size can be filled with zeros when it is made, which takes 27 MB for each worker.
 */
export function newShared(extra: number): SharedArrayBuffer {
  const slot = 2 * numbers + outputSize + errorsSize + failureSize + inputSize + extra;
  const pages = Math.ceil((numbers + slots * slot) / page);
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return buffer as unknown as SharedArrayBuffer;
}

export function areas(shared: SharedArrayBuffer): Areas {
  const size = Math.floor((shared.byteLength - numbers) / slots / numbers) * numbers;
  return {
    fields: new Int32Array(shared, 0, numbers / 4),
    slots: Array.from({ length: slots }, (_, index) => {
      let at = numbers + index * size;
      const next = (length: number): Buffer => {
        at += length;
        return Buffer.from(shared, at - length, length);
      };
      const fields = new Int32Array(shared, at, numbers / 4);
      at += numbers;
      return {
        ...{ fields, output: next(outputSize), errors: next(errorsSize), failure: next(failureSize) },
        input: next(numbers + (index + 1) * size - at),
      };
    }),
  };
}

/** The slot of the nth run of a worker. */
export const slotAt = (all: readonly Slot[], run: number): Slot => all[run & (slots - 1)] as Slot;

/** Increments a field and wakes the thread that waits on it. */
export function signal(fields: Int32Array, at: number): void {
  Atomics.add(fields, at, 1);
  Atomics.notify(fields, at);
}

/** A program: what every worker needs to run a module. */
export interface Program extends Prepared {
  /** Volumes: guest path and host path. */
  volumes: readonly (readonly [guest: string, host: string])[];
  /** The most responses that a run may hold open. */
  maxResponses: number;
}

/** An outbound request of a module. */
export interface Outbound {
  url: string;
  method: string;
  headers: [string, string][];
  body: Uint8Array;
}

/** Its result: a response, or an error number of `wasi-experimental-http`. */
export type Inbound = { status: number; headers: [string, string][]; body: Uint8Array } | { error: number };

/** From the server to a worker during a run. */
export type HostMessage = { chunk: Uint8Array | undefined } | { inbound: Inbound };

/** From a worker. `ended`: read the count of ended runs; `ended alone`: a run that has sent messages ended. */
export type WorkerMessage =
  | 'ready'
  | 'ended'
  | 'ended alone'
  | { output: Uint8Array }
  | { errors: Uint8Array }
  | { outbound: Outbound }
  | 'more';
