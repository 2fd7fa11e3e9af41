import type { IncomingMessage, ServerResponse } from 'node:http';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { keySetText } from '../support/secrets.ts';
import { bodyOf, serve } from '../support/servers.ts';

type Value = { readonly S?: string; readonly N?: string; readonly M?: Item; readonly L?: readonly Value[] };
export type Item = Readonly<Record<string, Value>>;
type Input = {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, Value>;
  readonly Names?: readonly string[];
  readonly WithDecryption?: boolean;
  readonly executionArn?: string;
};

export const STACK = 'arn:aws:cloudformation:us-east-1:000000000000:stack/quilt-services/one';
export const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:quilt-rotation:one';
export const OTHER_STACK = 'arn:aws:cloudformation:us-east-1:000000000000:stack/quilt-services/other';
export const SECRET = '/quilt/mcp-server/jwt-secret';
export const KEY_SET = '/quilt/mcp-server/jwt-verification-keys';

/** Refusals of the fake, by the name that AWS gives them. */
class Fault extends Error {}

const keyOf = ({ pk, sk }: Item): string => `${pk?.S}|${sk?.S}`;
const plain = (value: Value | undefined): string | undefined => value?.S ?? value?.N;

/** As much of DynamoDB's expressions as the gate uses. */
function holds(expression: string | undefined, item: Item | undefined, input: Input): boolean {
  if (expression === undefined) return true;
  const attribute = (name: string) => item?.[input.ExpressionAttributeNames?.[name] ?? name];
  const value = (name: string) => plain(input.ExpressionAttributeValues?.[name]) ?? '';
  const term = (text: string): boolean => {
    const absent = /^attribute_not_exists\((\S+)\)$/.exec(text)?.[1];
    if (absent !== undefined) return attribute(absent) === undefined;
    const [left = '', operator, right = ''] = text.split(' ');
    const found = plain(attribute(left));
    if (found === undefined) return false;
    return operator === '=' ? found === value(right) : found < value(right);
  };
  return expression.split(' OR ').some((any) => any.split(' AND ').every(term));
}

/** An account on loopback: the table, stacks, parameters and canary that the gate deals with, over the real protocols. */
export class FakeAccount {
  readonly items = new Map<string, Item>();
  readonly stacks = new Map<string, string>([[STACK, 'UPDATE_IN_PROGRESS']]);
  /** The status of the executions that Step Functions knows. */
  readonly executions = new Map<string, string>();
  /** What happens while the canary runs. */
  onInvoke: () => unknown = () => undefined;
  readonly parameters = new Map<string, { value: string; type: string; version: number }>();
  /** What the canary answers, or the error that it ends with. */
  canary: unknown = { verdict: 'green', checks: [] };
  /** Every operation that came, and what the canary was invoked with. */
  readonly operations: string[] = [];
  readonly invocations: unknown[] = [];
  readonly failing = new Set<string>();
  /** The process dies at this call, before or after it took effect: nothing that it asks from then on happens. */
  crash: { readonly call: number; readonly when: 'before' | 'after' } | undefined;
  endpoint = '';
  #calls = 0;
  #dead = false;

