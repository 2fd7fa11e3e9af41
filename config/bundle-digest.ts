import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { builtFile } from './built-file.ts';

/**
 * The SHA-256 of a service as it is built in this clone, which stands for the digest of its image where no image is made.
 *
 * @param service - folder of the service below services/
 * @returns 64 hexadecimal digits
 * @throws ConfigurationError when the service is not built
 */
export function bundleDigest(service: 'catalog' | 'mcp'): string {
  return createHash('sha256')
    .update(readFileSync(builtFile(`services/${service}/dist/server.mjs`)))
    .digest('hex');
}
