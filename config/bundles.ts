import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from './errors.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * The absolute path of a file that the build makes.
 *
 * @param file - path below the project
 * @throws ConfigurationError when it was not built
 */
export function builtFile(file: string): string {
  const path = join(ROOT, file);
  if (existsSync(path)) return path;
  throw new ConfigurationError([
    { file, key: '(the whole file)', rule: 'It is made by the build and does not exist', remedy: 'Run npm run build' },
  ]);
}

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
