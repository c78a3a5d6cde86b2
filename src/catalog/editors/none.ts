/** No editor: no files. */
import type { Editor } from '../../model/axes.ts';

export const none: Editor = {
  id: 'none',
  label: 'None',
  help: 'no editor files',
  status: 'current',
  render: () => [],
  root: () => [],
};
