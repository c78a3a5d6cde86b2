/** A workshop without a network, for the languages that take longer. */
import { offline } from '../e2e/offline.ts';

offline('c');
offline('rust');
