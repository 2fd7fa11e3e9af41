import { isInitializeRequest, isJSONRPCNotification, isJsonContentType } from '@modelcontextprotocol/server';
import { HttpError, requireMethod } from '../shared/http-messages.ts';
import type { Exchange, RequestHandler } from '../shared/http-server.ts';
import type { Logger } from '../shared/logger.ts';
import type { Authenticate } from './authenticator.ts';
import type { Edge } from './edge/edge.ts';
import type { ResourceMetadata } from './edge/resource-metadata.ts';
import type { SessionFacts } from './facts.ts';
import { judgeToken, logVerdict, passGate, type Verdict } from './gate.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Caller, Era, Principal } from './principal.ts';
import { Cancellable } from './protocol/cancellable.ts';
import { type CreateServer, WarmServers } from './protocol/express/warm-servers.ts';
import { idOf } from './protocol/json-rpc.ts';
import { beginSession, SESSION_HEADER, serveLegacy } from './protocol/legacy-era.ts';
import { serveModern } from './protocol/modern-era.ts';
import { readMessage } from './protocol/read-message.ts';
import { requireProtocolVersion, requireRevision, requireSmallBatch, routeOf } from './protocol/route.ts';
import { createSdkHandler } from './protocol/sdk-handler.ts';
import { type Refusal, RefusedRequest, refusalOf, reportRefusal, sendRefusal } from './refusal.ts';
import type { Sessions } from './sessions.ts';

/** GET opens a stream of server messages. It is authenticated, then refused: this server sends none. */
const PROTOCOL_METHODS: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE']);

/**
 * Serves MCP over streamable HTTP, in both eras. Checks run in this order: origin and host, bearer token, session, protocol. The body
 * is read and parsed once, so that all checks see the same message.
 */
export function createMcpEndpoint(options: {
  readonly edge: Edge;
  readonly metadata: ResourceMetadata;
  readonly authenticate: Authenticate;
  readonly createServer: CreateServer;
  readonly sessions: Sessions;
  readonly metrics: Metrics;
  readonly logger: Logger;
}): RequestHandler {
  const { edge, metadata, authenticate, createServer, sessions, metrics, logger } = options;
  const servers = new WarmServers(createServer);
  const cancellable = new Cancellable();
  const serveBySdk = createSdkHandler(createServer, { logger, metrics });

  return async (exchange) => {
    const { request, response } = exchange;
    let message: unknown;
    try {
      if (edge.admit(exchange) === 'answered') return;
      const httpMethod = request.method ?? '';
      if (!PROTOCOL_METHODS.has(httpMethod)) requireMethod(request, ['POST', 'DELETE']);
      const shown = await judgeToken(request.headers.authorization, authenticate);
      const isAuthenticated = shown.kind === 'authenticated';
      const body = httpMethod === 'POST' ? await readMessage(request, isAuthenticated) : undefined;
      message = body?.message;
      const verdict = passGate(shown, { httpMethod, message });
      logVerdict(logger, metrics, verdict);
      if (verdict.kind === 'refused') {
        send(exchange, verdict.refusal, message);
        return;
      }
      requireMethod(request, ['POST', 'DELETE']);
      if (httpMethod === 'DELETE') {
        endSession(exchange, principalOf(verdict));
        return;
      }
      if (!isJsonContentType(request.headers['content-type'] ?? null)) {
        throw new HttpError(415, 'content_type_unsupported', 'Content-Type must be application/json.');
      }
      if (body === undefined || !body.isJson) throw new HttpError(400, 'json_invalid', 'The request body is not JSON.');
      if (body.isDeep) throw new HttpError(400, 'request_invalid', 'The request body is nested too deeply.');
      await serve(exchange, message, verdict);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) metrics.refused('internal_error');
      if (refusal === undefined || response.headersSent) throw error;
      reportRefusal(logger, metrics, refusal);
      send(exchange, refusal, message);
    }
  };

  function send({ request, response }: Exchange, refusal: Refusal, message: unknown): void {
    sendRefusal(response, refusal, { parameter: metadata.parameterFor(request), id: idOf(message) });
  }

  async function serve(exchange: Exchange, message: unknown, verdict: Verdict): Promise<void> {
    const { headers } = exchange.request;
    requireRevision(headers['mcp-protocol-version']);
    const route = routeOf(headers, message);
    if (route.kind === 'initialize') {
      if (!isInitializeRequest(message)) {
        throw new HttpError(
          400,
          'request_invalid',
          'initialize requires protocolVersion, capabilities and clientInfo.',
        );
      }
      await beginSession({ servers, sessions }, exchange, route.request, principalOf(verdict));
      return;
    }
    if (route.kind !== 'session') {
      const caller = callerIn('modern', verdict, undefined);
      const isWarm = route.kind === 'modern' && caller !== undefined;
      if (isWarm && (await serveModern(servers, exchange, route.request, caller))) return;
      await serveBySdk(exchange, message, caller);
      return;
    }
    const session = enterSession(exchange, principalOf(verdict));
    requireProtocolVersion(headers['mcp-protocol-version']);
    const caller = callerIn('legacy', verdict, session);
    if (route.request !== undefined) {
      await serveLegacy({ servers, cancellable }, exchange, route.request, { session, caller });
    } else if (route.isBatch) {
      requireSmallBatch(message, session);
      await serveBySdk(exchange, message, caller);
    } else {
      if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
        cancellable.cancel(String(headers[SESSION_HEADER]), message.params?.requestId, caller?.principal);
      }
      // The service never waits for a client's notifications or responses.
      exchange.response.writeHead(202).end();
    }
  }

  /**
   * The session that a request names.
   *
   * @throws HttpError 400 without one, RefusedRequest when this request may not use it
   */
  function enterSession(exchange: Exchange, principal: Principal | undefined): SessionFacts {
    const verdict = sessions.enter(exchange.request.headers[SESSION_HEADER]?.toString(), principal);
    switch (verdict.kind) {
      case 'open':
        if (verdict.tokenChanged) {
          const fields = { event: 'session_token_changed', sub: principal?.claims.sub, keyId: principal?.keyId };
          logger.info(fields, 'session continues under a new token');
        }
        return verdict.session;
      case 'missing':
        throw new HttpError(400, 'session_missing', 'Mcp-Session-Id is missing. Start a session with initialize.');
      case 'unknown':
        throw new RefusedRequest({ kind: 'session', reason: 'session_unknown' });
      case 'foreign':
        throw new RefusedRequest({ kind: 'session', reason: 'session_foreign', sub: principal?.claims.sub });
    }
  }

  function endSession(exchange: Exchange, principal: Principal | undefined): void {
    enterSession(exchange, principal);
    sessions.end(String(exchange.request.headers[SESSION_HEADER]));
    exchange.response.writeHead(200, { 'content-length': 0 }).end();
  }
}

function callerIn(era: Era, verdict: Verdict, session: SessionFacts | undefined): Caller | undefined {
  if (verdict.kind !== 'authenticated') return undefined;
  const { principal, cacheHit, acceptedUntil } = verdict;
  return { principal, cacheHit, acceptedUntil, era, session };
}

function principalOf(verdict: Verdict): Principal | undefined {
  return verdict.kind === 'authenticated' ? verdict.principal : undefined;
}
