import type { IncomingMessage } from 'node:http';
import { createMcpHandler, isJsonContentType, type McpServerFactory } from '@modelcontextprotocol/server';
import { HttpError } from '../shared/http-error.ts';
import type { Exchange, RequestHandler } from '../shared/http-server.ts';
import type { Logger } from '../shared/logger.ts';
import { readBody } from '../shared/read-body.ts';
import { requireMethod } from '../shared/require-method.ts';
import type { Authenticate, Authenticated } from './authenticator.ts';
import { sendUnauthorized } from './challenge.ts';
import { passGate } from './gate.ts';
import { idOf, methodOf, PARSE_ERROR, REQUEST_REFUSED, sendRpcError } from './json-rpc.ts';
import { logVerdict } from './log-verdict.ts';
import { authInfoOf } from './principal.ts';
import { sendWebResponse, toWebRequest } from './web-exchange.ts';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** GET (a stream) and DELETE (its end) belong to sessions, which this service has none of: they are judged, then refused. */
const PROTOCOL_METHODS: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE']);

/**
 * Serves MCP over streamable HTTP, in both eras: bearer gate first, then the SDK. One body read, one parse: the gate and the
 * SDK judge the same message.
 */
export function createMcpEndpoint(options: {
  readonly authenticate: Authenticate;
  readonly createServer: McpServerFactory;
  readonly logger: Logger;
}): RequestHandler {
  const { authenticate, createServer, logger } = options;
  const onerror = (error: Error): void => {
    logger.debug({ event: 'protocol_error', error: error.name, at: framesOf(error) }, 'the SDK refused a message');
  };
  const handler = createMcpHandler(createServer, { legacy: 'stateless', onerror });

  return async (exchange) => {
    const { request, response } = exchange;
    try {
      const httpMethod = request.method ?? '';
      if (!PROTOCOL_METHODS.has(httpMethod)) requireMethod(request, ['POST']);
      const body = httpMethod === 'POST' ? await readMessage(request) : undefined;
      const message = body?.message;
      const verdict = await passGate(
        { httpMethod, authorization: request.headers.authorization, message },
        authenticate,
      );
      logVerdict(logger, verdict);
      if (verdict.kind === 'refused') {
        sendUnauthorized(response, verdict.refusal, idOf(message));
        return;
      }
      requireMethod(request, ['POST']);
      if (!isJsonContentType(request.headers['content-type'] ?? null)) {
        throw new HttpError(415, 'content_type_unsupported', 'Content-Type has to be application/json.');
      }
      if (body === undefined || !body.isJson) throw new HttpError(400, 'json_invalid', 'The request body is not JSON.');
      await serve(exchange, message, verdict.kind === 'authenticated' ? verdict : undefined);
    } catch (error) {
      if (!(error instanceof HttpError) || response.headersSent) throw error;
      const code = error.code === 'json_invalid' ? PARSE_ERROR : REQUEST_REFUSED;
      sendRpcError(response, error.status, { code, message: error.message, reason: error.code }, error.headers);
    }
  };

  async function serve(
    { request, response, stopping }: Exchange,
    message: unknown,
    caller: Authenticated | undefined,
  ): Promise<void> {
    const abandoned = new AbortController();
    response.once('close', () => abandoned.abort());
    // A subscription has no end of its own: it ends with the service, or with its token. Any other exchange may finish.
    const endless = methodOf(message) === 'subscriptions/listen';
    const expiry = endless && caller !== undefined ? abortAt(caller.acceptedUntil, abandoned) : undefined;
    try {
      const signal = endless ? AbortSignal.any([abandoned.signal, stopping]) : abandoned.signal;
      const answer = await handler.fetch(toWebRequest(request.headers, signal), {
        parsedBody: message,
        ...(caller !== undefined && { authInfo: authInfoOf(caller.principal) }),
      });
      if (answer.status >= 500) logger.error({ event: 'request_failed', status: answer.status }, 'the SDK failed');
      await sendWebResponse(response, answer);
    } finally {
      clearTimeout(expiry);
    }
  }
}

async function readMessage(request: IncomingMessage): Promise<{ readonly isJson: boolean; readonly message: unknown }> {
  const body = await readBody(request, BODY_LIMIT_BYTES);
  try {
    return { isJson: true, message: JSON.parse(body.toString('utf8')) };
  } catch {
    return { isJson: false, message: undefined };
  }
}

function abortAt(seconds: number, controller: AbortController): NodeJS.Timeout {
  return setTimeout(() => controller.abort(), Math.max(0, seconds * 1000 - Date.now())).unref();
}

/** Where an error comes from, without its message: the SDK's messages quote what the caller sent. */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5);
}
