/** The pages for the person who leads: timing, what goes wrong, two mails, and questions for the end. */
import { axes, find } from '../catalog/axes.ts';
import { prose, templateText } from '../catalog/templates.ts';
import { messagesOf } from './lessons.ts';
import { type Part, tracks, type Workshop } from './model.ts';
import { least } from './preflight.ts';
import { miseTools } from './tools.ts';

// renovate: datasource=npm depName=@marp-team/marp-cli
const marpVersion = '4.5.1';

/** Seconds of all commands of a lesson, by language and lesson: RECORD=1 npx mocha test/e2e/workshop.test.ts writes them. */
const recorded = (): { machine: string; seconds: Record<string, Record<string, number>> } =>
  JSON.parse(templateText('workshop/times.json'));

/** Minutes for the welcome, and for the end, when everyone shows what they have made. */
const around = 10 + 30;

export function leader(workshop: Workshop): Part {
  const messages = messagesOf(workshop);
  const { machine, seconds } = recorded();
  const text = (name: string) => `workshop/text/${workshop.locale}/leader/${name}`;
  // Without a registry that wants an account, that track is the day.
  const shown = tracks.filter((track) => track !== 'offline' || workshop.registry !== 'none');
  const timing = shown.map((track) => {
    const lessons = workshop.lessons
      .filter((lesson) => lesson.tracks.includes(track))
      .map(({ id, minutes }) => ({
        id,
        minutes,
        title: messages[`title${id}`],
        seconds: seconds[workshop.language]?.[id],
      }));
    const total = lessons.reduce((sum, { minutes }) => sum + minutes, around);
    return { title: messages[`track_${track}`], lessons, total };
  });
  const { language, registry, namespace } = workshop;
  const needsRustup = miseTools(workshop).includes('rust');
  const [label, second] = [language, workshop.second].map((id) => find(axes.language, id)?.label ?? '');
  return {
    files: [
      {
        path: 'leader/README.md',
        text: prose(text('README.md.ejs'), {
          timing,
          machine,
          namespace,
          least,
          needsAccount: registry !== 'none',
          needsRustup,
        }),
      },
      {
        path: 'leader/mail-before.md',
        text: prose(text('mail-before.md.ejs'), {
          language,
          shell: templateText('workshop/preflight.sh'),
          powershell: templateText('workshop/preflight.ps1'),
          indented: (code: string) => code.trimEnd().replace(/^/gm, '    '),
        }),
      },
      {
        path: 'leader/slides.md',
        text: prose(text('slides.md.ejs'), {
          language: label,
          second,
          lessons: workshop.lessons.map(({ id, minutes }) => ({ id, minutes, title: messages[`title${id}`] })),
        }),
      },
      ...['mail-after.md', 'questions.md'].map((name) => ({
        path: `leader/${name}`,
        text: templateText(text(name)),
      })),
    ],
    targets: [
      {
        name: 'slides',
        help: messages.help_slides ?? '',
        // The slides have no emoji and no formulas, which come from the network: https://github.com/marp-team/marp-core#emoji
        run: [`npx --yes @marp-team/marp-cli@${marpVersion} --no-stdin leader/slides.md --output leader/slides.html`],
        alone: true,
      },
    ],
    ignore: ['/leader/slides.html'],
  };
}
