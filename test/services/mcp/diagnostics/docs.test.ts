import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as metricNames from '../../../../contract/metrics.ts';
import { REASONS } from '../../support/reasons.ts';

const lines = readFileSync(join(__dirname, '../../../../docs/mcp-logs.md'), 'utf8').split('\n');

/** Code cells in which the tables under a heading begin, with the rest of their rows. */
function rowsUnder(heading: string): ReadonlyMap<string, readonly string[]> {
  const level = heading.split(' ', 1)[0] ?? '';
  const start = lines.indexOf(heading);
  expect(start).toBeGreaterThan(-1);
  const length = lines
    .slice(start + 1)
    .findIndex((line) => /^#+ /.test(line) && (line.split(' ', 1)[0] ?? '') <= level);
  const section = lines.slice(start, length === -1 ? undefined : start + 1 + length);
  const rows = section.flatMap((line) => {
    const [, name = '', rest = ''] = /^\| `(\w+)` *\|(.*)\|$/.exec(line) ?? [];
    return name === '' ? [] : [[name, rest.split('|').map((cell) => cell.trim())] as const];
  });
  expect(rows.map(([name]) => name)).toEqual([...new Set(rows.map(([name]) => name))]);
  return new Map(rows);
}

test('the documentation has each reason code once, and no other', () => {
  expect([...rowsUnder('## Reason codes').keys()].sort()).toEqual([...REASONS].sort());
});

test('each reason code has its meaning and its remedy', () => {
  for (const cells of rowsUnder('## Reason codes').values()) expect(cells).not.toContain('');
});

test('the documentation has each metric once, and no other', () => {
  const { MCP_NAMESPACE, TRUST_NAMESPACE: _, SECRET_REPAIRED: __, SECRET_AGE_DAYS: ___, ...metrics } = metricNames;
  expect([...rowsUnder('## Metrics').keys()].sort()).toEqual(Object.values(metrics).sort());
  expect(lines.join('\n')).toContain(`Namespace \`${MCP_NAMESPACE}\``);
});

test('every link leads to a heading', () => {
  const anchors = lines.flatMap((line) => /^##+ (.+)/.exec(line)?.[1]?.toLowerCase().replaceAll(' ', '-') ?? []);
  const links = lines.flatMap((line) => [...line.matchAll(/\]\(#([^)]+)\)/g)]).map(([, anchor]) => anchor);
  expect(links).not.toHaveLength(0);
  expect(anchors).toEqual(expect.arrayContaining(links));
});
