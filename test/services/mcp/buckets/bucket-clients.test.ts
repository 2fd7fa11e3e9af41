import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/bundled-service.ts';

test('clients of AWS are made in two places only: one asks STS, one is given its credentials (B13)', () => {
  const services = join(ROOT, 'services');
  const files = readdirSync(services, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && /new \w+Client\(/.test(readFileSync(join(services, file), 'utf8')),
  );
  expect(files.sort()).toEqual(['mcp/buckets/assume-data-role.ts', 'mcp/buckets/bucket-clients.ts']);
});
