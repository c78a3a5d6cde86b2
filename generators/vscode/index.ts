/** `yo wasm:vscode`. */
import { door } from '../door.ts';

export default await door('vscode');
