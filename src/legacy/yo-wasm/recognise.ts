/** Recognises a project of the original yo-wasm, from before 2022, by words that no repair changes. */
import { dependsOn } from '../../catalog/existing/packages.ts';
import type { Folder } from '../../model/axes.ts';

export type LanguageId = 'assemblyscript' | 'c' | 'csharp' | 'rust' | 'swift' | 'tinygo';

/** A recognised project of the original. */
export interface Original {
  language: LanguageId;
  /** Ends a sentence: `in Rust, published to Azure Container Registry`. */
  what: string;
}

const release = '.github/workflows/release.yml';

/** The order matters: a Makefile alone does not tell C from Swift. */
const languages: { id: LanguageId; label: string; is(folder: Folder): boolean }[] = [
  { id: 'rust', label: 'Rust', is: ({ text }) => text('Cargo.toml') !== '' && /wasm32-wasi/.test(text(release)) },
  { id: 'assemblyscript', label: 'AssemblyScript', is: (folder) => dependsOn(folder, ['assemblyscript']) },
  { id: 'tinygo', label: 'TinyGo', is: ({ text }) => /\btinygo build\b/.test(text('Makefile')) },
  { id: 'swift', label: 'Swift', is: ({ text }) => /\$\(SWIFTC\)|--swift-sdk/.test(text('Makefile')) },
  { id: 'c', label: 'C', is: ({ text }) => /^WASI_SDK\b/m.test(text('Makefile')) },
  {
    id: 'csharp',
    label: 'C#',
    is: ({ paths, text }) => paths.some((path) => /^[^/]+\.csproj$/.test(path) && /"Wasi\.Sdk"/.test(text(path))),
  },
];

const hippo = /\bhippo(?:factory|-cli)?\b/;

/** The largest file that is repaired, in characters: some regular expressions take quadratic time. */
export const most = 50_000;

/** Undefined if it is not a project of the original. It is recognised by words that no repair changes. */
export function recognise(folder: Folder): Original | undefined {
  const text = folder.text(release);
  if (text.length > most) return undefined;
  if (!/^[ \t]+- name: Set the release version\b/m.test(text) || !/\bRELEASE_VERSION\b/.test(text)) return undefined;
  const language = languages.find(({ is }) => is(folder));
  if (!language) return undefined;
  const where =
    hippo.test(text) || folder.paths.includes('HIPPOFACTS')
      ? ', published to Hippo'
      : /\bazurecr\.io\b|\bwasm-to-oci\b/.test(text)
        ? ', published to Azure Container Registry'
        : '';
  return { language: language.id, what: `in ${language.label}${where}` };
}
