/** What holds for every workshop. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { axes } from '../../src/catalog/axes.ts';
import { packageRoot } from '../../src/catalog/templates.ts';
import { conflict } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { chooseWorkshop } from '../../src/workshop/command.ts';
import { changed, changes, taught } from '../../src/workshop/lessons.ts';
import { locales, type Workshop } from '../../src/workshop/model.ts';
import { renderWorkshop } from '../../src/workshop/render.ts';

const texts = join(packageRoot, 'templates/workshop/text');
const json = (locale: string, file = 'messages.json'): Record<string, string> =>
  JSON.parse(readFileSync(join(texts, locale, file), 'utf8'));
const { seconds: times } = JSON.parse(readFileSync(join(packageRoot, 'templates/workshop/times.json'), 'utf8'));
const placeholders = (text = ''): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

const flagsOf: Record<string, string>[] = [];
for (const language of taught)
  for (const second of [...taught, 'none'])
    for (const { id: host } of axes.host)
      for (const { id: registry, example = '' } of axes.registry)
        if (second !== language && !conflict({ language, host, registry, namespace: example }))
          flagsOf.push({
            language,
            second,
            host,
            registry,
            ...(example && { namespace: example }),
            ci: flagsOf.length % 3 === 0 ? 'none' : 'gitlab',
            locale: locales[flagsOf.length % locales.length] ?? 'en',
          });

const workshopOf = async (flags: Record<string, string>): Promise<Workshop> => ({
  name: 'zebra',
  ...(await chooseWorkshop(
    Object.entries(flags).map(([name, value]) => ({ name, raw: `--${name}`, value })),
    undefined,
    true,
  )),
});

describe('every workshop', () => {
  it('is one of many', () => assert.ok(flagsOf.length > 200, `${flagsOf.length}`));

  const seen = new Set<string>();
  /** The commands of each lesson, whatever the language of its text. */
  const known = new Map<string, string>();
  for (const flags of flagsOf)
    it(Object.values(flags).join(' '), async () => {
      const workshop = await workshopOf(flags);
      const files = renderWorkshop(workshop);
      const paths = files.map(({ path }) => path);
      const messages = json(workshop.locale);
      assert.equal(workshop.lessons.length + workshop.left.length, 10);
      const short = workshop.lessons.filter(({ tracks }) => tracks.includes('two-hours'));
      assert.ok(short.reduce((sum, { minutes }) => sum + minutes, 40) <= 120, 'two hours, with welcome and end');
      for (const { id, minutes } of workshop.lessons) {
        const seconds = times[workshop.language]?.[id] ?? 0;
        assert.ok(seconds > 0 && seconds < minutes * 60, `lesson ${id}: ${seconds} s of commands in ${minutes} min`);
      }
      for (const { path, text } of files) {
        if (seen.size === seen.add(`${path}\n${text}`).size) continue;
        assert.match(path, /^[\w.@-]+(?:\/[\w.@-]+)*$/);
        assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), `${path} ends with one line break`);
        // Programs, which have tests of their own.
        if (path.startsWith('solutions/') || path.endsWith('.mjs')) continue;
        assert.ok(!/\bundefined\b|\[object |<%|%>/.test(text), `${path} has no leftover`);
        if (/\.(?:json|tour)$/.test(path)) JSON.parse(text);
        if (!path.endsWith('.md')) continue;
        for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
          assert.ok(paths.includes(normalize(join(dirname(path), link))), `${path} links to ${link}`);
      }
      for (const { id, slug, projects } of workshop.lessons) {
        const lesson = files.find(({ path }) => path === `lessons/${id}-${slug}.md`)?.text ?? '';
        for (const key of ['doHeading', 'checkHeading', 'hintHeading', 'solutionHeading'])
          assert.match(lesson, new RegExp(`^## ${messages[key]}$`, 'm'), `${id} has the heading ${messages[key]}`);
        assert.ok(lesson.includes(`\nmake check-${id}\n`), `${id} has its check`);
        const commands = JSON.stringify(commandsIn(lesson));
        const key = `${workshop.language} ${workshop.second} ${workshop.registry} ${id} ${projects}`;
        assert.equal(commands, known.get(key) ?? commands, 'in every language of texts');
        known.set(key, commands);
        for (const { file, find, example, solution } of changes(workshop, id).edits) {
          assert.notEqual(example, solution);
          assert.equal(changed(find, [{ file, find, solution }], 'solution'), solution);
        }
      }
    });
});

