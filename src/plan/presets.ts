/** Asks the first question of a new project: which preset. */
import { axes, find } from '../catalog/axes.ts';
import { presets } from '../catalog/presets.ts';
import { checkName } from '../lib/names.ts';
import type { Choices } from '../model/choices.ts';
import type { Ask } from './choices.ts';
import { conflict } from './compose.ts';
import type { Answers, PromptedQuestion } from './questions.ts';

/** The answers of a preset, and the commands that change its host when the path in the registry is decided. */
export interface PresetAnswers {
  answers: Answers;
  later: string[];
}

/** Asks for a preset and, if it needs one, for the path in the registry. Undefined: every question is to be asked. */
export async function askPreset(ask: Ask): Promise<PresetAnswers | undefined> {
  const question: PromptedQuestion = {
    key: 'preset',
    message: 'What do you want to make?',
    kind: 'one',
    options: presets.map((preset) => ({ ...preset, status: 'current' as const })),
    check: () => undefined,
  };
  const answer = await ask(question, {}, presets[0]?.id);
  const preset = presets.find(({ id }) => id === answer);
  if (!preset?.choices) return undefined;
  const { choices, untilThen } = preset;
  if (!untilThen) return { answers: choices, later: [] };
  const namespace = String(await ask(pathQuestion(choices), choices, ''));
  if (namespace !== '') return { answers: { ...choices, namespace }, later: [] };
  const example = find(axes.registry, choices.registry)?.example ?? '';
  return {
    answers: { ...choices, host: untilThen, registry: 'none' },
    later: [
      `npx generator-wasm registry ${choices.registry} --namespace ${example}`,
      `npx generator-wasm host ${choices.host}`,
    ],
  };
}

/** The path in the registry; an empty answer decides later. */
function pathQuestion({ registry }: Pick<Choices, 'registry'>): PromptedQuestion {
  const example = find(axes.registry, registry)?.example ?? '';
  return {
    key: 'namespace',
    message: `Path in the registry, such as ${example} (Enter: decide later)`,
    kind: 'text',
    options: [],
    check: (namespace, known) => (namespace === '' ? undefined : conflict({ ...known, namespace })),
  };
}

/** Whether answers leave the questions of a preset open. */
export const isOpen = (answers: Answers): boolean =>
  (['language', 'kind', 'host', 'registry', 'namespace', 'module'] as const).every((key) => answers[key] === undefined);

/** Asks for the name alone, unless the folder has one; every other question takes its default. */
export const askingName =
  (ask: Ask, folder: string): Ask =>
  (question, known, fallback) =>
    question.key === 'name' && checkName(folder) !== undefined
      ? ask(question, known, fallback)
      : Promise.resolve(fallback ?? '');
