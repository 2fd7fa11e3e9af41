import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { countRefused } from '../../../../lambda/rotation/aws/probes.ts';
import { closeServers } from '../../support/servers.ts';
import { type Answers, startScriptedAws } from '../support/scripted-aws.ts';

const SINCE = 1_767_225_600_000;

async function count(answers: Answers, now = () => 0) {
  const asked = await startScriptedAws(answers);
  const client = new CloudWatchLogsClient({ maxAttempts: 1 });
  return { text: await countRefused(client, '/quilt/mcp', SINCE, new AbortController().signal, now), asked };
}

const eventsOf = (number: number) => Array.from({ length: number }, (_, index) => ({ eventId: String(index) }));

afterEach(closeServers);

test('counts the refused requests of every page, also behind an empty one', async () => {
  const pages = [{ events: eventsOf(3), nextToken: '1' }, { nextToken: '2' }, { events: eventsOf(2) }];
  const { text, asked } = await count({ FilterLogEvents: ({ nextToken }) => pages[Number(nextToken ?? 0)] });
  expect(text).toBe('5 requests');
  const common = {
    logGroupName: '/quilt/mcp',
    startTime: SINCE,
    filterPattern: '{ $.event = "authentication_failed" && $.reason = "token_key_id_unknown" }',
  };
  expect(asked.map(({ input }) => input)).toEqual([
    common,
    { ...common, nextToken: '1' },
    { ...common, nextToken: '2' },
  ]);
});

test('ends a count that has no end after 20 s, and says what it knows', async () => {
  let seconds = 0;
  const page = () => {
    seconds += 0.5;
    return { events: eventsOf(4), nextToken: 'more' };
  };
  const { text, asked } = await count({ FilterLogEvents: page }, () => seconds * 1000);
  expect(text).toBe('at least 160 requests');
  expect(asked).toHaveLength(40);
});

test('says that the number is unknown, by the name of the error, and fails nothing', async () => {
  const { text } = await count({});
  expect(text).toBe('unknown (logs:FilterLogEvents failed with AccessDeniedException)');
});
