import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CanaryReport } from '../../../contract/canary-report.ts';
import { keepReport } from '../../../lambda/canary/state-table.ts';
import { outputOf } from '../support/captured-output.ts';
import { useFakeAws } from '../support/fake-aws.ts';
import { bodyOf, closeServers, serve } from '../support/servers.ts';

afterEach(closeServers);

const REPORT: CanaryReport = {
  verdict: 'green',
  trigger: 'schedule',
  startedAt: '2026-01-31T12:00:00.000Z',
  durationMs: 1,
  attempts: 1,
  url: 'https://quilt.example.org',
  keyIds: { signing: '', accepted: [] },
  tools: [],
  tasks: { mcp: [], catalog: [] },
  services: [],
  checks: [],
};

test('keeps a report under its time for 30 days', async () => {
  const put: unknown[] = [];
  const endpoint = await serve(async (request, response) => {
    expect(request.headers['x-amz-target']).toBe('DynamoDB_20120810.PutItem');
    put.push(JSON.parse(await bodyOf(request)));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  useFakeAws(endpoint);
  expect(await outputOf(() => keepReport(new DynamoDBClient(), 'state', REPORT))).toEqual([]);
  expect(put).toEqual([
    {
      TableName: 'state',
      Item: {
        pk: { S: 'canary' },
        sk: { S: REPORT.startedAt },
        report: { S: JSON.stringify(REPORT) },
        expiresAt: { N: String(Date.parse('2026-03-02T12:00:00Z') / 1000) },
      },
    },
  ]);
});

test('a table that refuses it, and one that never answers, are logged by name', async () => {
  const refusing = await serve((_, response) => {
    response
      .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify({ __type: 'AccessDeniedException', message: 'quoted' }));
  });
  useFakeAws(refusing);
  const denied = await outputOf(() => keepReport(new DynamoDBClient(), 'state', REPORT));
  useFakeAws(await serve(() => {}));
  const silent = await outputOf(() => keepReport(new DynamoDBClient(), 'state', REPORT, 50));
  const logged = { level: 'error', message: 'report not kept', operation: 'dynamodb:PutItem', table: 'state' };
  expect([...denied, ...silent].map((line) => JSON.parse(line))).toEqual([
    { ...logged, error: 'AccessDeniedException' },
    { ...logged, error: expect.stringMatching(/Abort|Timeout/) },
  ]);
});
