import { bodyOf, serve } from './servers.ts';

type Parameter = { value: string; type: string; keyId: string | undefined; version: number };
type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;
type Call = { readonly target: string; readonly input: Record<string, unknown> };

/** A small AWS on loopback that speaks the JSON 1.1 protocol for the operations that the functions use. */
export type FakeAws = {
  readonly endpoint: string;
  /** The SSM parameters by name; tests write and read them directly, as a person in the console would. */
  readonly parameters: Map<string, Parameter>;
  /** Running and desired tasks of ECS services by name, and where the rollout of their only deployment stands. */
  readonly services: Map<string, { running: number; desired: number; rolloutState?: string }>;
  /** The items of every DynamoDB table, as the protocol has them, by `pk|sk`. */
  readonly items: Map<string, Item>;
  readonly calls: Call[];
  /** Answers operations of this name with an error from now on. */
  fail(operation: string, type: string, message?: string): void;
};

const keyOf = ({ pk, sk }: Item): string => `${pk?.S}|${sk?.S}`;

const DOES = {
  GetParameters({ parameters }: FakeAws, input: Record<string, unknown>) {
    const names = input.Names as string[];
    const found = names.flatMap((Name) => {
      const parameter = parameters.get(Name);
      if (parameter === undefined) return [];
      return [{ Name, Type: parameter.type, Value: parameter.value, Version: parameter.version, DataType: 'text' }];
    });
    return { Parameters: found, InvalidParameters: names.filter((name) => !parameters.has(name)) };
  },
  PutParameter({ parameters }: FakeAws, input: Record<string, unknown>) {
    const { Name, Value, Type, KeyId } = input as { Name: string; Value: string; Type: string; KeyId?: string };
    const version = (parameters.get(Name)?.version ?? 0) + 1;
    parameters.set(Name, { value: Value, type: Type, keyId: KeyId, version });
    return { Version: version, Tier: 'Standard' };
  },
  GetItem({ items }: FakeAws, input: Record<string, unknown>) {
    return { Item: items.get(keyOf(input.Key as Item)) };
  },
  PutItem({ items }: FakeAws, input: Record<string, unknown>) {
    const item = input.Item as Item;
    items.set(keyOf(item), item);
    return {};
  },
  /** As a Query of one partition that filters by verdict. */
  Query({ items }: FakeAws, input: Record<string, unknown>) {
    const { ':revision': partition, ...values } = input.ExpressionAttributeValues as Record<string, { S: string }>;
    const wanted = Object.values(values).map(({ S }) => S);
    const found = [...items.values()].filter(
      ({ pk, verdict }) => pk?.S === partition?.S && wanted.includes(verdict?.S ?? ''),
    );
    return { Items: found, Count: found.length };
  },
  StartExecution(_: FakeAws, input: Record<string, unknown>) {
    return { executionArn: `${input.stateMachineArn}:one`.replace(':stateMachine:', ':execution:'), startDate: 0 };
  },
  DescribeServices({ services }: FakeAws, input: Record<string, unknown>) {
    return {
      services: (input.services as string[]).flatMap((serviceName) => {
        const counts = services.get(serviceName);
        if (counts === undefined) return [];
        const { running: runningCount, desired: desiredCount, rolloutState } = counts;
        return [{ serviceName, runningCount, desiredCount, ...(rolloutState && { deployments: [{ rolloutState }] }) }];
      }),
      failures: [],
    };
  },
};

export async function startFakeAws(): Promise<FakeAws> {
  const failures = new Map<string, { type: string; message: string }>();
  const endpoint = await serve(async (request, response) => {
    const target = String(request.headers['x-amz-target']);
    const operation = target.split('.').at(-1) ?? '';
    const input = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
    aws.calls.push({ target, input });
    const failure = failures.get(operation);
    const known = operation in DOES ? DOES[operation as keyof typeof DOES] : undefined;
    const status = failure || !known ? 400 : 200;
    const output = failure
      ? { __type: failure.type, message: failure.message }
      : (known?.(aws, input) ?? { __type: 'UnknownOperationException' });
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(output));
  });
  const aws: FakeAws = {
    endpoint,
    parameters: new Map(),
    services: new Map(),
    items: new Map(),
    calls: [],
    fail: (operation, type, message = '') => failures.set(operation, { type, message }),
  };
  return aws;
}

/** Points the SDK's clients of this process at a fake, with credentials that are none. */
export function useFakeAws(endpoint: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_SECRET_ACCESS_KEY: 'not-a-credential',
  });
}
