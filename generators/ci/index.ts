/** `yo wasm:ci`. */
import { changer } from '../changing.ts';

export default changer('ci');
