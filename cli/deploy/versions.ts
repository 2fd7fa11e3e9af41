import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../cdk.ts';

/** The versions of what makes the templates and deploys them, by name. */
export function versions(): Readonly<Record<string, string>> {
  const packages = ['.', join('node_modules', 'aws-cdk'), join('node_modules', 'aws-cdk-lib')];
  return Object.fromEntries(packages.map(nameAndVersion));
}

function nameAndVersion(folder: string): readonly [string, string] {
  const { name, version } = JSON.parse(readFileSync(join(PROJECT_ROOT, folder, 'package.json'), 'utf8'));
  return [name, version];
}
