// Stands in for `kubectl port-forward` to a Pod under runwasi's shim: relays to HOST:PORT. With `breaks` it ends at its
// fifth connection, before the answer, as kubectl does when the connection to the Pod is lost.
// Usage: node port-forward.mjs HOST:PORT [breaks]
import { connect, createServer } from 'node:net';

const [address, breaks] = process.argv.slice(2);
const [host, port] = address.split(':');
let connections = 0;
const server = createServer((client) => {
  connections += 1;
  if (breaks && connections === 5) {
    client.once('data', () => {
      console.error('error: lost connection to pod');
      process.exit(1);
    });
    return;
  }
  const pod = connect(Number(port), host);
  for (const one of [client, pod]) one.on('error', () => {});
  client.pipe(pod).pipe(client);
}).listen(0, '127.0.0.1', () => console.log(`Forwarding from 127.0.0.1:${server.address().port} -> 8080`));
