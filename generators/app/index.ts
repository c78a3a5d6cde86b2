/** `yo wasm`: the same questions and the same project as our own command. */
import { door } from '../door.ts';

export default await door('app');
