/** `yo wasm:doctor`. */
import { door } from '../door.ts';

export default await door('doctor');
