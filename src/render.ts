/** Choices → files. The one place that checks that each path has one owner. */
import { stringify as toToml } from 'smol-toml';
import { agents } from './agents.ts';
import { axes, find } from './axes.ts';
import { compose } from './compose.ts';
import { doctor } from './doctor.ts';
import { licenseFiles } from './licenses.ts';
import { makefile } from './makefile.ts';
import type { Choices, File, Plan } from './plan.ts';
import { readme } from './readme.ts';
import { version } from './templates.ts';

/** The file that remembers a project's choices. */
export const memory = '.yo-rc.json';

/** Every file of the project, sorted by path. Pure: the same choices give the same bytes. */
export function render(choices: Choices): File[] {
  const plan = compose(choices);
  const renderers = [...choices.ci.map((id) => find(axes.ci, id)), find(axes.editor, choices.editor)];
  const files = [
    ...plan.files,
    makefile(plan),
    doctor(plan),
    readme(plan),
    agents(plan),
    ...mise(plan),
    ...licenseFiles(choices),
    { path: '.gitignore', text: `${plan.ignore.join('\n')}\n` },
    { path: '.gitattributes', text: attributes },
    { path: memory, text: `${JSON.stringify({ 'generator-wasm': { version, choices } }, null, 2)}\n` },
    ...renderers.flatMap((renderer) => renderer?.render(plan) ?? []),
  ];
  const owners = new Set<string>();
  for (const { path } of files) {
    const key = path.toLowerCase();
    if (owners.has(key)) throw new Error(`Two shares write ${path}`);
    owners.add(key);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Shell and make read only LF, and the contract compares bytes, on Windows too. */
const attributes = `* text=auto eol=lf
contract/*.json -text
*.wasm binary
`;

/** mise.toml, where a tool is installed by mise. */
function mise(plan: Plan): File[] {
  const tools = plan.tools.flatMap((tool) => (tool.mise ? [tool.mise] : []));
  if (tools.length === 0) return [];
  const text = `# The tools of this project: \`make setup\` installs them, https://mise.jdx.dev reads them.\n\n${toToml({ tools: Object.fromEntries(tools) })}`;
  return [{ path: 'mise.toml', text }];
}
