// preloaded by `bench/sections/limits.ts`: says on the third extra channel the process's largest resident memory, in kB
const { writeSync } = require('node:fs');

process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
