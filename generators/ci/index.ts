/** `yo wasm:ci`. */
import { door } from '../door.ts';

export default await door('ci');
