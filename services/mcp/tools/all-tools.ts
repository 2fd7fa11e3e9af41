import { bucketObjectInfo } from './bucket-object-info.ts';
import { bucketObjectLink } from './bucket-object-link.ts';
import { bucketObjectText } from './bucket-object-text.ts';
import { bucketObjectsList } from './bucket-objects-list.ts';
import { bucketObjectsPut } from './bucket-objects-put.ts';
import type { Tool } from './define-tool.ts';
import { discoverBuckets } from './discover-buckets.ts';
import { jwtDiagnostics } from './jwt-diagnostics.ts';
import { listAvailableResources } from './list-available-resources.ts';
import { packageBrowse } from './package-browse.ts';
import { packagesList } from './packages-list.ts';
import { sessionDiagnostics } from './session-diagnostics.ts';
import { validateJwtToken } from './validate-jwt-token.ts';

/** Every tool of the service, in the order that clients see. */
export const TOOLS: readonly Tool[] = [
  listAvailableResources,
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
  jwtDiagnostics,
];
