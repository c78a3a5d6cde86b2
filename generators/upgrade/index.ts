/** `yo wasm:upgrade`. */
import { door } from '../door.ts';

export default door('upgrade');
