/**
 * A guided tour through the lessons in VS Code, by its extension CodeTour: https://github.com/microsoft/codetour#tour-schema
 * Steps find their line by a pattern, so that a participant's edits do not move them.
 */
import { templateText } from '../catalog/templates.ts';
import { toJson } from '../lib/json.ts';
import { changesOf, messagesOf } from './lessons.ts';
import type { Part, Stop, Workshop } from './model.ts';

/** The stops of a lesson whatever the language is, before those in its sources. */
const shared: Record<string, Record<string, Stop>> = {
  '01': { build: { file: 'hello/Makefile', pattern: '^build: ' } },
  '02': { serve: { file: 'web/modules.toml', pattern: '^route = ' } },
  '03': { cases: { file: 'web/contract/wagi.json', pattern: '"cases": \\[' } },
};

/** The stops of a lesson in the participant's projects: lesson 5 has those of lesson 2, in the other language. */
export function stopsOf(workshop: Workshop, id: string): [text: string, stop: Stop][] {
  if (id !== '05') return Object.entries({ ...shared[id], ...changesOf(workshop.language).tour?.[id] });
  return Object.entries(changesOf(workshop.second).tour?.['02'] ?? {}).map(([text, { file, pattern }]) => [
    text,
    { file: file.replace(/^web\//, 'other/'), pattern },
  ]);
}

export function tour(workshop: Workshop): Part {
  const texts: Record<string, string> = JSON.parse(templateText(`workshop/text/${workshop.locale}/tour.json`));
  const messages = messagesOf(workshop);
  const titleOf = (id: string) =>
    (texts.tour ?? '').replace('{id}', id).replace('{title}', () => messages[`title${id}`] ?? '');
  return {
    files: workshop.lessons.map(({ id, slug }, index) => {
      const text = `lessons/${id}-${slug}.md`;
      const steps: [string, Stop][] = [
        ['begin', { file: text, pattern: `^## ${messages.doHeading}$` }],
        ...stopsOf(workshop, id),
        ['check', { file: text, pattern: `^make check-${id}$` }],
      ];
      const next = workshop.lessons[index + 1];
      return {
        path: `.tours/${id}-${slug}.tour`,
        text: toJson({
          $schema: 'https://aka.ms/codetour-schema',
          title: titleOf(id),
          ...(index === 0 && { isPrimary: true }),
          ...(next && { nextTour: titleOf(next.id) }),
          steps: steps.map(([key, stop]) => ({ ...stop, description: (texts[key] ?? '').replace('{id}', id) })),
        }),
      };
    }),
  };
}
