/**
 * Keeps the heaps of all threads small, with flags of V8: https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 *
 * `semi-space-growth-factor`: V8 doubles the space for new objects under load, up to 32 MiB, and does not give it back soon. What a
 * request makes is garbage a moment later, so 2 MiB serve as many requests. V8 sets the factor to 2 again whenever a thread gets
 * a heap of its own (Heap::ConfigureHeap), so this is called after each.
 * `parallel-scavenge`: a thread collects so small a space in 0.1 ms by itself. With the help of other threads it takes 0.7 ms,
 * because the thread waits until they run, and each of them takes memory of its own.
 * `optimize-for-size`: the space for old objects may grow by 2 MB from one collection to the next, not to the fourfold. That takes
 * 4 % more processor time, and 12 MB less with many new connections.
 */
import { setFlagsFromString } from 'node:v8';

export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--optimize-for-size');
}
