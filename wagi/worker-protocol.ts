/**
 * The memory that the server shares with one worker. A run's strings and a small body go in through it and its output
 * comes back the same way, because a message with a copy of them costs more than many a run.
 */
import type { Prepared } from './prepare.ts';

/**
 * How many runs a worker may have been given, a power of two. So it begins the next one at once, and under load one message tells the end of
 * several: on a busy server, to wake a thread costs as much as a short run.
 */
const slots = 16;

/** Numbers at the start, 32 bits each. */
export const field = {
  /** Counts the runs that were given; the worker waits for the next one. */
  given: 0,
  /** Counts the runs that have ended. */
  ended: 1,
  /** 1 where a message about ended runs is on its way. */
  told: 2,
  /** Counts the messages that lie in the worker's port. */
  messages: 3,
  /** Counts the parts of a run's output that were taken. */
  taken: 4,
} as const;

/** Numbers of a run. */
export const slotField = {
  /** One of `state`. */
  state: 0,
  /** Which program, how many arguments and variables, and how many bytes. */
  program: 1,
  args: 2,
  env: 3,
  strings: 4,
  body: 5,
  /** 1 where more of the body is asked for by message. */
  more: 6,
  /** Bytes that were written and not yet sent. */
  output: 7,
  errors: 8,
  /** Bytes of the reason why the run came to no good end. */
  failure: 9,
  /** 1 where the run has sent messages: then a message tells its end too, since those come before it. */
  sent: 10,
} as const;

/** Of a slot: nothing to run, a run that can be taken back, and one that the worker has begun. */
export const state = { empty: 0, given: 1, begun: 2 } as const;

const numbers = 64;
const outputSize = 64 << 10;
const errorsSize = 16 << 10;
const failureSize = 1 << 10;
/**
 * For the strings of a request, however they are encoded, and a body that needs no message. A head has at most 64 KiB; the
 * path is in six strings, and what is not ASCII takes up to three bytes. Pages that are not used take no memory.
 */
const inputSize = 1280 << 10;

/** The memory of one run. */
export interface Slot {
  fields: Int32Array;
  /** The strings, each with a NUL after it, and then the body. */
  input: Buffer;
  output: Buffer;
  errors: Buffer;
  failure: Buffer;
}

export interface Areas {
  fields: Int32Array;
  slots: readonly Slot[];
}

/** Of a slot, in bytes. */
const sizeOf = (extra: number): number =>
  Math.ceil((numbers + outputSize + errorsSize + failureSize + inputSize + extra) / numbers) * numbers;

/** `extra`: bytes that strings may take beyond those of a request. */
export const newShared = (extra: number): SharedArrayBuffer => new SharedArrayBuffer(numbers + slots * sizeOf(extra));

export function areas(shared: SharedArrayBuffer): Areas {
  const size = (shared.byteLength - numbers) / slots;
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

/** The slot of the run of this number, counted from the first one that the worker was given. */
export const slotAt = (all: readonly Slot[], run: number): Slot => all[run & (slots - 1)] as Slot;

/** Adds one to a field and wakes who waits for it. */
export function signal(fields: Int32Array, at: number): void {
  Atomics.add(fields, at, 1);
  Atomics.notify(fields, at);
}

/** What a module may be run with, as every worker gets it. */
export interface Program extends Prepared {
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

/** From the worker. `ended`: look at the count of ended runs; `ended alone`: a run that has sent messages has ended. */
export type WorkerMessage =
  | 'ready'
  | 'ended'
  | 'ended alone'
  | { output: Uint8Array }
  | { errors: Uint8Array }
  | { outbound: Outbound }
  | 'more';
