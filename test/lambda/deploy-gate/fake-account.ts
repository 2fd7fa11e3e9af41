import type { IncomingMessage, ServerResponse } from 'node:http';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { keySetText } from '../support/secrets.ts';
import { bodyOf, serve } from '../support/servers.ts';
import { isOfS3, operationOf, refuse, send } from './fake-protocols.ts';

type Value = {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly M?: Item;
  readonly L?: readonly Value[];
};
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
  readonly ExclusiveStartKey?: Item;
  readonly Limit?: number;
  readonly ReturnValues?: string;
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
    const [, is, name] = /^attribute_(exists|not_exists)\((\S+)\)$/.exec(text) ?? [];
    if (name !== undefined) return (attribute(name) !== undefined) === (is === 'exists');
    const [left = '', operator, right = ''] = text.split(' ');
    const found = plain(attribute(left));
    if (found === undefined) return false;
    return operator === '=' ? found === value(right) : found < value(right);
  };
  return expression.split(' OR ').some((any) => any.split(' AND ').every(term));
}

/** A Services template with only the parts that the gate reads. */
export function templateOf(trigger: string, description = 'A stack'): string {
  const resource = (Type: string) => ({ Type, Properties: { Trigger: trigger } });
  const Resources = { Verdict: resource('Custom::DeployVerdict'), Gate: resource('Custom::DeployGate') };
  return JSON.stringify({ Description: description, Resources }, null, 1);
}

function eventXml([resource, status, reason = '']: readonly [string, string, string?], index: number): string {
  const [id, type] =
    resource === 'quilt-services' ? [STACK, 'AWS::CloudFormation::Stack'] : [resource, 'AWS::ECS::Service'];
  return (
    `<member><EventId>event-${index}</EventId><StackId>${STACK}</StackId><StackName>quilt-services</StackName>` +
    `<LogicalResourceId>${resource}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId>` +
    `<ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus>` +
    `<ResourceStatusReason>${reason}</ResourceStatusReason><Timestamp>2026-01-01T00:00:00Z</Timestamp></member>`
  );
}

/** An account on loopback: the table, bucket, stacks, parameters and canary that the gate deals with, over the real protocols. */
export class FakeAccount {
  readonly items = new Map<string, Item>();
  readonly stacks = new Map<string, string>([[STACK, 'UPDATE_IN_PROGRESS']]);
  /** Templates by the stack or the change set that CloudFormation gives them for. */
  readonly templates = new Map<string, string>();
  /** What happened to the stack, newest first: resource, status and reason. */
  events: readonly (readonly [resource: string, status: string, reason?: string])[] = [];
  /** The change set that was executed last. */
  changeSet: string | undefined;
  readonly stackParameters: Record<string, string> = {};
  /** The objects of the bucket `revisions`, by key, and their types. */
  readonly objects = new Map<string, string>();
  readonly contentTypes = new Map<string, string | undefined>();
  /** How many items a page of a query has. */
  pageSize = Number.POSITIVE_INFINITY;
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
    const operation = operationOf(request, body);
    this.operations.push(operation);
    this.#calls += 1;
    const crashes = this.crash?.call === this.#calls ? this.crash.when : undefined;
    if (crashes === 'before') this.#dead = true;
    try {
      if (this.#dead) throw new Fault('ProcessIsDead');
      if (this.failing.has(operation)) throw new Fault('AccessDeniedException');
      const output = isOfS3(operation) ? this.#store(operation, request, body) : this.#do(operation, body);
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
      const parameters = Object.entries(this.stackParameters).map(
        ([key, value]) =>
          `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${value}</ParameterValue></member>`,
      );
      const changeSet = this.changeSet === undefined ? '' : `<ChangeSetId>${this.changeSet}</ChangeSetId>`;
      return (
        '<Stacks><member><StackName>s</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>' +
        `<StackStatus>${status}</StackStatus>${changeSet}<Parameters>${parameters.join('')}</Parameters></member></Stacks>`
      );
    }
    if (operation === 'DescribeStackEvents') return `<StackEvents>${this.events.map(eventXml).join('')}</StackEvents>`;
    if (operation === 'GetTemplate') {
      const asked = new URLSearchParams(body);
      const template = this.templates.get(asked.get('ChangeSetName') ?? asked.get('StackName') ?? '');
      if (template === undefined || asked.get('TemplateStage') !== 'Original') throw new Fault('ValidationError');
      return `<TemplateBody>${template.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</TemplateBody>`;
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
        return this.#delete(input);
      case 'DescribeExecution': {
        const status = this.executions.get(input.executionArn ?? '');
        if (status === undefined) throw new Fault('ExecutionDoesNotExist');
        return { executionArn: input.executionArn, status };
      }
      case 'UpdateItem':
        return this.#update(input);
      case 'Query':
        return this.#query(input);
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
    if (verb === 'REMOVE') for (const name of terms) delete item[ExpressionAttributeNames[name] ?? name];
    for (const term of verb === 'REMOVE' ? [] : terms) {
      const [name = '', value = ''] = term.split(verb === 'ADD' ? ' ' : ' = ');
      const [attribute, given] = [ExpressionAttributeNames[name] ?? name, ExpressionAttributeValues[value] ?? {}];
      item[attribute] = verb === 'ADD' ? { N: String(Number(item[attribute]?.N ?? 0) + Number(given.N)) } : given;
    }
    this.items.set(keyOf(Key), item);
    return { Attributes: item };
  }

  #delete(input: Input): unknown {
    const key = keyOf(input.Key ?? {});
    this.#require(input, input.Key ?? {});
    const Attributes = this.items.get(key);
    this.items.delete(key);
    return input.ReturnValues === 'ALL_OLD' ? { Attributes } : {};
  }

  /** Newest first, as the gate asks. */
  #query(input: Input): unknown {
    const start = input.ExclusiveStartKey && keyOf(input.ExclusiveStartKey);
    const found = [...this.items.values()]
      .filter((item) => holds(input.KeyConditionExpression, item, input))
      .filter((item) => start === undefined || keyOf(item) < start)
      .sort((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1));
    const Items = found.slice(0, Math.min(input.Limit ?? Number.POSITIVE_INFINITY, this.pageSize));
    const last = Items.at(-1);
    return { Items, ...(last && Items.length < found.length && { LastEvaluatedKey: { pk: last.pk, sk: last.sk } }) };
  }

  #store(operation: string, request: IncomingMessage, body: string): unknown {
    const { pathname } = new URL(request.url ?? '', 'http://s3');
    const key = /^\/revisions-bucket\/(revisions\/.+)$/.exec(pathname)?.[1];
    // The role of the gate may not go anywhere else.
    if (key === undefined) throw new Fault('AccessDenied');
    if (operation === 'DeleteObject') this.objects.delete(key);
    else {
      this.objects.set(key, body);
      this.contentTypes.set(key, request.headers['content-type']);
    }
    return {};
  }
}
