/** `yo wasm:language`. */
import { door } from '../door.ts';

export default await door('language');
