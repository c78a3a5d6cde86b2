/** Replacing files as one: a failure, and a kill, at every single step. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recover, replace, undo } from '../../src/change/journal.ts';
import type { Edit } from '../../src/project/location.ts';

const before: Record<string, string> = {
  'a.txt': 'old a\n',
  'ci/old.yml': 'old\n',
  mine: 'mine\n',
  'run.sh': 'old run\n',
};
const edits: Edit[] = [
  { path: 'a.txt', data: Buffer.from('new a\n') },
  { path: 'ci/old.yml', data: undefined },
  { path: 'deep/er/new.txt', data: Buffer.from('new\n') },
  { path: 'run.sh', data: Buffer.from('new run\n'), executable: true },
];
const after: Record<string, string> = {
  'a.txt': 'new a\n',
  'deep/er/new.txt': 'new\n',
  mine: 'mine\n',
  'run.sh': 'new run\n',
};

describe('replacing files', () => {
  let folder: string;
  let root: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    root = join(folder, 'project');
    file = join(folder, 'git', 'journal.json');
    for (const [path, text] of Object.entries(before)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    chmodSync(join(root, 'a.txt'), 0o640);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The files with their texts; folders without a file end with a slash. */
  const tree = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile()) return [[path.slice(root.length + 1), readFileSync(path, 'utf8')]];
        return readdirSync(path).length === 0 ? [[`${path.slice(root.length + 1)}/`, '']] : [];
      }),
    );
  const steps = (): string[] => {
    const taken: string[] = [];
    replace(root, file, edits, (step) => taken.push(step));
    return taken;
  };

  it('makes all edits, keeps modes, and leaves no empty folder', () => {
    replace(root, file, edits);
    assert.deepEqual(tree(), after);
    assert.equal(statSync(join(root, 'a.txt')).mode & 0o777, 0o640);
    assert.ok(statSync(join(root, 'run.sh')).mode & 0o100);
    assert.equal(recover(root, file), false);
  });
  it('is undone as a whole, once', () => {
    replace(root, file, edits);
    assert.deepEqual(
      undo(root, file, false).sort(),
      edits.map(({ path }) => path),
    );
    assert.deepEqual(tree(), before);
    assert.ok(!(statSync(join(root, 'run.sh')).mode & 0o100));
    assert.throws(() => undo(root, file, false), /no change to undo/);
  });
  it('is not undone over later edits, unless told to', () => {
    replace(root, file, edits);
    writeFileSync(join(root, 'a.txt'), 'edited since\n');
    assert.throws(() => undo(root, file, false), /A file was edited since the last change: a\.txt/);
    assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), 'edited since\n');
    undo(root, file, true);
    assert.deepEqual(tree(), before);
  });
  it('is taken back when any step fails', () => {
    const count = steps().length;
    assert.ok(count > 12);
    for (let failing = 0; failing < count; failing++) {
      if (existsSync(file)) undo(root, file, false);
      let step = 0;
      const fail = () => {
        if (step++ === failing) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      };
      assert.throws(() => replace(root, file, edits, fail), /ENOSPC/);
      assert.deepEqual(tree(), before, `step ${failing}`);
    }
  });

  /** A dead process does nothing more: not even what it would do on a failure. */
  const dies = (at: number) => {
    let step = 0;
    return () => {
      if (step++ >= at) throw new Error('killed');
    };
  };
  const whole = (what: string) => {
    recover(root, file);
    const now = tree();
    const there = Object.keys(now).includes('deep/er/new.txt') ? after : before;
    assert.deepEqual(now, there, what);
  };
  it('is whole again after a kill at any step', () => {
    const count = steps().length;
    for (let killed = 0; killed < count; killed++) {
      if (existsSync(file)) undo(root, file, false);
      assert.throws(() => replace(root, file, edits, dies(killed)));
      whole(`step ${killed}`);
      assert.deepEqual(tree(), before);
    }
  });
  it('is whole again after a kill at any step of taking it back', () => {
    for (let killed = 0; ; killed++) {
      rmSync(file, { force: true });
      replace(root, file, edits);
      let ended = false;
      try {
        undo(root, file, false, dies(killed));
        ended = true;
      } catch {}
      whole(`step ${killed}`);
      if (ended) {
        assert.ok(killed > 10);
        break;
      }
      if (existsSync(file)) undo(root, file, false);
      assert.deepEqual(tree(), before);
    }
  });
  it('is whole again after a process is really killed', () => {
    const source = fileURLToPath(new URL('../../src/change/journal.ts', import.meta.url));
    const program = `
      const { replace } = await import(${JSON.stringify(source)});
      let step = 0;
      const edits = ${JSON.stringify(edits.map(({ data, ...edit }) => ({ ...edit, text: data?.toString() })))};
      replace(${JSON.stringify(root)}, ${JSON.stringify(file)},
        edits.map(({ text, ...edit }) => ({ ...edit, data: text === undefined ? undefined : Buffer.from(text) })),
        () => { if (step++ === 7) process.kill(process.pid, 'SIGKILL'); });`;
    const { signal } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
    });
    assert.equal(signal, 'SIGKILL');
    assert.notDeepEqual(tree(), before, 'it was killed in the middle');
    assert.equal(recover(root, file), true);
    assert.deepEqual(tree(), before);
  });
});
