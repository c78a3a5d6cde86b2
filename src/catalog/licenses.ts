/** The licences to choose from: full texts by SPDX id, without a year. */
import type { Choices, Option } from '../model/choices.ts';
import type { File } from '../model/plan.ts';
import { templateText } from './templates.ts';

const license = (id: string, label: string, help: string, ...aliases: string[]): Option => ({
  id,
  label,
  aliases,
  help,
  status: 'current',
});

export const licenses: Option[] = [
  license('MIT', 'MIT', 'short and permissive'),
  license('Apache-2.0', 'Apache 2.0', 'permissive, with a patent grant', 'apache', 'apache2', 'apache 2.0'),
  license('BSD-3-Clause', 'BSD 3-Clause', 'permissive, names are not to be used in adverts', 'bsd', 'bsd-3', 'bsd3'),
  license('ISC', 'ISC', 'the shortest permissive one'),
  license('MPL-2.0', 'MPL 2.0', 'changed files stay open', 'mpl', 'mpl2'),
  license('none', 'None', 'no licence: all rights reserved'),
];

/** The copyright holder: the author, else the project's authors. */
const holder = (choices: Choices) => choices.author || `the ${choices.name} authors`;

/** LICENSE; no file if all rights are reserved. */
export function licenseFiles(choices: Choices): File[] {
  if (choices.license === 'none') return [];
  const text = templateText(`licenses/${choices.license}.txt`);
  return [{ path: 'LICENSE', text: text.replace('<copyright holders>', () => holder(choices)) }];
}

/** Names the licence in the manifests of a language, whose templates say MIT; in a lock file the project is the first package. */
export function licensed(files: readonly File[], { license }: Choices): File[] {
  const byPath: Partial<Record<string, (text: string) => string>> = {
    'Cargo.toml': (text) => text.replace('license = "MIT"\n', license === 'none' ? '' : `license = "${license}"\n`),
    // https://docs.npmjs.com/cli/v11/configuring-npm/package-json#license
    'package.json': (text) => text.replace('"MIT"', license === 'none' ? '"UNLICENSED"' : `"${license}"`),
  };
  byPath['package-lock.json'] = byPath['package.json'];
  return files.map((file) => ({ ...file, text: byPath[file.path]?.(file.text) ?? file.text }));
}
