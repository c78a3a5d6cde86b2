/** No registry: the module stays a file. */
import type { Registry } from '../../model/axes.ts';

export const none: Registry = {
  id: 'none',
  label: 'None',
  help: 'the module stays a file',
  status: 'current',
  contribute: () => ({}),
};
