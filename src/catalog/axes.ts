/** The lists: the order of prompts, of the tables in the docs and of the tests. A new value is one line here. */

import type { CiProvider, Editor, Host, Language, Registry } from '../model/axes.ts';
import type { Kind, Option } from '../model/choices.ts';
import { azure } from './ci/azure.ts';
import { bitbucket } from './ci/bitbucket.ts';
import { circleci } from './ci/circleci.ts';
import { forgejo } from './ci/forgejo.ts';
import { github } from './ci/github.ts';
import { gitlab } from './ci/gitlab.ts';
import { jenkins } from './ci/jenkins.ts';
import { none as noCi } from './ci/none.ts';
import { woodpecker } from './ci/woodpecker.ts';
import { devcontainer } from './editors/devcontainer.ts';
import { none as noEditor } from './editors/none.ts';
import { other as otherEditor } from './editors/other.ts';
import { vscode } from './editors/vscode.ts';
import { krustlet } from './hosts/krustlet.ts';
import { runwasi } from './hosts/runwasi.ts';
import { spin } from './hosts/spin.ts';
import { spinkube } from './hosts/spinkube.ts';
import { wagi } from './hosts/wagi.ts';
import { wasmcloud } from './hosts/wasmcloud.ts';
import { wasmtime } from './hosts/wasmtime.ts';
import { wazero } from './hosts/wazero.ts';
import { assemblyscript } from './languages/assemblyscript.ts';
import { c } from './languages/c.ts';
import { cpp } from './languages/cpp.ts';
import { go } from './languages/go.ts';
import { javascript } from './languages/javascript.ts';
import { python } from './languages/python.ts';
import { rust } from './languages/rust.ts';
import { swift } from './languages/swift.ts';
import { tinygo } from './languages/tinygo.ts';
import { typescript } from './languages/typescript.ts';
import { zig } from './languages/zig.ts';
import { licenses } from './licenses.ts';
import { acr } from './registries/acr.ts';
import { bindle } from './registries/bindle.ts';
import { dockerhub } from './registries/dockerhub.ts';
import { ecr } from './registries/ecr.ts';
import { gar } from './registries/gar.ts';
import { ghcr } from './registries/ghcr.ts';
import { gitlab as gitlabRegistry } from './registries/gitlab.ts';
import { none as noRegistry } from './registries/none.ts';
import { oci } from './registries/oci.ts';

export const axes: {
  language: Language[];
  kind: (Option & { id: Kind })[];
  host: Host[];
  registry: Registry[];
  ci: CiProvider[];
  editor: Editor[];
  license: Option[];
} = {
  language: [assemblyscript, c, cpp, go, javascript, python, rust, swift, tinygo, typescript, zig],
  kind: [
    {
      id: 'command',
      label: 'Command',
      aliases: ['cli', 'console', 'batch', 'job'],
      help: 'a console program or batch job',
      status: 'current',
    },
    {
      id: 'wagi',
      label: 'WAGI web handler',
      aliases: ['cgi'],
      help: 'a web handler that is started for each request (CGI)',
      status: 'current',
    },
    {
      id: 'http',
      label: 'HTTP component',
      aliases: ['wasi-http', 'component'],
      help: 'a web handler for Spin, wasmCloud and other new hosts (wasi:http)',
      status: 'current',
      changes: [
        {
          version: '0.3.0',
          files: [
            'src/lib.rs',
            'internal/wasihttp/wasihttp.go',
            'internal/wasihttp/memory.go',
            'internal/wasihttp/imports.go',
            'wit/world.wit',
            ...['js', 'ts'].flatMap((ending) => [`src/index.${ending}`, `src/body.${ending}`]),
            'app/main.py',
          ],
          why: 'After its answer, a component reads the rest of the body, up to 4 MiB, so that the host keeps the connection of a client that sends a body to a path that reads none.',
        },
      ],
    },
  ],
  host: [wagi, wasmtime, spin, runwasi, spinkube, wasmcloud, wazero, krustlet],
  registry: [ghcr, acr, dockerhub, ecr, gar, oci, gitlabRegistry, bindle, noRegistry],
  ci: [github, gitlab, azure, circleci, jenkins, bitbucket, forgejo, woodpecker, noCi],
  editor: [vscode, devcontainer, otherEditor, noEditor],
  license: licenses,
};

/** Finds the value of an axis by its id. */
export function find<T extends Option>(axis: readonly T[], id: string | undefined): T | undefined {
  return axis.find((option) => option.id === id);
}

/** The id that a typed word means: an id in any case, or an alias. Any other word stays as it is. */
export function idOf(axis: readonly Option[], word: string): string {
  const typed = word.trim().toLowerCase();
  const meant = axis.find(({ id, aliases = [] }) => id.toLowerCase() === typed || aliases.includes(typed));
  return meant?.id ?? word;
}

/** Whether each of these CI providers can sign without a key. */
export const keyless = (ci: readonly string[]): boolean =>
  ci.every((id) => id === 'none' || find(axes.ci, id)?.identity?.sigstore);
