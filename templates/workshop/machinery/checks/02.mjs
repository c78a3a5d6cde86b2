import { build } from '../lib.mjs';
import { takesLeave } from '../cases.mjs';

/** `/bye` answers with a name as `/` does, and everything else is as it was. */
export default async function check({ files }) {
  await takesLeave(build('web'), files[0]);
}
