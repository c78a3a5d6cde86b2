/** Many requests in a short time: on kept connections, without an HTTP client, which takes longer than the server. */
import { connect } from 'node:net';

const clients = 20;

/** Sends requests that each have a body of their own, 20 at once; returns how many answers are wrong. /cat answers with the body. */
export async function hammer(url: string, path: string, count: number): Promise<number> {
  let next = 0;
  let wrong = 0;
  const client = async () => {
    let number = next++;
    if (number >= count) return;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const send = () => {
      const body = `content-type: a/b\n\n${number}`;
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    };
    send();
    for await (const said of socket) {
      const isRight =
        String(said).startsWith('HTTP/1.1 200') && (path !== '/cat' || String(said).endsWith(`\n${number}`));
      if (!isRight) wrong++;
      number = next++;
      if (number >= count) return;
      send();
    }
    throw new Error(`${path} got no answer to request ${number}: the server closed the connection`);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return wrong;
}
