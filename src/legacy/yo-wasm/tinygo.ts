/** TinyGo in workflows and Makefiles. */
import { goTool } from '../../catalog/languages/gotool.ts';
import { tinygoVersion } from '../../catalog/languages/tinygo.ts';
import { type Lines, line, replace } from './lines.ts';
import { uncached, versionOf } from './repair.ts';

/** TinyGo from before the target wasip1, with its Go version. */
export function presentTinyGo(lines: Lines): Lines {
  const go = /^(\s*)go-version: (['"]?)1\.(?:1\d|2[0-4])(?:\.[\dx]+)*\2\s*$/;
  const isOld = (minor: string) => Number(minor) < Number(tinygoVersion.split('.')[1]);
  return replace(
    lines,
    line(go, ([, indent]) => [
      `${indent}go-version: ${versionOf(goTool)}`,
      ...uncached(lines, `${indent}cache: false`),
    ]),
  ).map((text) =>
    /tinygo/i.test(text)
      ? text
          .replace(/(\btinygo build\b.*?) -target[= ]wasi(?!\w)/, '$1 -target=wasip1 -buildmode=wasi-legacy')
          .replace(/(?<![\d.])0\.(\d+)\.\d+(?![\d.]*\d)/g, (old, minor) => (isOld(minor) ? tinygoVersion : old))
      : text,
  );
}
