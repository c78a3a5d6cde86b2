// Checks the Service in the cluster against the contract, through a port that kubectl forwards, or the server at URL.
// Usage: node scripts/smoke.mjs SERVICE CASES [URL]
import { spawn, spawnSync } from 'node:child_process';

const [service, cases, url] = process.argv.slice(2);
process.exitCode = url ? check(url) : await throughPort();

/** The exit code of the contract's runner. */
function check(base) {
  return spawnSync(process.execPath, ['contract/run.mjs', cases, '--url', base], { stdio: 'inherit' }).status ?? 1;
}

async function throughPort() {
  const forward = spawn('kubectl', ['port-forward', `service/${service}`, ':80'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  forward.on('error', ({ message }) => console.error(`kubectl cannot be started (${message}). See: make doctor`));
  try {
    let said = '';
    for await (const text of forward.stdout) {
      said += text;
      const [, address] = /Forwarding from (127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (address) return check(`http://${address}`);
    }
    return 1;
  } finally {
    forward.kill();
  }
}
