import { existsSync } from 'node:fs';
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
