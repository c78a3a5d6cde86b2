/** The completion scripts in the shells that read them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import { binCommands } from '../../src/commands/commands.ts';
import { environment, need, scratch } from '../support/programs.ts';

const script = async (shell: string): Promise<string> => {
  const command = binCommands.find(({ name }) => name === 'completion');
  const result = await (await command?.load())?.run([shell], {
    cwd: '/',
    ask: undefined,
    program: 'generator-wasm completion',
  });
  return result?.text ?? '';
};

/** The words that a shell offers for the last word of a line. */
type Complete = (line: string) => string[];

const lines = (program: string, args: string[], cwd: string): string[] => {
  const { stdout, stderr, status } = spawnSync(program, args, {
    cwd,
    env: { ...environment, TERM: 'dumb' },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return stdout.split(/\r?\n/).filter(Boolean);
};

const shells: Record<string, (file: string, cwd: string) => Complete> = {
  // Bash splits words at the characters of COMP_WORDBREAKS, of which only the equals sign is in these lines.
  bash: (file, cwd) => (line) => {
    const words = line.split(/(=)| /).filter((word) => word !== undefined);
    const array = words.map((word) => `'${word}'`).join(' ');
    const code = `. ${file}; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _generator_wasm; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return lines('bash', ['--norc', '-euc', code], cwd);
  },
  // A pseudo terminal with a zsh whose completion prints what it adds: compadd is the builtin that all of it ends in.
  zsh: (file, cwd) => (line) => {
    const spy = [
      'autoload -Uz compinit; compinit -u -D',
      `. ${file}`,
      `compadd() { local -a all; builtin compadd -O all "$@"; print -rl -- "\${all[@]}" >>${file}.added; builtin compadd "$@" }`,
      // The line editor has the terminal once its prompt is there.
      "PS1='awaits '",
      "zstyle ':completion:*' verbose no",
      'bindkey "^I" complete-word',
      'zle -C complete-word complete-word _main_complete',
    ].join('\n');
    writeFileSync(`${file}.rc`, spy);
    const code = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell '. ${file}.rc'
      zpty -r shell answer '*awaits*'
      zpty -w -n shell "$1"$'\\t'
      zpty -w -n shell $'\\C-u'
      zpty -w shell 'print -r -- fin\\ished'
      zpty -r shell answer '*finished*'
      zpty -d shell
      [[ -e ${file}.added ]] && cat ${file}.added && rm ${file}.added
      true
    `;
    return lines('zsh', ['-fc', code, 'zsh', line], cwd);
  },
  fish: (file, cwd) => (line) =>
    lines('fish', ['--no-config', '-c', `source ${file}; complete -C ${JSON.stringify(line)}`], cwd).map(
      (offered) => offered.split('\t')[0] ?? '',
    ),
};

const ids = (key: keyof typeof axes): string[] => axes[key].map(({ id }) => id);

for (const [shell, completer] of Object.entries(shells))
  describe(`completion in ${shell}`, function () {
    this.timeout(120_000);
    let complete: Complete;
    before(async function () {
      need(this, shell);
      const cwd = mkdtempSync(join(scratch, `${shell}-`));
      const file = join(cwd, 'completion');
      writeFileSync(file, await script(shell));
      complete = completer(file, cwd);
    });
    const offers = (line: string, ...expected: string[]) =>
      it(`offers ${expected.slice(0, 3).join(', ')} after ${line}`, () => {
        const offered = complete(line).map((word) =>
          word
            .trim()
            .replace(/^--[a-z-]+=/, '')
            .replace(/^.*,/, ''),
        );
        assert.deepEqual([...new Set(offered)].sort(), [...expected].sort());
      });
    offers('generator-wasm reg', 'registry');
    offers('generator-wasm app --lang', '--language');
    offers('generator-wasm app --language ', ...ids('language'));
    offers('generator-wasm app --language=ty', 'typescript');
    offers('generator-wasm app --ci github,gi', ...(shell === 'zsh' ? ['gitlab'] : ['github', 'gitlab']));
    offers('generator-wasm ci gitl', 'gitlab');
    offers('generator-wasm host ', ...ids('host'));
    offers('generator-wasm upgrade --che', '--check');
    offers('generator-wasm list --j', '--json');
    offers('generator-wasm completion ', 'bash', 'zsh', 'fish');
    it('knows every flag of every command', async () => {
      for (const { name, load } of binCommands) {
        const { flags } = await load();
        if (name !== 'render' && Object.keys(flags).length > 0)
          assert.deepEqual(
            complete(`generator-wasm ${name} --`)
              .map((word) => word.trim())
              .filter((word) => word.startsWith('--'))
              .sort(),
            Object.keys(flags)
              .map((flag) => `--${flag}`)
              .sort(),
            name,
          );
      }
    });
  });
