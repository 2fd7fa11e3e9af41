import { announce, takeBack, triggerOf } from '../../../cli/change/announcement.ts';
import { announcementMap } from '../../../contract/revision.ts';
import { closeServers } from '../../lambda/support/servers.ts';
import { scriptedAws } from '../preflight/support/scripted-aws.ts';

const ANNOUNCEMENT = { by: 'arn:alice', commit: 'c0ffee', dirty: true, versions: { 'aws-cdk': '2.0.0' } };

afterEach(closeServers);

test('an announcement is for the one template that is about to be deployed, and for an hour', async () => {
  const { clients, asked } = await scriptedAws({ PutItem: {} });
  await announce({ dynamodb: clients.dynamodb, stateTable: 'the-table', trigger: 'the-trigger' }, ANNOUNCEMENT, 5_000);
  expect(asked.map(({ input }) => input)).toEqual([
    {
      TableName: 'the-table',
      Item: {
        pk: { S: 'announcement' },
        sk: { S: 'the-trigger' },
        announcement: announcementMap(ANNOUNCEMENT),
        expiresAt: { N: '3605' },
      },
    },
  ]);
});

test('only an announcement that is still there, and ours, is taken back', async () => {
  const { clients, asked } = await scriptedAws({ DeleteItem: { error: 'ConditionalCheckFailedException' } });
  await takeBack({ dynamodb: clients.dynamodb, stateTable: 'the-table', trigger: 'the-trigger' }, ANNOUNCEMENT);
  expect(asked[0]?.input).toMatchObject({
    Key: { pk: { S: 'announcement' }, sk: { S: 'the-trigger' } },
    ConditionExpression: 'announcement = :ours',
    ExpressionAttributeValues: { ':ours': announcementMap(ANNOUNCEMENT) },
  });
});

test('a template is told by the trigger of its deploy gate; one without a gate is none of the services', () => {
  const gate = { Type: 'Custom::DeployGate', Properties: { Trigger: 'the-trigger' } };
  expect(triggerOf({ Resources: { Gate: gate, Other: { Type: 'AWS::ECS::Service' } } })).toBe('the-trigger');
  expect(() => triggerOf({ Resources: {} })).toThrow('has no deploy gate');
});
