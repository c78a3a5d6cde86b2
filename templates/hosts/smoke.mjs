// Checks the Service in the cluster against the contract, through a port that kubectl forwards, or the server at URL.
// Usage: node scripts/smoke.mjs SERVICE CASES [URL], with CONTEXT and NAMESPACE in the environment
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

const [service, cases, url] = process.argv.slice(2);
const { CONTEXT, NAMESPACE } = process.env;
process.exitCode = url ? await check(url) : await throughPort();

/** The exit code of the contract's runner. */
async function check(base) {
  const runner = spawn(process.execPath, ['contract/run.mjs', cases, '--url', base], { stdio: 'inherit' });
  return await new Promise((done) => runner.on('exit', (code) => done(code ?? 1)));
}

/** kubectl ends when a connection to a Pod breaks. This server starts it again and repeats a request that got no answer. */
async function throughPort() {
  let forward = start();
  const server = createServer((client) => {
    const sent = [];
    let answer;
    let answered = false;
    let tries = 0;
    const open = async () => {
      tries += 1;
      const port = await forward.port;
      if (!port || tries > 5) return client.destroy();
      const current = connect(port, '127.0.0.1');
      answer = current;
      for (const chunk of sent) current.write(chunk);
      current.on('error', () => {});
      current.on('data', (chunk) => {
        answered = true;
        client.write(chunk);
      });
      current.on('close', async () => {
        if (answered || client.destroyed) return client.end();
        await new Promise((done) => setTimeout(done, 200));
        if (forward.ended) forward = start();
        open();
      });
    };
    client.on('data', (chunk) => {
      sent.push(chunk);
      answer?.write(chunk);
    });
    client.on('error', () => {});
    client.on('close', () => answer?.destroy());
    open();
  });
  try {
    if (!(await forward.port)) return 1;
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    return await check(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
    forward.stop();
  }
}

/** Starts kubectl. `port` is undefined if it ends before it forwards one. */
function start() {
  const words = ['--context', CONTEXT, '--namespace', NAMESPACE, 'port-forward', `service/${service}`, ':80'];
  const kubectl = spawn('kubectl', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const forward = { ended: false, stop: () => kubectl.kill() };
  forward.port = new Promise((done) => {
    let said = '';
    kubectl.stdout.on('data', (text) => {
      said += text;
      const [, port] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (port) done(Number(port));
    });
    kubectl.on('error', ({ message }) => console.error(`kubectl cannot be started (${message}). See: make doctor`));
    kubectl.on('close', () => {
      forward.ended = true;
      done(undefined);
    });
  });
  return forward;
}
