import { type RequestHandler, startHttpServer } from './http-server.ts';
import type { Logger } from './logger.ts';
import type { RunningService } from './run-service.ts';
import type { TaskIdentity } from './task-identity.ts';

/** What a task holds is compared from outside, task by task, by these two headers; neither reveals it. */
const TASK_HEADER = 'X-Quilt-Task';
const KEY_IDS_HEADER = 'X-Quilt-Key-Ids';

/**
 * Opens the task's port, with its identity and key IDs on every response.
 *
 * @param options `keyIds` are those the task signs with or accepts
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
  const headers = { [TASK_HEADER]: task, [KEY_IDS_HEADER]: keyIds.join(',') };
  const server = await startHttpServer({ host, port, headers, routes, logger });
  logger.info({ event: 'listening', url: server.url, task, fromEcs, keyIds }, 'ready');
  return { url: server.url, logger, stop: server.stop };
}
