/** No registry: the module stays a file. */
import type { Registry } from '../../model/axes.ts';

export const none: Registry = {
  id: 'none',
  label: 'None',
  help: 'do not publish; keep the .wasm file',
  status: 'current',
  contribute: () => ({}),
};
