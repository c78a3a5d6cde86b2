/** `yo wasm:editor`. */
import { door } from '../door.ts';

export default door('editor');
