import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { announcementItem } from '../../../contract/revision.ts';
import { closeServers } from '../support/servers.ts';
import { Sender, TRIGGER } from './events.ts';
import { FakeAccount, type Item } from './fake-account.ts';

const BY = 'arn:aws:iam::111122223333:user/somebody';

afterEach(closeServers);

/** An account with an announced deploy, and its deployer. */
async function start() {
  const account = await FakeAccount.start();
  const announcement: Record<string, AttributeValue> = announcementItem(TRIGGER, { by: BY }, Date.now());
  account.items.set(`announcement|${TRIGGER}`, announcement as Item);
  return { account, cloudformation: new Sender(account) };
}

/** How many calls a deploy makes from its first event to its verdict. */
async function callsOfDeploy(): Promise<number> {
  const { account, cloudformation } = await start();
  expect(await cloudformation.gate()).toMatchObject({ Status: 'SUCCESS' });
  expect(await cloudformation.verdict()).toMatchObject({ Status: 'SUCCESS' });
  return account.calls;
}

/** The numbers of records that name a template which is not there, or is not that one. */
function wrongTemplates({ revisions, objects }: FakeAccount): readonly (string | undefined)[] {
  return revisions.flatMap(({ template, number }) => {
    if (template === undefined) return [];
    const text = objects.get(template.M?.key?.S ?? '') ?? '';
    const isThere = createHash('sha256').update(text).digest('hex') === template.M?.sha256?.S;
    return isThere ? [] : [number?.N];
  });
}

/*
 * A function that dies sends no response. No rollback reaches the gate here either, as when CloudFormation has lost the stack: the
 * next deploy is then all that sets the records right.
 */
test.each(['before', 'after'] as const)(
  'a deploy that dies %s any of its calls leaves nothing open and nothing untrue to the next one',
  async (when) => {
    const calls = await callsOfDeploy();
    expect(calls).toBeGreaterThan(15);
    for (let call = 1; call <= calls; call += 1) {
      const { account, cloudformation } = await start();
      account.crash = { call, when };
      const { Status } = await cloudformation.gate();
      await cloudformation.verdict();
      const given = Number(account.items.get('revision|last')?.number?.N ?? 0);
      const written = account.verdicts;
      const wrong = [wrongTemplates(account)];

      account.revive();
      await cloudformation.gate();
      await cloudformation.verdict();
      wrong.push(wrongTemplates(account));
      const found = {
        call,
        admittedWithoutRecord: Status === 'SUCCESS' && written.length === 0,
        verdicts: account.verdicts,
        next: account.revisions.at(-1)?.number?.N,
        wrong,
        lock: account.lock,
      };
      // A verdict that was written holds, and what was open has failed.
      const closed = written.map((verdict) => (verdict === 'open' ? 'failed' : verdict));
      expect(found).toEqual({
        call,
        admittedWithoutRecord: false,
        verdicts: [...closed, 'good'],
        next: String(given + 1),
        wrong: [[], []],
        lock: undefined,
      });
      await closeServers();
    }
  },
  120_000,
);
