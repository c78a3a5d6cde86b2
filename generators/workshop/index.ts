/** `yo wasm:workshop`. */
import { door } from '../door.ts';

export default door('workshop');
