import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, serve } from '../../../lambda/support/servers.ts';
import { fault, isRest, operationOf, send } from './protocols.ts';
import { type Item, type Revision, STACK } from './records.ts';

export const BUCKET = 'the-revisions';
export const CALLER = 'arn:aws:sts::111122223333:assumed-role/Operator/alice';

/** A change set as the fake has it. */
export interface FakeChangeSet {
  readonly name: string;
  readonly templateUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  executionStatus: string;
}

type Input = Readonly<Record<string, unknown>> & { readonly Key?: Item; readonly Item?: Item };

/** An account on loopback with what the commands about revisions deal with, over the real protocols. */
export class FakeAccount {
  readonly items = new Map<string, Item>();
  readonly objects = new Map<string, string>();
  readonly changeSets = new Map<string, FakeChangeSet>();
  /** Images of ECR that are not there, by digest. */
  readonly missingImages = new Set<string>();
  /** Every operation that came. */
  readonly operations: string[] = [];
  /** Operations that are refused from now on, with the name of the error. */
  readonly failing = new Map<string, string>();
  /** Whose credentials the caller has. */
  callerAccount = '111122223333';
  stack: string | undefined = 'UPDATE_COMPLETE';
  /** What a change set says, once it is ready. */
  changes: readonly object[] = [modified('Gate', 'Custom::DeployGate')];
  /** How often a change set is still being made when it is looked at. */
  pending = 0;
  /** Why no change set can be made. */
  notMade: string | undefined;
  /** Oldest first. */
  readonly events: object[] = [];
  /** What a deploy does, when a change set is executed. */
  onExecute: () => void = () => undefined;
  onOperation: (operation: string) => void = () => undefined;
  endpoint = '';

  static async start(): Promise<FakeAccount> {
    const account = new FakeAccount();
    account.happens('before', 'AWS::CloudFormation::Stack', 'UPDATE_COMPLETE');
    account.endpoint = await serve((request, response) => account.#serve(request, response));
    return account;
  }

  /** Remembers revisions with their templates. */
  remember(...revisions: readonly Revision[]): void {
    for (const { item, key, text } of revisions) {
      this.items.set(keyOf(item), item);
      if (item.template) this.objects.set(key, text);
    }
  }

  /** Something happens to a resource of the stack, or to the stack itself. */
  happens(resource: string, type: string, status: string, reason = ''): void {
    this.events.push({
      EventId: `event-${this.events.length}`,
      StackId: STACK,
      StackName: 'quilt-services',
      LogicalResourceId: resource,
      PhysicalResourceId: type === 'AWS::CloudFormation::Stack' ? STACK : resource,
      ResourceType: type,
      ResourceStatus: status,
      ResourceStatusReason: reason,
      Timestamp: new Date(1_767_322_800_000 + this.events.length * 1_000).toISOString(),
    });
  }

  /** The stack comes to a status. */
  comesTo(status: string): void {
    this.stack = status;
    this.happens('quilt-services', 'AWS::CloudFormation::Stack', status);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const operation = operationOf(request, body);
    this.operations.push(operation);
    this.onOperation(operation);
    const failure = this.failing.get(operation);
    if (failure !== undefined) return fault(response, operation, failure);
    try {
      send(response, operation, this.#answer(operation, request, body));
    } catch (error) {
      fault(response, operation, error instanceof Error ? error.message : 'InternalFailure');
    }
  }

  #answer(operation: string, request: IncomingMessage, body: string): unknown {
    if (isRest(operation)) return this.#object(operation, new URL(request.url ?? '', 'http://fake').pathname, body);
    if (request.headers['x-amz-target'] === undefined) return this.#query(operation, new URLSearchParams(body));
    const input = JSON.parse(body) as Input;
    switch (operation) {
      case 'GetParameter':
        return {
          Parameter: { Name: input.Name, Value: String(input.Name).endsWith('bucket-name') ? BUCKET : 'table' },
        };
      case 'GetItem':
        return { Item: this.items.get(keyOf(input.Key)) };
      case 'PutItem':
        this.items.set(keyOf(input.Item), input.Item ?? {});
        return {};
      case 'DeleteItem':
        this.items.delete(keyOf(input.Key));
        return {};
      case 'Query':
        return this.#page(input);
      case 'DescribeExecution':
        return { status: 'RUNNING' };
      case 'BatchGetImage': {
        const [{ imageDigest = '' } = {}] = input.imageIds as { imageDigest?: string }[];
        return this.missingImages.has(imageDigest) ? { images: [] } : { images: [{ imageId: { imageDigest } }] };
      }
      default:
        throw new Error('UnknownOperationException');
    }
  }

  /** A page of revisions, newest first, as DynamoDB gives them. */
  #page({ Limit = 1_000, ExclusiveStartKey }: Input): unknown {
    const before = (ExclusiveStartKey as Item | undefined)?.sk;
    const limit = Number(Limit);
    const all = [...this.items.values()]
      .filter(({ pk, sk }) => textOf(pk) === 'revision' && textOf(sk) < 'last')
      .sort((one, other) => (textOf(one.sk) < textOf(other.sk) ? 1 : -1))
      .filter(({ sk }) => before === undefined || textOf(sk) < textOf(before));
    const Items = all.slice(0, limit);
    const last = Items.at(-1);
    return { Items, ...(all.length > limit && last && { LastEvaluatedKey: { pk: last.pk, sk: last.sk } }) };
  }

