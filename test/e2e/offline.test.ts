/** A workshop without a network, for the language that is built soonest; the others are in test/extended. */
import { offline } from './offline.ts';

offline('assemblyscript');
