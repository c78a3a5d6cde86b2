/** `yo wasm:vscode`. */
import { changer } from '../changing.ts';

export default changer('vscode');
