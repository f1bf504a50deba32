// A worker thread knows no TypeScript until it is told.
import { register } from 'tsx/esm/api';

register();
await import('./fuzz-worker.ts');
