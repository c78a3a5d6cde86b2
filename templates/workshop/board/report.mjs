// Tells the progress board of a check, where the participant has joined one.
import { existsSync, readFileSync } from 'node:fs';

/** Sends one result. Never throws; waits a second at most; gives back a sentence where the board did not take it. */
export async function report({ lesson, passed }) {
  if (!existsSync('.workshop/board.json')) return undefined;
  const { locale } = JSON.parse(readFileSync('workshop.json', 'utf8'));
  const messages = JSON.parse(readFileSync(new URL(`../text/${locale}/board.json`, import.meta.url), 'utf8'));
  try {
    const { board, code, name } = JSON.parse(readFileSync('.workshop/board.json', 'utf8'));
    const response = await fetch(new URL('/report', board), {
      method: 'POST',
      body: JSON.stringify({ code, name, lesson, passed }),
      redirect: 'error',
      signal: AbortSignal.timeout(1000),
    });
    if (response.ok) return undefined;
    return response.status === 403 ? messages.refused : messages.notTaken;
  } catch {
    return messages.away;
  }
}
