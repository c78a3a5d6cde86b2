import { takesLeave } from '../cases.mjs';
import { build } from '../lib.mjs';
import { published, pulled } from '../published.mjs';

/** The second version is in the registry, and it is the participant's own module. */
export default async function check() {
  build('web');
  await takesLeave(pulled(published('web', 'v0.2.0')));
}
