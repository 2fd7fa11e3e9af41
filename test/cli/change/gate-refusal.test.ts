import { gateRefusal, newestEventId } from '../../../cli/change/stack-events.ts';
import { closeServers } from '../../lambda/support/servers.ts';
import { scriptedAws } from '../preflight/support/scripted-aws.ts';

afterEach(closeServers);

const event = (EventId: string, ResourceType: string, ResourceStatus: string, ResourceStatusReason = '') => ({
  StackId: 'one',
  StackName: 'quilt-services',
  Timestamp: '2026-01-01T00:00:00Z',
  EventId,
  ResourceType,
  ResourceStatus,
  ResourceStatusReason,
});

const REFUSAL =
  'Received response status [FAILED] from custom resource. Message returned: lock-held: Wait. (RequestId: 0a-1b)';
const OLD = event('2', 'Custom::DeployGate', 'UPDATE_FAILED', 'an old refusal');
const LAST = event('3', 'AWS::CloudFormation::Stack', 'UPDATE_ROLLBACK_COMPLETE');

test.each([
  ['the reason of a refusal, without what CloudFormation writes around it', REFUSAL, 'lock-held: Wait.'],
  ['as it stands, where it is written otherwise', 'lock-held: Wait.', 'lock-held: Wait.'],
])('%s', async (_, reason, expected) => {
  const refused = event('5', 'Custom::DeployGate', 'UPDATE_FAILED', reason);
  const { clients } = await scriptedAws({
    DescribeStackEvents: { StackEvents: [event('6', 'AWS::ECS::Service', 'UPDATE_COMPLETE'), refused, LAST, OLD] },
  });
  expect(await gateRefusal(clients.cloudformation, 'quilt-services', '3')).toBe(expected);
});

test('ignores refusals of earlier deployments and failures of other resources', async () => {
  const failed = event('5', 'AWS::ECS::Service', 'UPDATE_FAILED', 'circuit breaker');
  const { clients } = await scriptedAws({ DescribeStackEvents: { StackEvents: [failed, LAST, OLD] } });
  expect(await newestEventId(clients.cloudformation, 'quilt-services')).toBe('5');
  expect(await gateRefusal(clients.cloudformation, 'quilt-services', '3')).toBeUndefined();
});

test('finds no refusal for a stack that does not exist', async () => {
  const { clients } = await scriptedAws({ DescribeStackEvents: { error: 'ValidationError' } });
  expect(await gateRefusal(clients.cloudformation, 'quilt-services', undefined)).toBeUndefined();
});
