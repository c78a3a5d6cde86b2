/** `yo wasm:host`. */
import { changer } from '../changing.ts';

export default changer('host');
