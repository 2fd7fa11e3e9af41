import { createHash, randomBytes } from 'node:crypto';
import { KEY_IDS_HEADER, TASK_HEADER } from '../../contract/http.ts';
import { type RequestHandler, startHttpServer } from './http-server.ts';
import { createLogger, type Logger, safeError } from './logger.ts';
import { type Environment, StartError } from './settings.ts';

/** A service that accepts requests. */
export type RunningService = {
  readonly url: string;
  readonly logger: Logger;
  /**
   * Resolves once no request is in flight, or after the grace period.
   *
   * @param lingerMs how long to keep serving connected clients. @default 0
   */
  stop(lingerMs?: number): Promise<void>;
};

/** ECS deregisters a task before it sends SIGTERM; another load balancer may learn of it a little later. */
const LINGER_MS = 1_000;

/**
 * Runs a service's process: start, serve until SIGTERM (ECS) or SIGINT (a person), drain, exit 0. A failed start or an unhandled
 * error writes one `fatal` line and exits 1: the deployment circuit breaker then keeps the old tasks.
 */
export async function runService(
  name: string,
  start: (environment: Environment) => Promise<RunningService>,
): Promise<void> {
  const logger = createLogger({ service: name, version: process.env.QUILT_VERSION ?? 'dev', level: 'info' });
  const fail = (event: string, error: unknown): never => {
    // The message of a StartError is for people; for any other error, the origin helps to find the bug.
    if (error instanceof StartError) logger.fatal({ event }, error.message);
    else logger.fatal({ event, error: safeError(error) }, 'unexpected error');
    process.exit(1);
  };
  process.on('uncaughtException', (error) => fail('crashed', error));
  process.on('unhandledRejection', (error) => fail('crashed', error));

  // Before the start, since a process with ID 1 ignores signals without a listener. A second signal ends it at once.
  const signal = new Promise<NodeJS.Signals>((resolve) => {
    for (const each of ['SIGTERM', 'SIGINT'] as const) process.once(each, resolve);
  });

  const service = await start(process.env).catch((error: unknown) => fail('start_failed', error));
  const received = await signal;
  service.logger.info({ event: 'stopping', signal: received }, 'draining');
  await service.stop(LINGER_MS);
  service.logger.info({ event: 'stopped' }, 'drained');
  process.exit(0);
}

/**
 * Opens the task's port, with its identity and key IDs on every response.
 *
 * @param options `keyIds` that the task signs with or accepts
 */
export async function startTask(options: {
  readonly settings: { readonly host: string; readonly port: number };
  readonly identity: TaskIdentity;
  readonly logger: Logger;
  readonly keyIds: readonly string[];
  readonly routes: ReadonlyMap<string, RequestHandler>;
}): Promise<RunningService> {
  const { settings, identity, logger, keyIds, routes } = options;
  const { task, fromEcs } = identity;
  const { host, port } = settings;
  // These two headers let clients compare the keys of tasks; neither reveals a key.
  const headers = { [TASK_HEADER]: task, [KEY_IDS_HEADER]: keyIds.join(',') };
  const server = await startHttpServer({ host, port, headers, routes, logger });
  logger.info({ event: 'listening', url: server.url, task, fromEcs, keyIds }, 'ready');
  return { url: server.url, logger, stop: server.stop };
}

const METADATA_TIMEOUT_MS = 2_000;

type TaskIdentity = {
  /** 16 hex characters, the same for the life of the task. */
  readonly task: string;
  /** Whether it is derived from the ARN of an ECS task; otherwise it is random. */
  readonly fromEcs: boolean;
};

/**
 * An ID that distinguishes the tasks of a service without revealing their ARNs: the first 16 hex characters of the SHA-256 of the
 * task ARN. Outside of ECS, or when its agent does not answer, it is random.
 *
 * @param metadataUri value of `ECS_CONTAINER_METADATA_URI_V4`
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export async function resolveTaskIdentity(metadataUri: string | undefined): Promise<TaskIdentity> {
  const arn = metadataUri === undefined ? undefined : await readTaskArn(metadataUri);
  if (arn === undefined) return { task: randomBytes(8).toString('hex'), fromEcs: false };
  return { task: createHash('sha256').update(arn).digest('hex').slice(0, 16), fromEcs: true };
}

async function readTaskArn(metadataUri: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${metadataUri}/task`, { signal: AbortSignal.timeout(METADATA_TIMEOUT_MS) });
    const metadata: unknown = answer.ok ? await answer.json() : undefined;
    if (typeof metadata !== 'object' || metadata === null || !('TaskARN' in metadata)) return undefined;
    return typeof metadata.TaskARN === 'string' && metadata.TaskARN !== '' ? metadata.TaskARN : undefined;
  } catch {
    return undefined;
  }
}
