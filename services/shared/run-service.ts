import { createLogger, type Logger } from './logger.ts';
import { safeError } from './safe-error.ts';
import type { Environment } from './settings.ts';
import { StartError } from './start-error.ts';

/** A service that listens. */
export type RunningService = {
  readonly url: string;
  readonly logger: Logger;
  /**
   * Resolves once no request is in flight, or the grace is over.
   *
   * @param lingerMs for how long newcomers are still served, while anybody is connected. @default 0
   */
  stop(lingerMs?: number): Promise<void>;
};

/** ECS takes a task out of the load balancer before it sends SIGTERM; another load balancer may hear of it a little later. */
const LINGER_MS = 1_000;

/**
 * The life of a service's process: start, run until SIGTERM (ECS) or SIGINT (a person), drain, exit 0. A start that fails,
 * or an error nobody handled, is one `fatal` line and exit 1: the deployment's circuit breaker then keeps the old tasks.
 */
export async function runService(
  name: string,
  start: (environment: Environment) => Promise<RunningService>,
): Promise<void> {
  const logger = createLogger({ service: name, version: process.env.QUILT_VERSION ?? 'dev', level: 'info' });
  const fail = (event: string, error: unknown): never => {
    // A StartError is written for people; where anything else comes from is what finds the bug.
    if (error instanceof StartError) logger.fatal({ event }, error.message);
    else logger.fatal({ event, error: safeError(error) }, 'unexpected error');
    process.exit(1);
  };
  process.on('uncaughtException', (error) => fail('crashed', error));
  process.on('unhandledRejection', (error) => fail('crashed', error));

  // Before the start, since a process with ID 1 ignores signals it has no listener for. A second signal ends it at once.
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
