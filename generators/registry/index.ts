/** `yo wasm:registry`. */
import { door } from '../door.ts';

export default await door('registry');
