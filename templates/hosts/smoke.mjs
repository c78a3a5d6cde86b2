// Holds what the cluster serves to the contract: kubectl forwards a free port of this machine to the Service.
// Usage: node scripts/smoke.mjs SERVICE CASES [URL], to ask URL instead
import { spawn, spawnSync } from 'node:child_process';

const [service, cases, url] = process.argv.slice(2);
process.exitCode = url ? holds(url) : await throughPort();

/** The exit code of the contract's runner. */
function holds(base) {
  return spawnSync(process.execPath, ['contract/run.mjs', cases, '--url', base], { stdio: 'inherit' }).status ?? 1;
}

async function throughPort() {
  const forward = spawn('kubectl', ['port-forward', `service/${service}`, ':80'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  forward.on('error', ({ message }) => console.error(`kubectl cannot be run (${message}). See: make doctor`));
  try {
    let said = '';
    for await (const text of forward.stdout) {
      said += text;
      const [, address] = /Forwarding from (127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (address) return holds(`http://${address}`);
    }
    return 1;
  } finally {
    forward.kill();
  }
}
