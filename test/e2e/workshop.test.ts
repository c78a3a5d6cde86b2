/**
 * A workshop, replayed as a participant goes through it: every command of every lesson is taken from the Markdown and run, every
 * check is seen to fail and to pass, and every lesson starts from its starting state.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { changed, changes, taught } from '../../src/workshop/lessons.ts';
import { locales, type Workshop } from '../../src/workshop/model.ts';
import { environment, freePort, need, needed, ok, type Result, root, run, scratch } from '../support/programs.ts';
import { commandsIn, replayed } from './lessons.ts';
import { bin, serving, taskEnvironment } from './world.ts';

const machinery = '.workshop/package/templates/workshop/machinery';
const seconds: Record<string, Record<string, number>> = {};

for (const language of taught)
  describe(`the workshop in ${language}`, function () {
    this.timeout(900_000);
    const { second, host, lessons } = replayed(language);
    const solutionOf = (id: string) => join(folder, 'solutions', id);
    let folder: string;
    let port: number;
    seconds[language] = {};

    const onFreePort = (code: string): string => code.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`);
    /** Runs lines in bash. */
    const shell = (code: string): Result => run('bash', ['-ec', onFreePort(code)], folder, taskEnvironment());
    /** The same in a terminal that is prepared as the README says. */
    const terminal = (code: string): Result => shell(`. ./activate\n${code}`);
    function passes(id: string): void {
      const { code, said } = shell(`make check-${id}`);
      assert.equal(code, 0, said);
      assert.match(said, new RegExp(`^✓ Lesson ${id}`, 'm'));
    }
    function fails(id: string, why: string): void {
      const { code, said } = shell(`make check-${id}`);
      assert.notEqual(code, 0, `${why}: check-${id} passed`);
      assert.match(said, new RegExp(`^✗ Lesson ${id}`, 'm'), `${why}:\n${said}`);
      assert.doesNotMatch(said, /\n {4}at .*:\d+:\d+/, 'no stack');
      assert.doesNotMatch(said, /This command failed/, `${why}: it builds`);
    }

    before(function () {
      need(this, 'make', 'wasmtime', 'oras', 'cosign', ...needed(language), ...needed(second));
      const parent = mkdtempSync(join(scratch, 'workshop-'));
      ok(bin(), ['workshop', 'room', '--yes', '--language', language, '--host', host], parent);
      folder = join(parent, 'my room');
      renameSync(join(parent, 'room'), folder);
    });
    const stops: (() => Promise<Result>)[] = [];
    after(() => Promise.all(stops.map((stop) => stop())));
    beforeEach(async () => {
      port = await freePort();
    });

    it('prepares a terminal, in a folder that was renamed', () => {
      const { said } = run('sh', ['-c', '. ./activate && generator-wasm --version && make'], folder);
      assert.match(said, /^\d+\.\d+\.\d+$/m);
      assert.match(said, /^ {2}watch +follow the lessons/m);
      assert.match(run('sh', ['-c', '. ./activate'], join(folder, 'lessons')).said, /activate/);
    });

    for (const { id, slug, projects } of lessons)
      describe(`lesson ${id}, ${slug}`, () => {
        const { edits } = changes({ language, second } as Workshop, id);

        it('runs every command of its text', async () => {
          const start = performance.now();
          for (const { mark, code } of commandsIn(readFileSync(join(folder, `lessons/${id}-${slug}.md`), 'utf8'))) {
            if (code.startsWith('make check-') || mark === 'read' || mark === 'solution') continue;
            if (mark === 'background') {
              const isRegistry = code.startsWith('make registry');
              const url = isRegistry ? 'http://localhost:5050/v2/' : `http://127.0.0.1:${port}/`;
              stops.push(
                await serving('bash', ['-ec', onFreePort(`. ./activate\n${code}`)], folder, url, {
                  LISTEN: `127.0.0.1:${port}`,
                }),
              );
              continue;
            }
            const { code: exit, said } = terminal(code);
            if (mark === 'fails') assert.notEqual(exit, 0, `${code} passed`);
            else assert.equal(exit, 0, `${code}:\n${said.slice(-4000)}`);
          }
          (seconds[language] ?? {})[id] = Math.ceil((performance.now() - start) / 1000);
        });
        it('is not passed by doing nothing', () => {
          fails(id, 'nothing done');
        });

        if (edits.some(({ example }) => example))
          it('is not passed by the example of its text', () => {
            for (const file of new Set(edits.map((edit) => edit.file))) {
              const text = readFileSync(join(folder, file), 'utf8');
              const own = edits.filter((edit) => edit.file === file);
              writeFileSync(join(folder, file), changed(text, own, 'example'));
              fails(id, 'the example');
              writeFileSync(join(folder, file), text);
            }
          });

        it('is not passed by the solution of another lesson', () => {
          const others = lessons.filter((other) => other.id !== id && existsSync(solutionOf(other.id)));
          const backup = mkdtempSync(join(scratch, 'before-'));
          let tried = 0;
          for (const other of others) {
            const files = readdirSync(solutionOf(other.id), { recursive: true, withFileTypes: true })
              .filter((entry) => entry.isFile())
              .map((entry) => join(entry.parentPath, entry.name).slice(solutionOf(other.id).length + 1))
              .filter((file) => projects.includes(file.split('/')[0] as never) && existsSync(join(folder, file)))
              // A check has failed already with what is there.
              .filter(
                (file) => !readFileSync(join(folder, file)).equals(readFileSync(join(solutionOf(other.id), file))),
              );
            if (files.length === 0) continue;
            tried++;
            for (const file of files) {
              mkdirSync(dirname(join(backup, file)), { recursive: true });
              cpSync(join(folder, file), join(backup, file));
              cpSync(join(solutionOf(other.id), file), join(folder, file));
            }
            fails(id, `the solution of ${other.id}`);
            for (const file of files) cpSync(join(backup, file), join(folder, file));
          }
          assert.ok(tried > 0 || id !== '02', 'there was another solution to try');
        });

        // The comparison is the same in each language.
        if (language === taught[0])
          it('is not passed by an edited check, which is named and put back', () => {
            const check = join(folder, machinery, 'checks', `${id}.mjs`);
            const text = readFileSync(check, 'utf8');
            writeFileSync(check, 'export default async function check() {}\n');
            const { code, said } = shell(`make check-${id}`);
            assert.notEqual(code, 0);
            assert.match(said, new RegExp(`checks/${id}\\.mjs.*make restore`));
            shell('make restore');
            assert.equal(readFileSync(check, 'utf8'), text);
          });

        it('is passed by its solution', () => {
          if (existsSync(solutionOf(id))) cpSync(solutionOf(id), folder, { recursive: true });
          for (const { mark, code } of commandsIn(readFileSync(join(folder, `lessons/${id}-${slug}.md`), 'utf8')))
            if (mark === 'solution') {
              const { code: exit, said } = terminal(code);
              assert.equal(exit, 0, said);
            }
          passes(id);
        });
      });

    describe('starting states', () => {
      for (const { id, projects } of lessons.slice(1))
        it(`starts lesson ${id}, builds, and keeps what was there`, () => {
          const [project = 'hello'] = projects;
          mkdirSync(join(folder, project), { recursive: true });
          writeFileSync(join(folder, project, 'mine.txt'), `own work before ${id}\n`);
          const { code, said } = shell(`make start-${id}`);
          assert.equal(code, 0, said);
          const branch = /branch (kept\/\S+)\. /.exec(said)?.[1];
          const aside = /is in (kept\/\S+) now/.exec(said)?.[1];
          const kept = branch
            ? ok('git', ['show', `${branch}:mine.txt`], join(folder, project))
            : readFileSync(join(folder, aside ?? '', 'mine.txt'), 'utf8');
          assert.equal(kept, `own work before ${id}\n`);
          for (const name of projects)
            if (existsSync(join(folder, name))) {
              assert.ok(!existsSync(join(folder, name, 'mine.txt')));
              assert.equal(ok('git', ['status', '--porcelain'], join(folder, name)), '');
              if (!existsSync(join(folder, name, 'build'))) assert.equal(shell(`make -C ${name} setup`).code, 0);
              const built = shell(`make -C ${name} build`);
              assert.equal(built.code, 0, built.said);
            }
          fails(id, 'the starting state');
        });

      it('keeps each of several folders that starts within one second put aside', () => {
        const kept = [0, 1, 2].map((run) => {
          rmSync(join(folder, 'web'), { recursive: true, force: true });
          mkdirSync(join(folder, 'web'));
          writeFileSync(join(folder, 'web/mine.txt'), `${run}`);
          const { code, said } = shell('make start-02');
          assert.equal(code, 0, said);
          return readFileSync(join(folder, /is in (kept\/\S+) now/.exec(said)?.[1] ?? '', 'mine.txt'), 'utf8');
        });
        assert.deepEqual(kept, ['0', '1', '2']);
      });
    });

    describe('make watch', () => {
      it('follows from lesson to lesson, and says so at the end', async () => {
        assert.equal(shell('make start-02').code, 0);
        assert.equal(shell('make start-03 && make setup').code, 0);
        const state = join(folder, '.workshop/state.json');
        const passed = Object.fromEntries(lessons.map(({ id }) => [id, '2026-01-01T00:00:00.000Z']));
        delete passed['03'];
        writeFileSync(state, JSON.stringify({ lesson: '03', passed }));
        const child = spawn('make', ['watch', 'TRACK=two-hours'], {
          cwd: folder,
          env: { ...environment, ...taskEnvironment() },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let said = '';
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text: string) => (said += text));
        const ended = once(child, 'exit');
        try {
          while (!said.includes('✗ Lesson 03')) await new Promise((done) => setTimeout(done, 100));
          cpSync(solutionOf('03'), folder, { recursive: true });
          await ended;
        } finally {
          child.kill();
        }
        assert.match(said, /✗ Lesson 03[\s\S]+✓ Lesson 03[\s\S]+all 5 lessons are done/);
        assert.doesNotMatch(said, /Lesson (?!03)\d\d:/, 'lessons that passed are not run again');
        assert.ok(JSON.parse(readFileSync(state, 'utf8')).passed['03']);
      });
    });
  });

