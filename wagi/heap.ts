/**
 * Keeps the heap of the server's thread small. V8 doubles the space for new objects under load, up to 32 MiB, and does not
 * give it back soon; what a request makes is garbage a moment later, so that 2 MiB serve as many requests.
 * V8 sets the factor to 2 again whenever a thread gets a heap of its own (Heap::ConfigureHeap), so this is called after each.
 */
import { setFlagsFromString } from 'node:v8';

export const keepHeapSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1');
