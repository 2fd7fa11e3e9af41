import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Exchange } from '../../shared/http-server.ts';
import type { Logger } from '../../shared/logger.ts';
import { safeError } from '../../shared/safe-error.ts';
import { authInfoOf, type Caller } from '../caller.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { methodOf } from './json-rpc.ts';
import type { CreateServer } from './warm-servers.ts';
import { sendWebResponse, toWebRequest } from './web-exchange.ts';

/** Serves one message that was let in. */
export type ServeMessage = (exchange: Exchange, message: unknown, caller: Caller | undefined) => Promise<void>;

/**
 * The SDK's own way to serve a message, with a server of its own for each: it knows every rule of the protocol. Whatever is
 * neither common nor plain goes here.
 */
export function createSdkHandler(
  createServer: CreateServer,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): ServeMessage {
  const onerror = (error: Error): void => {
    logger.debug({ event: 'protocol_error', error: safeError(error) }, 'the SDK refused a message');
  };
  const handler = createMcpHandler(({ era }) => createServer(era), { legacy: 'stateless', onerror });

  return async ({ request, response, stopping }, message, caller) => {
    const abandoned = new AbortController();
    response.once('close', () => abandoned.abort());
    // A subscription has no end of its own: it ends with the service, or with its token. Any other exchange may finish.
    const endless = methodOf(message) === 'subscriptions/listen';
    const expiry = endless && caller !== undefined ? abortAt(caller.acceptedUntil, abandoned) : undefined;
    try {
      const signal = endless ? AbortSignal.any([abandoned.signal, stopping]) : abandoned.signal;
      const answer = await handler.fetch(toWebRequest(request.headers, signal), {
        parsedBody: message,
        ...(caller !== undefined && { authInfo: authInfoOf(caller) }),
      });
      if (answer.status >= 500) {
        metrics.refused('internal_error');
        logger.error({ event: 'request_failed', status: answer.status }, 'the SDK failed');
      }
      await sendWebResponse(response, answer);
    } finally {
      clearTimeout(expiry);
    }
  };
}

function abortAt(seconds: number, controller: AbortController): NodeJS.Timeout {
  return setTimeout(() => controller.abort(), Math.max(0, seconds * 1000 - Date.now())).unref();
}