  #object(operation: string, path: string, body: string): unknown {
    const key = path.replace(`/${BUCKET}/`, '');
    if (operation === 'PutObject') {
      this.objects.set(key, body);
      return '';
    }
    const text = this.objects.get(key);
    if (text === undefined) throw new Error('NoSuchKey');
    return text;
  }

  #query(operation: string, input: URLSearchParams): unknown {
    const name = (input.get('ChangeSetName') ?? '').replace(/^arn:.*changeSet\//, '');
    const changeSet = this.changeSets.get(name);
    switch (operation) {
      case 'GetCallerIdentity':
        return { Account: this.callerAccount, Arn: CALLER, UserId: 'alice' };
      case 'DescribeStacks':
        if (this.stack === undefined) throw new Error('ValidationError');
        return {
          Stacks: [{ StackId: STACK, StackName: 'quilt-services', StackStatus: this.stack, CreationTime: THEN }],
        };
      case 'DescribeStackEvents':
        return { StackEvents: this.events.toReversed() };
      case 'ListChangeSets':
        return { Summaries: [...this.changeSets.values()].map(summaryOf) };
      case 'CreateChangeSet':
        this.changeSets.set(name, {
          name,
          templateUrl: input.get('TemplateURL') ?? '',
          parameters: parametersOf(input),
          executionStatus: 'AVAILABLE',
        });
        return { Id: arnOf(name), StackId: STACK };
      case 'DescribeChangeSet':
        if (changeSet === undefined) throw new Error('ChangeSetNotFound');
        return this.#describe(changeSet);
      case 'DeleteChangeSet':
        this.changeSets.delete(name);
        return {};
      case 'ExecuteChangeSet':
        if (changeSet === undefined) throw new Error('ChangeSetNotFound');
        changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
        this.stack = 'UPDATE_IN_PROGRESS';
        this.onExecute();
        return {};
      default:
        throw new Error('InvalidAction');
    }
  }

  #describe(changeSet: FakeChangeSet): unknown {
    const its = { ...summaryOf(changeSet), StackId: STACK };
    if (this.notMade !== undefined) return { ...its, Status: 'FAILED', StatusReason: this.notMade };
    this.pending -= 1;
    if (this.pending >= 0) return { ...its, Status: 'CREATE_IN_PROGRESS' };
    const Changes = this.changes.map((ResourceChange) => ({ Type: 'Resource', ResourceChange }));
    return { ...its, Status: 'CREATE_COMPLETE', Changes };
  }
}

const THEN = '2026-01-01T00:00:00Z';

/** A resource that a change set modifies. */
export function modified(resource: string, type: string, more: object = {}): object {
  return {
    Action: 'Modify',
    LogicalResourceId: resource,
    ResourceType: type,
    Replacement: 'False',
    Details: [{ Target: { Attribute: 'Properties', Name: 'Trigger', RequiresRecreation: 'Never' } }],
    ...more,
  };
}

function arnOf(name: string): string {
  return `arn:aws:cloudformation:us-east-1:111122223333:changeSet/${name}`;
}

function summaryOf({ name, executionStatus }: FakeChangeSet) {
  return {
    ChangeSetName: name,
    ChangeSetId: arnOf(name),
    ExecutionStatus: executionStatus,
    StackName: 'quilt-services',
  };
}

function parametersOf(input: URLSearchParams): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (let index = 1; input.has(`Parameters.member.${index}.ParameterKey`); index += 1) {
    const its = (part: string) => input.get(`Parameters.member.${index}.${part}`) ?? '';
    parameters[its('ParameterKey')] = its('ParameterValue');
  }
  return parameters;
}

function textOf(value: unknown): string {
  return (value as { readonly S?: string } | undefined)?.S ?? '';
}

function keyOf(item: Item | undefined): string {
  return `${textOf(item?.pk)}|${textOf(item?.sk)}`;
}
