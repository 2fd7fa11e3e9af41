import * as z from 'zod';
import type { Permission } from '../../../../auth/default-roles.ts';
import { startMcpService } from '../../../../services/mcp/service.ts';
import { TOOLS } from '../../../../services/mcp/tools/all-tools.ts';
import { defineTool, type Tool, type ToolDefinition } from '../../../../services/mcp/tools/define-tool.ts';
import { StartError } from '../../../../services/shared/settings.ts';
import { closeAfterEach } from '../../support/close-after-each.ts';
import { LogCapture } from '../../support/log-capture.ts';
import { mcpEnvironment } from '../../support/running-services.ts';
import { makeTrust } from '../../support/trust-fixture.ts';

const closeLater = closeAfterEach();
type Definition = ToolDefinition<Record<string, unknown>, Record<string, unknown>>;

const toolWith = (changes: Partial<Definition>): Tool =>
  defineTool({
    name: 'package_tag',
    title: 'Tag a package',
    description: 'Tags a package.',
    permissions: ['s3:GetObject'],
    input: z.object({}),
    output: z.object({}),
    run: () => ({}),
    ...changes,
  });

async function startWith(...more: readonly Tool[]): Promise<LogCapture> {
  const log = new LogCapture();
  closeLater(await startMcpService(mcpEnvironment(await makeTrust()), log, { tools: [...TOOLS, ...more] }));
  return log;
}

/** What the service says of tools with which it does not start. */
async function refusalOf(...more: readonly Tool[]): Promise<string> {
  const error: unknown = await startWith(...more).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartError);
  return error instanceof StartError ? error.message : '';
}

test('the service starts with a tool that can work', async () => {
  expect((await startWith(toolWith({}))).ofEvent('listening')).toHaveLength(1);
});

const schema = (value: unknown) => value as Definition['output'];
const cases: [what: string, changes: Partial<Definition>, said: RegExp][] = [
  [
    'without permissions',
    { permissions: undefined as unknown as readonly Permission[] },
    /^Tool "package_tag": permissions is missing; list the actions/,
  ],
  [
    'with a permission that no shipped role gives',
    { permissions: ['s3:GetObject', 's3:GetObjects' as Permission] },
    /^Tool "package_tag": no shipped role gives the permission "s3:GetObjects"; correct it, or add it/,
  ],
  [
    'with a permission that is no action',
    { permissions: ['read' as Permission] },
    /^Tool "package_tag": no shipped role gives the permission "read"/,
  ],
  [
    'with the name of another tool',
    { name: 'jwt_diagnostics' },
    /^Tool "jwt_diagnostics": another tool has the same name/,
  ],
  ['without a name', { name: '' }, /^Tool "": the name must be 1 to 128 characters/],
  ['with a space in its name', { name: 'package tag' }, /^Tool "package tag": the name must be/],
  ['with a name of 129 characters', { name: 'x'.repeat(129) }, /^Tool "x{129}": the name must be/],
  ['with the name of a member of objects', { name: 'constructor' }, /^Tool "constructor": every JavaScript object has/],
  ['with the name of the prototype', { name: '__proto__' }, /^Tool "__proto__": every JavaScript object has/],
  [
    'with a date in its input',
    { input: z.object({ since: z.date() }) },
    /^Tool "package_tag": the input schema cannot be shown to clients: Date cannot be represented in JSON Schema; use/,
  ],
  [
    'with a transformation in its output',
    { output: z.object({ size: z.string().transform(Number) }) },
    /^Tool "package_tag": the output schema cannot be shown to clients: Transforms cannot be represented/,
  ],
  [
    'with an input that is no object',
    { input: schema(z.string()) },
    /^Tool "package_tag": the input schema must describe an object; wrap it in z\.object/,
  ],
  [
    'with an output that is no object',
    { output: schema(z.array(z.string())) },
    /the output schema must describe an object/,
  ],
  [
    'without a schema',
    { input: schema(undefined) },
    /^Tool "package_tag": the input schema cannot be shown to clients/,
  ],
];
test.each(cases)(
  'the service does not start with a tool %s, and says which it is in one line',
  async (_, changes, said) => {
    const message = await refusalOf(toolWith(changes));
    expect(message).toMatch(said);
    expect(message).not.toContain('\n');
  },
);

test('all that is wrong with all tools is said at once', async () => {
  const first = toolWith({ name: 'one', permissions: ['s3:Get' as Permission], input: z.object({ since: z.date() }) });
  const message = await refusalOf(first, toolWith({ name: 'two words' }), toolWith({}));
  expect(message.split(' | ').map((problem) => problem.split(':', 1)[0])).toEqual([
    'Tool "one"',
    'Tool "one"',
    'Tool "two words"',
  ]);
});

test('the compiler asks for permissions, and knows their names', () => {
  const rest = { title: 't', description: 'd', input: z.object({}), output: z.object({}), run: () => ({}) };
  // @ts-expect-error permissions are required
  defineTool({ name: 'package_tag', ...rest });
  // @ts-expect-error no role gives this
  defineTool({ name: 'package_tag', permissions: ['s3:GetObjects'], ...rest });
  expect.assertions(0);
});