  static async start(): Promise<FakeAccount> {
    const account = new FakeAccount();
    const secret = generateSecret();
    account.parameters.set(SECRET, { value: secret, type: 'SecureString', version: 3 });
    account.parameters.set(KEY_SET, { value: await keySetText(secret), type: 'SecureString', version: 5 });
    account.endpoint = await serve((request, response) => account.#serve(request, response));
    return account;
  }

  /** A new process after the one that died. */
  revive(): void {
    this.crash = undefined;
    this.#dead = false;
  }

  get calls(): number {
    return this.#calls;
  }

  get lock(): string | undefined {
    return this.items.get('lock|-')?.owner?.S;
  }

  /** The records of all revisions, oldest first. */
  get revisions(): readonly Item[] {
    const keys = [...this.items.keys()].filter((key) => /^revision\|\d{6}$/.test(key)).sort();
    return keys.map((key) => this.items.get(key) ?? {});
  }

  get verdicts(): readonly (string | undefined)[] {
    return this.revisions.map(({ verdict }) => verdict?.S);
  }

  hold(owner: string, kind: string): void {
    const takenAt = { S: '2026-01-01T00:00:00.000Z' };
    this.items.set('lock|-', { pk: { S: 'lock' }, sk: { S: '-' }, takenAt, owner: { S: owner }, kind: { S: kind } });
  }

  /** A rotation in a phase, driven by an execution, if by any, of a status, if it is known. */
  rotate(phase: string, execution: string, status?: string): void {
    const key = { pk: { S: 'rotation' }, sk: { S: '-' } };
    this.items.set('rotation|-', { ...key, phase: { S: phase }, execution: { S: execution } });
    if (status !== undefined) this.executions.set(execution, status);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const target = request.headers['x-amz-target'];
    const operation = operationOf(String(target ?? ''), request.url ?? '', body);
    this.operations.push(operation);
    this.#calls += 1;
    const crashes = this.crash?.call === this.#calls ? this.crash.when : undefined;
    if (crashes === 'before') this.#dead = true;
    try {
      if (this.#dead) throw new Fault('ProcessIsDead');
      if (this.failing.has(operation)) throw new Fault('AccessDeniedException');
      const output = this.#do(operation, body);
      if (crashes === 'after') {
        this.#dead = true;
        throw new Fault('ProcessIsDead');
      }
      send(response, operation, output);
    } catch (error) {
      refuse(response, operation, error instanceof Fault ? error.message : 'InternalFailure');
    }
  }

  #do(operation: string, body: string): unknown {
    if (operation === 'DescribeStacks') {
      const status = this.stacks.get(new URLSearchParams(body).get('StackName') ?? '');
      if (status === undefined) throw new Fault('ValidationError');
      return status;
    }
    if (operation === 'Invoke') {
      this.invocations.push(JSON.parse(body));
      this.onInvoke();
      return this.canary;
    }
    const input = JSON.parse(body) as Input;
    switch (operation) {
      case 'GetParameters':
        // The role of the gate may not decrypt.
        if (input.WithDecryption) throw new Fault('AccessDeniedException');
        return { Parameters: (input.Names ?? []).flatMap((name) => this.#parameter(name)) };
      case 'GetItem':
        return { Item: this.items.get(keyOf(input.Key ?? {})) };
      case 'PutItem':
        this.#require(input, input.Item ?? {});
        this.items.set(keyOf(input.Item ?? {}), input.Item ?? {});
        return {};
      case 'DeleteItem':
        this.#require(input, input.Key ?? {});
        this.items.delete(keyOf(input.Key ?? {}));
        return {};
      case 'DescribeExecution': {
        const status = this.executions.get(input.executionArn ?? '');
        if (status === undefined) throw new Fault('ExecutionDoesNotExist');
        return { executionArn: input.executionArn, status };
      }
      case 'UpdateItem':
        return this.#update(input);
      case 'Query':
        return { Items: this.#query(input) };
      default:
        throw new Fault('UnknownOperationException');
    }
  }

  #parameter(Name: string) {
    const found = this.parameters.get(Name);
    return found ? [{ Name, Type: found.type, Value: found.value, Version: found.version }] : [];
  }

  #require(input: Input, key: Item): void {
    if (!holds(input.ConditionExpression, this.items.get(keyOf(key)), input)) {
      throw new Fault('ConditionalCheckFailedException');
    }
  }

  #update(input: Input): unknown {
    const { Key = {}, UpdateExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = input;
    this.#require(input, Key);
    const item: Record<string, Value> = { ...Key, ...this.items.get(keyOf(Key)) };
    const [verb, ...rest] = UpdateExpression.split(' ');
    const terms = rest.join(' ').split(', ');
    for (const term of terms) {
      const [name = '', value = ''] = term.split(verb === 'ADD' ? ' ' : ' = ');
      const [attribute, given] = [ExpressionAttributeNames[name] ?? name, ExpressionAttributeValues[value] ?? {}];
      item[attribute] = verb === 'ADD' ? { N: String(Number(item[attribute]?.N ?? 0) + Number(given.N)) } : given;
    }
    this.items.set(keyOf(Key), item);
    return { Attributes: item };
  }

  #query(input: Input): readonly Item[] {
    const found = [...this.items.values()].filter((item) => holds(input.KeyConditionExpression, item, input));
    return found.sort((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1)).slice(0, 1);
  }
}

function operationOf(target: string, url: string, body: string): string {
  if (target !== '') return target.split('.').at(-1) ?? '';
  return url.includes('/functions/quilt-canary/invocations')
    ? 'Invoke'
    : (new URLSearchParams(body).get('Action') ?? url);
}

function send(response: ServerResponse, operation: string, output: unknown): void {
  if (operation === 'DescribeStacks') {
    const stack = `<StackName>s</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${output}</StackStatus>`;
    const result = `<DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult>`;
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(
        `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">${result}</DescribeStacksResponse>`,
      );
    return;
  }
  const failed = output instanceof Error;
  const type = operation === 'Invoke' ? 'application/json' : 'application/x-amz-json-1.0';
  response
    .writeHead(200, { 'content-type': type, ...(failed && { 'x-amz-function-error': 'Unhandled' }) })
    .end(typeof output === 'string' ? output : JSON.stringify(failed ? { errorMessage: output.message } : output));
}

function refuse(response: ServerResponse, operation: string, name: string): void {
  // The message is one that must not be shown.
  if (operation === 'DescribeStacks') {
    const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>not-to-be-seen</Message></Error>`;
    response.writeHead(400, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
    return;
  }
  response
    .writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': name })
    .end(JSON.stringify({ __type: name, message: 'not-to-be-seen' }));
}
