import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeServers } from '../../lambda/support/servers.ts';
import { rollBack } from '../change/support/roll-back.ts';
import { FakeAccount } from './support/fake-account.ts';
import { revision } from './support/records.ts';

const DOCS = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'rollback.md'), 'utf8');

/** Whose operations they are; everybody may ask who is calling. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  cloudformation: [
    'CreateChangeSet',
    'DeleteChangeSet',
    'DescribeChangeSet',
    'DescribeStackEvents',
    'DescribeStacks',
    'ExecuteChangeSet',
    'ListChangeSets',
  ],
  dynamodb: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
  ecr: ['BatchGetImage'],
  s3: ['GetObject', 'PutObject'],
  ssm: ['GetParameter'],
  states: ['DescribeExecution'],
  sts: ['GetCallerIdentity'],
};
/** In the caller's name: the version of a template, and the parameters of a stack. */
const BY_CLOUDFORMATION = ['s3:GetObjectVersion', 'ssm:GetParameters'];

afterEach(closeServers);

test('the policy in the docs allows what a rollback does, and no more', async () => {
  const account = await FakeAccount.start();
  account.remember(revision(1), revision(2));
  const owner = { S: 'arn:aws:states:us-east-1:111122223333:execution:quilt-rotation:one' };
  const rotation = { pk: { S: 'rotation' }, sk: { S: '-' }, phase: { S: 'testSecret' }, execution: owner };
  account.items.set('rotation|-', rotation);
  await rollBack(account);
  account.items.delete('rotation|-');
  account.onExecute = () => account.comesTo('UPDATE_ROLLBACK_COMPLETE');
  await rollBack(account);
  await rollBack(account, { dryRun: true });

  const { Statement } = JSON.parse(/```json\n(?<policy>.*?)```/s.exec(DOCS)?.groups?.policy ?? '{}');
  const allowed = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
  const done = account.operations.map((operation) => {
    const service = Object.keys(SERVICES).find((name) => SERVICES[name]?.includes(operation));
    return `${service}:${operation}`;
  });
  const needed = done.filter((action) => action !== 'sts:GetCallerIdentity');
  expect([...new Set(allowed)].sort()).toEqual([...new Set([...needed, ...BY_CLOUDFORMATION])].sort());
});
