/** `yo wasm:explain`. */
import { door } from '../door.ts';

export default door('explain');
