/** `yo wasm:doctor`: the same look at a project as our own door has. */
import { examine, flags, helpOf } from '../../src/doctor/doctor.ts';
import { door } from '../changing.ts';

export default door({
  name: 'doctor',
  flags,
  help: helpOf,
  run: (argv, cwd, _ask, program) => examine(argv, cwd, program),
});
