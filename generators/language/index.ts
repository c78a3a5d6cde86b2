/** `yo wasm:language`. */
import { changer } from '../changing.ts';

export default changer('language');
