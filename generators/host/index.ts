/** `yo wasm:host`. */
import { door } from '../door.ts';

export default door('host');
