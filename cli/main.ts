#!/usr/bin/env node
/** The command line: watches over the process first, then loads what the words ask for. */
import { end, fail, finish, watchOver } from './ending.js';

watchOver();
try {
  const { runCommand } = await import('./run-command.js');
  await runCommand(process.argv.slice(2));
  finish();
} catch (error) {
  fail(error);
}
end();
