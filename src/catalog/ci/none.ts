/** No CI: no files. */
import type { CiProvider } from '../../model/axes.ts';

export const none: CiProvider = {
  id: 'none',
  label: 'None',
  help: 'no CI files',
  status: 'current',
  reads: [],
  beside: [],
  pins: [],
  dependabot: undefined,
  secrets: '',
  store: { secret: () => '', setting: () => '' },
  home: undefined,
  identity: undefined,
  context: { tag: '' },
  render: () => [],
};
