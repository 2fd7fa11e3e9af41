import { diffTemplates } from '../../../cli/revisions/diff/template-diff.ts';
import { parseTemplate } from '../../../cli/revisions/template.ts';
import { image, servicesTemplate, type TemplateOptions } from './support/template.ts';

const template = (options: TemplateOptions = {}) => parseTemplate(JSON.stringify(servicesTemplate(options)));
const metadata = (analytics: string) => ({
  resources: { CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: analytics } } },
});

test('two revisions that differ in one image differ in that image alone', async () => {
  const { entries, text } = await diffTemplates(template(), template({ mcp: image('mcp', '2') }));
  expect(entries).toEqual([
    {
      section: 'resources',
      name: 'McpDefinition',
      change: 'changed',
      type: 'AWS::ECS::TaskDefinition',
      impact: 'WILL_REPLACE',
      properties: [{ path: 'ContainerDefinitions[0].Image', from: image('mcp', '1'), to: image('mcp', '2') }],
    },
  ]);
  expect(text).toContain('McpDefinition');
  expect(text).not.toContain('QUILT_VERSION');
  expect(text).not.toContain('Gate');
});

test.each([
  ['the same template', {}, {}],
  ['what the CDK adds about itself', metadata('v2:one'), metadata('v2:two')],
])('nothing differs in %s', async (_, from, to) => {
  expect(await diffTemplates(template(from), template(to))).toEqual({ entries: [], text: '' });
});

test('break-glass is a difference, with its reason', async () => {
  const { entries } = await diffTemplates(template(), template({ reason: 'It had to be.' }));
  const properties = [
    { path: 'Canary', from: 'enforce', to: 'report' },
    { path: 'Reason', from: undefined, to: 'It had to be.' },
  ];
  expect(entries).toEqual([
    expect.objectContaining({ name: 'Gate', properties }),
    expect.objectContaining({ name: 'Verdict', properties }),
  ]);
});

test('images that the gate is told and no task has are shown', async () => {
  const { Resources, ...rest } = servicesTemplate();
  const told = { ...Resources.Gate, Properties: { ...Resources.Gate.Properties, Images: { Mcp: 'another' } } };
  const { entries } = await diffTemplates(template(), { ...rest, Resources: { ...Resources, Gate: told } });
  expect(entries).toEqual([
    expect.objectContaining({ name: 'Gate', properties: [expect.objectContaining({ path: 'Images' })] }),
  ]);
});

test('a resource that is there in one of them only', async () => {
  const resources = { Extra: { Type: 'AWS::Logs::LogGroup' } };
  const [one, other] = [template(), template({ resources })];
  const found = [await diffTemplates(one, other), await diffTemplates(other, one)];
  expect(found.map(({ entries }) => entries)).toEqual([
    [{ section: 'resources', name: 'Extra', change: 'added', type: 'AWS::Logs::LogGroup', impact: 'WILL_CREATE' }],
    [{ section: 'resources', name: 'Extra', change: 'removed', type: 'AWS::Logs::LogGroup', impact: 'WILL_DESTROY' }],
  ]);
});

test('a template parameter with another default', async () => {
  const other = template();
  const New = { Type: 'String', Default: 'another' };
  const { entries } = await diffTemplates(template(), { ...other, Parameters: { ...other.Parameters, New } });
  expect(entries).toEqual([
    expect.objectContaining({ section: 'parameters', name: 'New', change: 'changed', to: New }),
  ]);
});
