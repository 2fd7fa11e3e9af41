import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parseKeySet } from '../../../auth/key-set.ts';
import { loadSigningKey } from '../../../auth/keys.ts';
import { mintEnhancedToken } from '../../../auth/mint-enhanced-token.ts';
import { recordReader } from '../../../cli/rotation/connect.ts';
import { type Execution, isOver } from '../../../cli/rotation/execution.ts';
import { Executions } from '../../../cli/rotation/executions.ts';
import { loadEnvironment } from '../../../config/load.ts';
import type { Command, RotationRecord } from '../../../contract/rotation.ts';
import { rotationStateMachineArn } from '../../../lib/names.ts';
import type { LocalEnvironment } from '../../../local/run/environment.ts';
import { bearer, openSession, post, TOOLS_LIST } from '../../services/support/rpc.ts';
import { until } from './until.ts';

const config = loadEnvironment('local');
const TASKS = 2;
const FIVE_MINUTES = 300_000;

/** Starts rotations of a deployed environment, and looks at what becomes of them. */
export class Rotations {
  private readonly sfn: SFNClient;
  private readonly executions: Executions;
  private readonly ssm: SSMClient;
  private readonly readRecord: () => Promise<RotationRecord | undefined>;

  private readonly environment: Pick<LocalEnvironment, 'clientSettings' | 'publicUrl'>;

  constructor(environment: Pick<LocalEnvironment, 'clientSettings' | 'publicUrl'>) {
    this.environment = environment;
    const { clientSettings } = environment;
    this.ssm = new SSMClient(clientSettings);
    this.sfn = new SFNClient(clientSettings);
    this.executions = new Executions(this.sfn, rotationStateMachineArn(config));
    this.readRecord = recordReader({ dynamodb: new DynamoDBClient(clientSettings), ssm: this.ssm }, config.namePrefix);
  }

  start(command: Command['command'], more: Partial<Command> = {}): Promise<Execution> {
    return this.executions.start({ command, trigger: 'manual', ...more });
  }

  /** How an execution ends. */
  end({ arn }: Pick<Execution, 'arn'>): Promise<Execution> {
    const look = async () => {
      const execution = await this.executions.describe(arn);
      return execution && isOver(execution) && execution;
    };
    return until('the execution has ended', look, FIVE_MINUTES);
  }

  /** Starts one and waits until it has ended. */
  async run(command: Command['command'], more: Partial<Command> = {}): Promise<Execution> {
    return this.end(await this.start(command, more));
  }

  /** Names of the errors that calls of the function ended with in an execution; that one had to wait its turn is none. */
  async failures({ arn }: Pick<Execution, 'arn'>): Promise<string[]> {
    const pages = paginateGetExecutionHistory({ client: this.sfn }, { executionArn: arn });
    const found: string[] = [];
    for await (const { events } of pages) {
      for (const { taskFailedEventDetails } of events ?? []) {
        const error = taskFailedEventDetails?.error;
        if (error !== undefined && error !== 'Lambda.TooManyRequestsException') found.push(error);
      }
    }
    return found;
  }

  /** The record as it is now; there is one as soon as the first run has made it. */
  async record(): Promise<RotationRecord> {
    return until('there is a record', this.readRecord);
  }

  /** The record once it is as wanted. */
  recordWhen(what: string, isWanted: (record: RotationRecord) => boolean | Promise<boolean>): Promise<RotationRecord> {
    return until(
      what,
      async () => {
        const record = await this.readRecord();
        return record && (await isWanted(record)) && record;
      },
      FIVE_MINUTES,
    );
  }

  /** The values of both parameters; an empty text for one that is not there. */
  async values(): Promise<{ readonly secret: string; readonly keySet: string }> {
    const { signingSecretParameter, keySetParameter } = config;
    const { Parameters } = await this.ssm.send(
      new GetParametersCommand({ Names: [signingSecretParameter, keySetParameter], WithDecryption: true }),
    );
    const value = (name: string) => Parameters?.find(({ Name }) => Name === name)?.Value ?? '';
    return { secret: value(signingSecretParameter), keySet: value(keySetParameter) };
  }

  /** A token of the secret that signs now, which outlives every rotation of a test. */
  async longToken(): Promise<string> {
    const { secret, keySet } = await this.values();
    const signingKey = await loadSigningKey(secret, await parseKeySet(keySet));
    const authorization = { level: 'read', roles: ['canary'], permissions: [], buckets: [] } as const;
    return (await mintEnhancedToken({ signingKey, subject: 'test', authorization })).token;
  }

  /** What each of the MCP tasks says to a token: `accepted`, or its reason to refuse it. Sorted; one entry a task. */
  async verdictsOn(token: string): Promise<string[]> {
    const verdicts = new Map<string, string>();
    const url = `${this.environment.publicUrl}/mcp`;
    const shown = { ...(await openSession(url)), ...bearer(token) };
    await until('every MCP task has answered', async () => {
      const { status, headers, message } = await post(url, TOOLS_LIST, shown);
      const verdict = status === 200 ? 'accepted' : `${status} ${message?.error?.data?.reason}`;
      verdicts.set(headers.get('x-quilt-task') ?? '', verdict);
      return verdicts.size >= TASKS;
    });
    return [...verdicts.values()].toSorted();
  }
}
