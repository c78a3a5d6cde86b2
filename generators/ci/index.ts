/** `yo wasm:ci`. */
import { door } from '../door.ts';

export default door('ci');
