// What lessons 2 and 5 ask of a web handler.
import { anyName, expectAnswer } from './lib.mjs';

export async function takesLeave(module, look) {
  const name = anyName();
  const query = `name=${encodeURIComponent(name)}`;
  await expectAnswer(module, `/bye?${query}`, 200, `Goodbye, ${name}!\n`, look);
  await expectAnswer(module, `/bye?x=1&${query.replaceAll('%20', '+')}`, 200, `Goodbye, ${name}!\n`, look);
  await expectAnswer(module, '/bye', 200, 'Goodbye, world!\n', look);
  await expectAnswer(module, `/?${query}`, 200, `Hello, ${name}!\n`, look);
  await expectAnswer(module, '/goodbye', 404, 'Not Found\n', look);
}
