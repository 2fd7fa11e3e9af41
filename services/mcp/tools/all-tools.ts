import type { Tool } from './define-tool.ts';
import { discoverBuckets } from './discover-buckets.ts';
import { jwtDiagnostics } from './jwt-diagnostics.ts';

/** Every tool of the service. */
export const TOOLS: readonly Tool[] = [discoverBuckets, jwtDiagnostics];
