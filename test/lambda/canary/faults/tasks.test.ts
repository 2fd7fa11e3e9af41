import { generateSecret } from '../../../../auth/generate-secret.ts';
import { type Account, startAccount, trustOf } from '../account.ts';
import { closeDeployments, type Rewrite, startDeployment } from '../deployment.ts';
import { type Expected, expectFaults, headerGone, isMcp } from './injected.ts';

const stranger = generateSecret();
let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeDeployments);

describe('tasks that differ are answered by their own name', () => {
  test('one MCP task still holds a key more', async () => {
    const both = await trustOf(account.secret, stranger);
    const { origin } = await startDeployment({ mcp: [account.trust, both], catalog: [account.trust] });
    await expectFaults(origin, {
      'tasks-agree': /^tasks-disagree: mcp task \S+ has .*; mcp task \S+ has .*\. Some/,
      'tasks-hold-parameters':
        /^tasks-outdated: mcp task \S+ has \S+, \S+; the parameters have \S+\. It started before/,
    });
  });

  test('two catalog tasks sign with different keys', async () => {
    const [both, turned] = [await trustOf(account.secret, stranger), await trustOf(stranger, account.secret)];
    account.put(both.MCP_ENHANCED_JWT_SECRET, both.MCP_ENHANCED_JWT_KEYS);
    account.aws.services.set('catalog-service', { running: 2, desired: 2 });
    const { origin } = await startDeployment({ mcp: [both, both], catalog: [both, turned] });
    await expectFaults(origin, {
      'tasks-agree': /^tasks-disagree: catalog task /,
      'tasks-hold-parameters': /^tasks-outdated: catalog task /,
    });
  });

  test('the catalog signs with a key that MCP does not accept', async () => {
    const { origin } = await startDeployment({
      mcp: [account.trust, account.trust],
      catalog: [await trustOf(stranger)],
    });
    await expectFaults(origin, {
      'key-ids-agree': /^key-mismatch: /,
      'tasks-hold-parameters': /^tasks-outdated: catalog task /,
    });
  });

  test.each<[string, () => void, RegExp]>([
    [
      'a task that never answers',
      () => account.aws.services.set('mcp-service', { running: 3, desired: 3 }),
      /^tasks-unseen: ECS runs 3 tasks of the mcp service; 2 answered in \d+ requests/,
    ],
    [
      'no task that ECS knows of',
      () => account.aws.services.set('catalog-service', { running: 0, desired: 2 }),
      /^no-tasks: ECS runs no task of the catalog service/,
    ],
    [
      'a service that ECS does not know',
      () => account.aws.services.delete('mcp-service'),
      /^not-provable: ECS did not report how many tasks the mcp service runs/,
    ],
  ])('%s', async (_, arrange, reason) => {
    arrange();
    const { origin } = await account.start();
    await expectFaults(origin, { 'all-tasks-seen': reason });
  });

  test.each<[string, Rewrite, Expected]>([
    [
      'an MCP service that names no task',
      headerGone(isMcp, 'x-quilt-task', 'x-quilt-key-ids'),
      {
        'all-tasks-seen': /^not-provable: responses of the mcp service do not name their task/,
        'every-key-accepted': /^not-provable: responses of the mcp service do not name their task/,
        'tasks-agree': /^not-provable: responses of the mcp service/,
        'key-ids-agree': /^not-provable: responses of the mcp service/,
        'tasks-hold-parameters': /^not-provable: responses of the mcp service/,
      },
    ],
    [
      'a catalog that names no keys',
      headerGone((asked) => !isMcp(asked), 'x-quilt-key-ids'),
      {
        'tasks-agree': /^not-provable: responses of the catalog service/,
        'key-ids-agree': /^not-provable: responses of the catalog service/,
        'tasks-hold-parameters': /^not-provable: responses of the catalog service/,
      },
    ],
  ])('%s', async (_, rewrite, expected) => {
    const { origin } = await account.start({ rewrite });
    await expectFaults(origin, expected);
  });
});
