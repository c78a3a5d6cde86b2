/** `yo wasm:explain`. */
import { door } from '../door.ts';

export default await door('explain');
