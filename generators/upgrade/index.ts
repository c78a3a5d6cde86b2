/** `yo wasm:upgrade`. */
import { door } from '../door.ts';

export default await door('upgrade');
