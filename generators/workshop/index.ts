/** `yo wasm:workshop`. */
import { door } from '../door.ts';

export default await door('workshop');
