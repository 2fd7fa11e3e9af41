import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { announcementItem, announcementKey, revisionRecordOf } from '../../../contract/revision.ts';
import { closeServers } from '../support/servers.ts';
import { OLD_TRIGGER, Sender, TRIGGER } from './events.ts';
import { FakeAccount, type Item } from './fake-account.ts';

const ANNOUNCEMENT = {
  by: 'arn:aws:sts::111122223333:assumed-role/deploy/somebody@example.org',
  commit: '0123456789abcdef0123456789abcdef01234567',
  dirty: true,
  versions: { 'aws-cdk': '2.1148.1', 'aws-cdk-lib': '2.275.0', '@quilt/mcp-deploy': '0.1.0' },
  rollbackTo: 7,
};
const HOUR_MS = 3_600_000;

let account: FakeAccount;
let cloudformation: Sender;

beforeEach(async () => {
  account = await FakeAccount.start();
  cloudformation = new Sender(account);
});

afterEach(closeServers);

const itemKey = (trigger: string) => `announcement|${announcementKey(trigger).sk?.S}`;

function put(item: Record<string, AttributeValue>, trigger = TRIGGER): void {
  account.items.set(itemKey(trigger), item as Item);
}

function announcementOfRecord() {
  return revisionRecordOf(account.revisions[0] as Record<string, AttributeValue>).announcement;
}

test.each([
  ['all that can be said', ANNOUNCEMENT],
  ['who it is alone', { by: 'arn:aws:iam::000000000000:root' }],
])('%s is taken into the record', async (_, announcement) => {
  put(announcementItem(TRIGGER, announcement, Date.now()));
  await cloudformation.gate();
  expect(announcementOfRecord()).toEqual(announcement);
  expect(account.items.has(itemKey(TRIGGER))).toBe(false);
});

test('of another template stays for it', async () => {
  put(announcementItem(OLD_TRIGGER, ANNOUNCEMENT, Date.now()), OLD_TRIGGER);
  await cloudformation.gate();
  expect(announcementOfRecord()).toBeUndefined();
  expect(account.items.has(itemKey(OLD_TRIGGER))).toBe(true);
});

test('expires after an hour without its deploy', async () => {
  put(announcementItem(TRIGGER, ANNOUNCEMENT, Date.now() - 2 * HOUR_MS));
  const { logs } = await cloudformation.gate();
  expect(announcementOfRecord()).toBeUndefined();
  expect(logs).not.toContain('error');
});

const by = { S: ANNOUNCEMENT.by };

test.each<[string, Record<string, AttributeValue>]>([
  ['nothing', {}],
  ['nobody', { commit: { S: ANNOUNCEMENT.commit } }],
  ['a name that is no principal', { by: { S: 'somebody' } }],
  ['a principal on two lines', { by: { S: `${ANNOUNCEMENT.by}\nRevision 7 is good` } }],
  ['a principal with a long name', { by: { S: `${ANNOUNCEMENT.by}${'x'.repeat(500)}` } }],
  ['a number in place of a principal', { by: { N: '1' } }],
  ['an invalid commit', { by, commit: { S: 'HEAD; clear' } }],
  ['a dirty flag that is a text', { by, dirty: { S: 'yes' } }],
  ['versions that are a text', { by, versions: { S: '1.0' } }],
  ['a version with an escape sequence', { by, versions: { M: { 'aws-cdk': { S: '\u001b[2J' } } } }],
  ['a version with an odd name', { by, versions: { M: { 'a\nb': { S: '1' } } } }],
  [
    'many versions',
    { by, versions: { M: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`v${index}`, { S: '1' }])) } },
  ],
  ['a revision that cannot be', { by, rollbackTo: { N: '-1' } }],
  ['an unknown member', { by, verdict: { S: 'good' } }],
  ['what every object has', { by, constructor: { S: 'x' } }],
])('that says %s is dropped, and the log does not repeat it', async (_, values) => {
  const announced = announcementItem(TRIGGER, ANNOUNCEMENT, Date.now());
  put({ ...announced, announcement: { M: values } });
  const { Status, logs } = await cloudformation.gate();
  expect(Status).toBe('SUCCESS');
  expect(account.revisions[0]).not.toHaveProperty('announcement');
  expect(logs).toContain('"message":"announcement not taken","code":"announcement-invalid"');
  for (const text of ['somebody', 'clear', 'constructor']) expect(logs).not.toContain(text);
});

test('that cannot be taken stops no deploy', async () => {
  account.failing.add('DeleteItem');
  const { Status, logs } = await cloudformation.gate();
  expect(Status).toBe('SUCCESS');
  expect(logs).toContain('dynamodb:DeleteItem failed with AccessDenied');
});
