import type { JSONRPCRequest } from '@modelcontextprotocol/server';
import { sendJson } from '../../shared/http-messages.ts';
import type { Exchange } from '../../shared/http-server.ts';
import type { SessionFacts } from '../facts.ts';
import { authInfoOf, type Caller, type Principal } from '../principal.ts';
import type { Sessions } from '../sessions.ts';
import type { Cancellable } from './cancellable.ts';
import { Answer } from './express/answer.ts';
import type { WarmServers } from './express/warm-servers.ts';
import { acceptedForm } from './read-message.ts';

export const SESSION_HEADER = 'mcp-session-id';

/** Answers `initialize`, which begins a session; with a token, the session belongs to its principal. */
export async function beginSession(
  { servers, sessions }: { readonly servers: WarmServers; readonly sessions: Sessions },
  { request, response }: Exchange,
  message: JSONRPCRequest,
  principal: Principal | undefined,
): Promise<void> {
  acceptedForm(request);
  const answer = await servers.initialize(message);
  const protocolVersion = 'result' in answer ? answer.result.protocolVersion : undefined;
  const headers =
    typeof protocolVersion === 'string' ? { [SESSION_HEADER]: sessions.begin(protocolVersion, principal) } : undefined;
  sendJson(response, 200, { ...answer, id: message.id }, headers);
}

/** Serves a session's request by the warm server of its protocol version. */
export async function serveLegacy(
  { servers, cancellable }: { readonly servers: WarmServers; readonly cancellable: Cancellable },
  { request, response }: Exchange,
  message: JSONRPCRequest,
  { session, caller }: { readonly session: SessionFacts; readonly caller: Caller | undefined },
): Promise<void> {
  const form = acceptedForm(request);
  const { connection } = await servers.legacy(session.protocolVersion);
  const answer = new Answer(response, { stream: form === 'stream', until: caller?.acceptedUntil ?? session.endsAt });
  const running = connection.run(message, answer, caller && authInfoOf(caller));
  const id = String(request.headers[SESSION_HEADER]);
  // Disconnecting is not cancelling in this era: the request completes, and its result is dropped.
  response.once('close', cancellable.add(id, message.id, caller?.principal, running));
}
