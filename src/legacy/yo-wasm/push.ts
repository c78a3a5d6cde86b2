/** Pushes with oras and logs in with docker, where the original called wasm-to-oci and az. */
import { oras } from '../../catalog/tools.ts';
import { body, endOf, inPlaceOf, type Lines, line, replace, step } from './lines.ts';
import { byMise, versionOf } from './repair.ts';

export const types = {
  config: 'application/vnd.wasm.config.v1+json',
  layer: 'application/vnd.wasm.content.layer.v1+wasm',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
};

/** The replacement of wasm-to-oci with the same digest: a manifest without a media type, which `oras push` cannot write. */
export const push = (module: string, reference: string): string[] => [
  `module="${module}"`,
  `reference="${reference}"`,
  '# The layout of wasm-to-oci, which Krustlet and WAGI pull; `oras push` would write another manifest.',
  `printf '{}' >config.json`,
  `config=$(oras blob push --descriptor --media-type ${types.config} "\${reference%:*}" config.json)`,
  `layer=$(oras blob push --descriptor --media-type ${types.layer} "\${reference%:*}" "$module")`,
  `printf '{"schemaVersion":2,"config":%s,"layers":[%s,"annotations":{"org.opencontainers.image.title":"%s"}}]}' "$config" "\${layer%?}" "$module" |`,
  `  oras manifest push --media-type ${types.manifest} "$reference" -`,
];

export const reference = '"?(<<.*>>|[^\\s"]+)"?\\s*$';
const pushStep = new RegExp(`^(\\s*(?:#\\s*)?)(- )?run: (?:\\./tools/)?wasm-to-oci push "?([^\\s"]+)"? ${reference}`);
const pushLine = new RegExp(`^(\\s*(?:#\\s*)?)(?:\\./tools/)?wasm-to-oci push "?([^\\s"]+)"? ${reference}`);

/** Replaces all of a workflow's calls of wasm-to-oci, or none. */
export function byOras(lines: Lines): Lines {
  const installed = replace(
    lines,
    step(
      /^Install wasm-to-oci\s*$/,
      /^(?:run: \||mkdir (?:-p )?(?:\.\/)?tools|wget \S+wasm-to-oci -q -O \S+wasm-to-oci|chmod \+x \S+wasm-to-oci)$/,
      ['- name: Install oras', ...byMise('oras', versionOf(oras))],
    ),
  );
  if (installed.join('') === lines.join('')) return lines;
  const asStep = line(pushStep, ([, indent = '', dash = '', module = '', to = '']) => [
    `${indent}${dash}run: |`,
    ...push(module, to).map((text) => `${indent}${dash && '  '}  ${text}`),
  ]);
  const asLine = line(pushLine, ([, indent = '', module = '', to = '']) =>
    push(module, to).map((text) => indent + text),
  );
  const pushed = replace(replace(installed, asStep), asLine);
  return pushed.some((text) => /^[^#]*\bwasm-to-oci (?:push|pull|version)\b/.test(text)) ? lines : pushed;
}

/** A login step without an `env` of its own. */
export function loginByDocker(lines: Lines): Lines {
  const pattern =
    /^(\s*)(- )?run: az acr login (?:-n|--name) "?([^\s"]+)"? (?:-u|--username) \$\{\{ secrets\.(\w+) \}\} (?:-p|--password) \$\{\{ secrets\.(\w+) \}\}\s*$/;
  return lines.flatMap((text, at) => {
    const [, indent = '', dash = '', name, user, password] = pattern.exec(body(text)) ?? [];
    if (!name) return [text];
    const isStart = (other: string) => /^\s*- /.test(other);
    const start = lines.slice(0, at + 1).findLastIndex(isStart);
    const next = lines.slice(at + 1).findIndex(isStart);
    const all = lines.slice(start, next < 0 ? lines.length : at + 1 + next);
    if (all.some((other) => /^\s*(?:- )?env:/.test(other))) return [text];
    const key = `${indent}${dash && '  '}`;
    return inPlaceOf(
      text,
      [
        `${indent}${dash}env:`,
        `${key}  ${user}: \${{ secrets.${user} }}`,
        `${key}  ${password}: \${{ secrets.${password} }}`,
        `${key}run: printf %s "$${password}" | docker login "${name}.azurecr.io" --username "$${user}" --password-stdin`,
      ],
      endOf(lines),
    );
  });
}
