// preloaded by `bench/sections/limits.ts`: says on the third extra channel the process's largest resident memory, in kB
const { readFileSync, writeSync } = require('node:fs');

/** Of this program alone: getrusage counts what the process was before it became this program, its parent's copy. */
function largest() {
  try {
    return /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  } catch {
    return String(process.resourceUsage().maxRSS);
  }
}

process.on('exit', () => writeSync(3, largest()));
