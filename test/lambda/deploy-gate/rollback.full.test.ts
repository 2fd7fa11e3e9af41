/** Every death of the gate's function, of which rollback.test.ts tries some. */
import { closeServers } from '../support/servers.ts';
import { DEATHS, expectCleanRollback, expectSecondDelivery, FIRST_DEATHS } from './deaths.ts';
import { Sender } from './events.ts';
import { FakeAccount } from './fake-account.ts';

afterAll(closeServers);

const MANY_RUNS_MS = 300_000;

test.each([
  ['a rollback leaves neither a lock nor an open revision, and the next deploy works', DEATHS, expectCleanRollback],
  ['the second delivery ends the deploy as the first one would have', FIRST_DEATHS, expectSecondDelivery],
])(
  'wherever it dies, %s',
  async (_what, deaths, expectGoodEnd) => {
    const account = await FakeAccount.start();
    const cloudformation = new Sender(account);
    for (const death of deaths) {
      await expectGoodEnd(account, cloudformation, death).catch((cause: unknown) => {
        throw new Error(`It did not hold for ${JSON.stringify(death)}.`, { cause });
      });
    }
  },
  MANY_RUNS_MS,
);
