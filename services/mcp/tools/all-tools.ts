import { bucketObjectInfo } from './bucket-object-info.ts';
import { bucketObjectLink } from './bucket-object-link.ts';
import { bucketObjectText } from './bucket-object-text.ts';
import { bucketObjectsList } from './bucket-objects-list.ts';
import { bucketObjectsPut } from './bucket-objects-put.ts';
import type { Tool } from './define-tool.ts';
import { discoverBuckets } from './discover-buckets.ts';
import { createJwtDiagnostics } from './jwt-diagnostics.ts';
import { createListAvailableResources } from './list-available-resources.ts';
import { packageBrowse } from './package-browse.ts';
import { packagesList } from './packages-list.ts';
import { sessionDiagnostics } from './session-diagnostics.ts';
import { validateJwtToken } from './validate-jwt-token.ts';

const MOST: readonly Tool[] = [
  discoverBuckets,
  bucketObjectsList,
  bucketObjectInfo,
  bucketObjectText,
  bucketObjectLink,
  bucketObjectsPut,
  packagesList,
  packageBrowse,
  validateJwtToken,
  sessionDiagnostics,
];
const OTHERS: readonly Tool[] = [...MOST, createJwtDiagnostics(MOST)];

/** Every tool of the service. */
export const TOOLS: readonly Tool[] = [createListAvailableResources(OTHERS), ...OTHERS];
