/** Presets of the first question: language, kind and host that go together, for people who do not know these words yet. */
import type { Choices } from '../model/choices.ts';

export interface Preset {
  id: string;
  label: string;
  help: string;
  /** The choices of the preset; absent: every question is asked. */
  choices?: Pick<Choices, 'language' | 'kind' | 'host' | 'registry'>;
  /** The host that runs the module on this machine until the path in the registry is decided. */
  untilThen?: string;
}

export const presets: readonly Preset[] = [
  {
    id: 'web',
    label: 'A web handler that runs here now',
    help: 'in AssemblyScript, served on this machine; needs only Node and make',
    choices: { language: 'assemblyscript', kind: 'wagi', host: 'wagi', registry: 'none' },
  },
  {
    id: 'job',
    label: 'A batch job in Kubernetes',
    help: 'in Rust, pulled from a container registry and run as a Job',
    choices: { language: 'rust', kind: 'command', host: 'runwasi', registry: 'ghcr' },
    untilThen: 'wasmtime',
  },
  {
    id: 'component',
    label: 'A component for Spin or wasmCloud',
    help: 'a web handler in TypeScript; also runs on other hosts of components',
    choices: { language: 'typescript', kind: 'http', host: 'wasmcloud', registry: 'ghcr' },
    untilThen: 'wasmtime',
  },
  {
    id: 'own',
    label: 'My own choice',
    help: 'asks for language, kind, host, registry and CI one by one',
  },
];
