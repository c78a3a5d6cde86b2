/** `yo wasm:language`. */
import { door } from '../door.ts';

export default door('language');
