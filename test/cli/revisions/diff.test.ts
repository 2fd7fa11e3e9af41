import { diffText } from '../../../cli/revisions/diff.ts';
import { parseTemplate } from '../../../cli/revisions/template.ts';
import { diffTemplates, type EntryDifference } from '../../../cli/revisions/template-diff.ts';
import { image, servicesTemplate, type TemplateOptions } from './support/template.ts';

const template = (options: TemplateOptions = {}) => parseTemplate(JSON.stringify(servicesTemplate(options)));
const metadata = (analytics: string) => ({
  resources: { CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: analytics } } },
});

const textOf = (entries: readonly EntryDifference[]) =>
  diffText({ from: 1, to: 2, facts: [], stackParameters: [], template: entries }).split('\n\n').slice(1).join('\n\n');

test('shows one changed image as a single difference', async () => {
  const entries = await diffTemplates(template(), template({ mcp: image('mcp', '2') }));
  expect(entries).toEqual([
    {
      section: 'resources',
      name: 'McpDefinition',
      change: 'changed',
      type: 'AWS::ECS::TaskDefinition',
      impact: 'WILL_REPLACE',
      replacedBecauseOf: ['ContainerDefinitions'],
      properties: [{ path: 'ContainerDefinitions[mcp].Image', from: image('mcp', '1'), to: image('mcp', '2') }],
    },
  ]);
  expect(textOf(entries)).toBe(
    [
      'Resources',
      '[~] AWS::ECS::TaskDefinition McpDefinition replace because of ContainerDefinitions',
      '    [~] ContainerDefinitions[mcp].Image',
      `        [-] "${image('mcp', '1')}"`,
      `        [+] "${image('mcp', '2')}"`,
    ].join('\n'),
  );
});

test.each([
  ['the same template', {}, {}],
  ['what the CDK adds about itself', metadata('v2:one'), metadata('v2:two')],
])('nothing differs in %s', async (_, from, to) => {
  const entries = await diffTemplates(template(from), template(to));
  expect(entries).toEqual([]);
  expect(textOf(entries)).toBe('The templates of revisions 1 and 2 do not differ.');
});

test('shows break-glass with its reason', async () => {
  const entries = await diffTemplates(template(), template({ reason: 'It had to be.' }));
  const properties = [
    { path: 'Canary', from: 'enforce', to: 'report' },
    { path: 'Reason', from: undefined, to: 'It had to be.' },
  ];
  expect(entries).toEqual([
    expect.objectContaining({ name: 'Gate', properties }),
    expect.objectContaining({ name: 'Verdict', properties }),
  ]);
});

test('shows images of the gate that no task has', async () => {
  const { Resources, ...rest } = servicesTemplate();
  const told = { ...Resources.Gate, Properties: { ...Resources.Gate.Properties, Images: { Mcp: 'another' } } };
  const entries = await diffTemplates(template(), { ...rest, Resources: { ...Resources, Gate: told } });
  expect(entries).toEqual([
    expect.objectContaining({ name: 'Gate', properties: [expect.objectContaining({ path: 'Images' })] }),
  ]);
});

test('shows a resource that only one of them has', async () => {
  const resources = { Extra: { Type: 'AWS::Logs::LogGroup' } };
  const [one, other] = [template(), template({ resources })];
  const found = [await diffTemplates(one, other), await diffTemplates(other, one)];
  expect(found).toEqual([
    [{ section: 'resources', name: 'Extra', change: 'added', type: 'AWS::Logs::LogGroup', impact: 'WILL_CREATE' }],
    [{ section: 'resources', name: 'Extra', change: 'removed', type: 'AWS::Logs::LogGroup', impact: 'WILL_DESTROY' }],
  ]);
});

test('shows a changed default of a template parameter', async () => {
  const other = template();
  const New = { Type: 'String', Default: 'another' };
  const entries = await diffTemplates(template(), { ...other, Parameters: { ...other.Parameters, New } });
  expect(entries).toEqual([
    expect.objectContaining({ section: 'parameters', name: 'New', change: 'changed', to: New }),
  ]);
  expect(textOf(entries)).toBe('Parameters\n[~] New.Default: "its default" → "another"');
});

test('shows changes outside of the template sections', async () => {
  const entries = await diffTemplates(template(), { ...template(), Description: 'Another one' } as ReturnType<
    typeof template
  >);
  expect(textOf(entries)).toBe('Template\n[+] description: "Another one"');
});

test('escapes control characters of values', async () => {
  const resources = (Value: string) => ({ resources: { It: { Type: 'AWS::SSM::Parameter', Properties: { Value } } } });
  const entries = await diffTemplates(template(resources('a')), template(resources('\u001b[31m\u009b31m')));
  expect(textOf(entries)).toContain('[~] Value: "a" → "\\u001b[31m\\u009b31m"');
});
