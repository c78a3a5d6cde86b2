/** `yo wasm:registry`. */
import { changer } from '../changing.ts';

export default changer('registry');