const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^ *```sh.*?^ *```$/gms)].map(([block]) => block.replace(/^ *\(?#.*/gm, ''));

describe('the guided tour', () => {
  const isLine = (pattern: string) => (line: string) => new RegExp(pattern, 'm').test(line);
  /** A pattern matches one line, and not the first: CodeTour shows that one as the end of the file. */
  function stopsAtOneLine(text: string, pattern: string, where: string): void {
    const lines = text.split('\n');
    assert.equal(lines.filter(isLine(pattern)).length, 1, `${where}: ${pattern}`);
    assert.ok(lines.findIndex(isLine(pattern)) > 0, `${where}: not the first line`);
  }

  for (const language of taught)
    for (const locale of locales)
      it(`stops at one line of each file, before and after its lesson: ${language} ${locale}`, async () => {
        const workshop = await workshopOf({ language, locale });
        const files = renderWorkshop(workshop);
        const texts = new Map<string, string>(files.map(({ path, text }) => [path, text]));
        for (const [project, choices] of Object.entries(workshop.projects))
          for (const { path, text } of render(choices)) texts.set(`${project}/${path}`, text);
        const tours = files.filter(({ path }) => path.endsWith('.tour'));
        const titles = tours.map(({ text }) => JSON.parse(text).title);
        assert.equal(tours.length, workshop.lessons.length);
        let inProjects = 0;
        for (const [index, { id }] of workshop.lessons.entries()) {
          const { steps, nextTour } = JSON.parse(tours[index]?.text ?? '');
          assert.equal(nextTour, titles[index + 1]);
          const solved = [...texts].filter(([path]) => path.startsWith(`solutions/${id}/`));
          const now = new Map([...texts, ...solved.map(([path, text]) => [path.slice(13), text] as const)]);
          for (const { file, pattern, description } of steps) {
            assert.ok(description && !description.includes('{'), `${id} ${file}`);
            for (const state of [texts, now]) stopsAtOneLine(state.get(file) ?? '', pattern, `${id} ${file}`);
            if (!file.startsWith('lessons/')) inProjects++;
          }
          for (const [path, text] of now) texts.set(path, text);
        }
        assert.equal(inProjects, 10);
      });
});

describe('the texts of a workshop', () => {
  const files = (locale: string) => (readdirSync(join(texts, locale), { recursive: true }) as string[]).sort();

  for (const locale of locales.filter((one) => one !== 'en')) {
    it(`are the same files in ${locale} as in English`, () => assert.deepEqual(files(locale), files('en')));

    for (const file of files('en').filter((path) => path.endsWith('.json')))
      it(`have the same sentences in ${locale}, with the same values: ${file}`, () => {
        const [english, other] = [json('en', file), json(locale, file)];
        assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort());
        for (const [key, text] of Object.entries(english)) {
          assert.deepEqual(placeholders(other[key]).sort(), placeholders(text).sort(), key);
          if (!['yes', 'memory'].includes(key)) assert.notEqual(other[key], text, `${key} is translated`);
        }
      });
  }
});

describe('a workshop that cannot be', () => {
  const refusals: [Record<string, string>, RegExp][] = [
    [{ language: 'go' }, /^A workshop in Go is not available\. Choose one of: assemblyscript, c, rust\.$/],
    [{ language: 'cobol' }, /^Unknown language 'cobol'\./],
    [
      { language: 'rust', second: 'rust' },
      /^The second language is the first, 'rust'\. Choose another for --second, or none\.$/,
    ],
    [{ second: 'go' }, /^Unknown second 'go'\. Choose one of: assemblyscript, c, rust, none\.$/],
    [{ locale: 'fr' }, /^Unknown locale 'fr'\. Choose one of: en, de\.$/],
    [{ host: 'krustlet', registry: 'none' }, /pulls modules from a registry/],
    [{ registry: 'ghcr' }, /namespace/],
  ];
  for (const [flags, sentence] of refusals)
    it(`is refused in one sentence: ${JSON.stringify(flags)}`, async () => {
      await assert.rejects(workshopOf(flags), (error: Error) => {
        assert.equal(error.name, 'UserError');
        assert.match(error.message, sentence);
        return true;
      });
    });
});
