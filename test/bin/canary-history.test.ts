import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { canaryHistoryTable, howMany, readHistory } from '../../cli/canary.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { bodyOf, closeServers, serve, unusedOrigin } from '../lambda/support/servers.ts';

const REPORT: CanaryReport = {
  verdict: 'green',
  trigger: 'schedule',
  startedAt: '2026-01-02T03:04:05.678Z',
  durationMs: 900,
  attempts: 1,
  url: 'https://quilt.example.org',
  keyIds: { signing: '', accepted: [] },
  tools: [],
  tasks: { mcp: [], catalog: [] },
  services: [],
  checks: [{ name: 'parameters-valid', verdict: 'pass', durationMs: 3 }],
};

const RED: CanaryReport = {
  ...REPORT,
  verdict: 'red',
  trigger: 'deploy',
  startedAt: '2026-01-02T03:09:05.678Z',
  checks: [
    { name: 'catalog-reachable', verdict: 'fail', durationMs: 3, reason: 'unreachable' },
    { name: 'key-ids-agree', verdict: 'fail', durationMs: 3, reason: 'they do not' },
    { name: 'tool-call-with-token', verdict: 'skipped', durationMs: 0, reason: 'needs another' },
    { name: 'no-token-refused', verdict: 'tolerated', durationMs: 3, reason: 'accepted' },
  ],
};

afterEach(closeServers);

function clientsOf(endpoint: string) {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'not-a-credential' };
  const options = { endpoint, region: 'us-east-1', maxAttempts: 1, credentials };
  return { dynamodb: new DynamoDBClient(options), ssm: new SSMClient(options) };
}

test('shows time, trigger, verdict and failed checks of each report', () => {
  expect(canaryHistoryTable([RED, REPORT])).toBe(
    [
      '  TIME                      TRIGGER   VERDICT  FAILED                            TOLERATED',
      '  2026-01-02T03:09:05.678Z  deploy    ✘ red    catalog-reachable, key-ids-agree  no-token-refused',
      '  2026-01-02T03:04:05.678Z  schedule  ✔ green  –                                 –',
    ].join('\n'),
  );
});

test('says so when there is no report', () => {
  expect(canaryHistoryTable([])).toBe('The canary has not run yet.');
});

test('reads the newest reports first, from the table that Foundation names', async () => {
  const asked: unknown[] = [];
  const origin = await serve(async (request, response) => {
    const input = JSON.parse(await bodyOf(request));
    asked.push(input);
    const output = String(request.headers['x-amz-target']).startsWith('AmazonSSM')
      ? { Parameter: { Name: input.Name, Value: 'the-table' } }
      : { Items: [RED, REPORT].map((report) => ({ report: { S: JSON.stringify(report) } })) };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(output));
  });
  expect(await readHistory(clientsOf(origin), 'quilt', 2)).toEqual([RED, REPORT]);
  expect(asked).toEqual([
    { Name: '/quilt/foundation/v1/state-table-name' },
    expect.objectContaining({
      TableName: 'the-table',
      ExpressionAttributeValues: { ':canary': { S: 'canary' } },
      ScanIndexForward: false,
      Limit: 2,
    }),
  ]);
});

test('exits with 4 when AWS is unreachable', async () => {
  const reading = readHistory(clientsOf(await unusedOrigin()), 'quilt', 2);
  await expect(reading).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining('Could not read') });
});

test('--last defaults to ten reports', () => {
  expect([howMany(true), howMany('1'), howMany('288')]).toEqual([10, 1, 288]);
  for (const wrong of ['0', '-1', '1.5', 'many', '289']) expect(() => howMany(wrong)).toThrow(/whole number from 1/);
});