describe('the slides of a workshop', function () {
  this.timeout(300_000);

  for (const locale of locales)
    it(`are built into one file that asks nothing of a network: ${locale}`, function () {
      need(this, 'make');
      const parent = mkdtempSync(join(scratch, 'slides-'));
      ok(bin(), ['workshop', 'room', '--yes', '--locale', locale], parent);
      const folder = join(parent, 'room');
      ok('make', ['slides'], folder);
      const page = readFileSync(join(folder, 'leader/slides.html'), 'utf8');
      const { length } = readdirSync(join(folder, 'lessons'));
      assert.equal(page.match(/<section /g)?.length, length + 5, 'a slide for each lesson, and five more');
      assert.match(page, /make check-08/);
      assert.doesNotMatch(page, /(?:src|href)=["']?(?:https?:)?\/\/|url\(["']?(?:https?:)?\/\/|@import|<link|<img/);
    });
});

/** `RECORD=1` writes the times, which the leader's page shows; else they are printed. */
after(() => {
  const machine = `${type()}, ${availableParallelism()} CPUs, ${Math.round(totalmem() / 2 ** 30)} GB`;
  const file = join(root, 'templates/workshop/times.json');
  const text = `${JSON.stringify({ machine, seconds }, null, 2)}\n`;
  if (process.env.RECORD) writeFileSync(file, text);
  else console.log(`\n  seconds of the commands of each lesson\n\n${text}`);
});
