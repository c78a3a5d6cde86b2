/** `yo wasm:host`. */
import { door } from '../door.ts';

export default await door('host');
