/** `yo wasm:doctor`. */
import { door } from '../door.ts';

export default door('doctor');
