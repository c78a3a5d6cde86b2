/** `yo wasm:workshop`. */
import { flags, helpOf, workshop } from '../../src/workshop/command.ts';
import { door } from '../changing.ts';

export default door({ name: 'workshop', flags, help: helpOf, run: workshop });
