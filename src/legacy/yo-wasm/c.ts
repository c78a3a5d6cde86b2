/** wasi-sdk in workflows of C. */
import { wasiSdkVersion } from '../../catalog/tools.ts';
import { body, type Lines, replace, within } from './lines.ts';

export const [sdkMajor = '', sdkMinor = '0'] = wasiSdkVersion.split('.');

/** wasi-sdk before version 19, whose archive has no architecture in its name. */
export function presentSdk(lines: Lines): Lines {
  const number = String.raw`(?:\$\{\{[^}]*\}\}|1[0-8])`;
  const name = String.raw`wasi-sdk-${number}\.(?:\$\{\{[^}]*\}\}|\d+)`;
  const archive = new RegExp(`(${name})(?=-linux\\.tar\\.gz)`, 'g');
  const majors = lines.flatMap((text) => /^\s*(?:- )?major: (\d+)\s*$/.exec(text)?.[1] ?? []).map(Number);
  if (majors.some((major) => major >= 19) || lines.every((text) => text.search(archive) < 0)) return lines;
  const renamed = within(
    [archive, '$1-x86_64'],
    [new RegExp(`(\\bWASI_SDK=\\S*?${name})(?![\\w.-])`, 'g'), '$1-x86_64-linux'],
    [/\bwasi-sdk-1[0-8]\//g, `wasi-sdk-${sdkMajor}/`],
    [/\bwasi-sdk-1[0-8]\.\d+\b/g, `wasi-sdk-${sdkMajor}.${sdkMinor}`],
  )(lines);
  return replace(renamed, ([major = '', minor = '']) => {
    const [, first] = /^(\s*(?:- )?major: )\d+\s*$/.exec(body(major)) ?? [];
    const [, second] = /^(\s*minor: )\d+\s*$/.exec(body(minor)) ?? [];
    return first && second ? { taken: 2, texts: [first + sdkMajor, second + sdkMinor] } : undefined;
  });
}
