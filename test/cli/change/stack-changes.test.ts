import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { changesOf } from '../../../cli/change/stack-changes.ts';

const SERVICE = 'AWS::ECS::Service';

function detail(Name: string, RequiresRecreation: 'Always' | 'Conditionally' | 'Never', more: object = {}) {
  return { Target: { Attribute: 'Properties' as const, Name, RequiresRecreation }, ...more };
}

/** CloudFormation knows of a reference to a replaced resource only that it may change. */
const OF_TASK_DEFINITION = {
  Evaluation: 'Dynamic' as const,
  ChangeSource: 'ResourceReference' as const,
  CausingEntity: 'McpDefinition',
};

test.each<[string, ResourceChange, string, boolean]>([
  ['an addition', { Action: 'Add', ResourceType: SERVICE }, 'add', false],
  ['an import', { Action: 'Import', ResourceType: SERVICE }, 'add', false],
  ['a change in place', { Action: 'Modify', ResourceType: SERVICE, Replacement: 'False' }, 'change', false],
  ['a replacement', { Action: 'Modify', ResourceType: SERVICE, Replacement: 'True' }, 'replace', true],
  ['a removal', { Action: 'Remove', ResourceType: SERVICE }, 'remove', true],
  ['a removal that keeps it', { Action: 'Remove', ResourceType: SERVICE, PolicyAction: 'Retain' }, 'remove', true],
  ['what CloudFormation cannot foresee', { Action: 'Dynamic', ResourceType: SERVICE }, 'may replace', true],
  ['a replaced task definition', definition({ Action: 'Modify', Replacement: 'True' }), 'replace', false],
  ['a removed task definition', definition({ Action: 'Remove' }), 'remove', false],
  ['the gate', { Action: 'Modify', ResourceType: 'Custom::DeployGate', Replacement: 'Conditional' }, 'change', false],
  [
    'a service whose task definition is replaced',
    conditional(detail('TaskDefinition', 'Never', OF_TASK_DEFINITION)),
    'change',
    false,
  ],
  [
    'a service of which something else may replace it',
    conditional(detail('TaskDefinition', 'Never', OF_TASK_DEFINITION), detail('Cluster', 'Always')),
    'may replace',
    true,
  ],
  ['a condition that nobody explains', conditional(), 'may replace', true],
])('%s', (_, change, effect, needsPermission) => {
  expect(changesOf([{ Type: 'Resource', ResourceChange: change }])).toEqual([
    expect.objectContaining({ effect, needsPermission }),
  ]);
});

function definition(change: ResourceChange): ResourceChange {
  return { ...change, ResourceType: 'AWS::ECS::TaskDefinition' };
}

function conditional(...Details: ReturnType<typeof detail>[]): ResourceChange {
  return { Action: 'Modify', ResourceType: SERVICE, Replacement: 'Conditional', Details };
}

test('names each changed property or attribute once', () => {
  const Details = [detail('Cpu', 'Always'), detail('Cpu', 'Always'), { Target: { Attribute: 'Tags' as const } }];
  const change = { Action: 'Modify' as const, LogicalResourceId: 'It', Replacement: 'True' as const, Details };
  expect(changesOf([{ Type: 'Resource', ResourceChange: change }])).toEqual([
    expect.objectContaining({ resource: 'It', because: ['Cpu', 'Tags'] }),
  ]);
});
