// Worker threads begin without a loader of TypeScript: this one brings it, then becomes the worker.
import { register } from 'tsx/esm/api';

register();
await import('./fleet-worker.ts');
