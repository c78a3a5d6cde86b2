/** `yo wasm:upgrade`. */
import { changer } from '../changing.ts';

export default changer('upgrade');
