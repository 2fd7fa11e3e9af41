import type { RotationRecord } from '../../../contract/rotation.ts';
import { bodyOf, serve } from '../../lambda/support/servers.ts';
import { EXECUTION } from './records.ts';

type Answer = { readonly status?: number; readonly body: unknown };
type Call = { readonly operation: string; readonly input: Record<string, unknown> };

/** What the command line finds of a deployment: tests write it, and change it from one look to the next. */
export type FakeDeployment = {
  readonly endpoint: string;
  readonly calls: Call[];
  record: RotationRecord | undefined;
  /** What `DescribeExecution` answers, and the ends of an execution with it. */
  execution: Record<string, unknown>;
  parameters: readonly Record<string, unknown>[];
  canary: unknown;
  /** Answers an operation otherwise. */
  readonly answers: Map<string, Answer>;
};

/** What a SecureString looks like that is not decrypted. */
export const CIPHERTEXT = 'AQICAHhciphertextciphertext';

/** A deployment of the environment `production` on loopback. */
export async function startFakeDeployment(): Promise<FakeDeployment> {
  const endpoint = await serve(async (request, response) => {
    const target = request.headers['x-amz-target'];
    const operation = target === undefined ? 'Invoke' : String(target).split('.').at(-1);
    const text = await bodyOf(request);
    fake.calls.push({ operation: operation ?? '', input: text === '' ? {} : JSON.parse(text) });
    const { status = 200, body } = fake.answers.get(operation ?? '') ?? { body: usual(operation ?? '') };
    response.writeHead(status, { 'content-type': request.headers['content-type'] ?? 'application/json' });
    response.end(JSON.stringify(body));
  });
  const usual = (operation: string): unknown => {
    switch (operation) {
      case 'GetParameter':
        return { Parameter: { Name: '/quilt/foundation/v1/state-table-name', Value: 'the-table' } };
      case 'GetParameters':
        return { Parameters: fake.parameters };
      case 'GetItem':
        return fake.record ? { Item: { record: { S: JSON.stringify(fake.record) } } } : {};
      case 'StartExecution':
        return { executionArn: EXECUTION, startDate: 1767322800 };
      case 'DescribeExecution':
        return { executionArn: EXECUTION, startDate: 1767322800, status: 'RUNNING', ...fake.execution };
      case 'Invoke':
        return fake.canary;
      default:
        return { __type: 'UnknownOperationException' };
    }
  };
  const fake: FakeDeployment = {
    endpoint,
    calls: [],
    record: undefined,
    execution: {},
    parameters: [],
    canary: {},
    answers: new Map(),
  };
  return fake;
}

/** The inputs of the executions that were started. */
export function startedIn({ calls }: FakeDeployment): readonly unknown[] {
  return calls
    .filter(({ operation }) => operation === 'StartExecution')
    .map(({ input }) => JSON.parse(String(input.input)));
}
