import * as z from 'zod';
import { epochSeconds } from '../../../auth/token-time.ts';
import { isoTime, TOKEN_KEY_FIELDS, TOKEN_TIME_FIELDS, tokenKeyOf, tokenTimeOf } from '../diagnostics/token-facts.ts';
import type { SessionFacts } from '../facts.ts';
import { MODERN_REVISION } from '../protocol/express/warm-servers.ts';
import { defineTool } from './define-tool.ts';

/** Shows how the caller's request reached this task, and as which principal. */
export const sessionDiagnostics = defineTool({
  name: 'session_diagnostics',
  title: 'Session diagnostics',
  description:
    'Shows how this request arrived: the protocol version, your session with its start, end and owner, how you were ' +
    'authenticated, and which task of the service answered. Call it when a session is lost or refused, or when equal calls ' +
    'get different answers: another task may have answered. It shows only your own session.',
  permissions: [],
  input: z.object({}),
  output: z.object({
    era: z.enum(['legacy', 'modern']).describe('legacy has sessions, modern has none'),
    protocol_version: z.string(),
    session: z
      .object({
        started_at: z.iso.datetime(),
        ends_at: z.iso.datetime().describe('End of the session. Start a new one then, with initialize'),
        ends_in_seconds: z.int(),
        bound_by: z
          .enum(['initialize', 'first token'])
          .describe(
            'What bound the session to you: the token of initialize, on every task, or the first token that this task saw',
          ),
      })
      .nullable()
      .describe('null in the modern era. A session grants nothing: each request is authorized by its own token'),
    authentication: z.object({
      method: z.enum(['bearer']),
      sub: z.string(),
      cache_hit: z.boolean().describe('Whether this task had verified the token before'),
      ...TOKEN_KEY_FIELDS,
      ...TOKEN_TIME_FIELDS,
    }),
    task: z.object({
      id: z.string().describe('Same as the header X-Quilt-Task'),
      version: z.string().describe('Deployed version of the service'),
    }),
  }),
  run: ({ principal, cacheHit, era, session, facts }) => {
    const now = new Date();
    return {
      era,
      protocol_version: session?.protocolVersion ?? MODERN_REVISION,
      session: session === undefined ? null : sessionReport(session, epochSeconds(now)),
      authentication: {
        method: 'bearer' as const,
        sub: principal.claims.sub,
        cache_hit: cacheHit,
        ...tokenKeyOf(principal, facts),
        ...tokenTimeOf(principal.claims, { now, leewaySeconds: facts.leewaySeconds }),
      },
      task: { id: facts.task, version: facts.version },
    };
  },
});

function sessionReport({ startedAt, endsAt, boundBy }: SessionFacts, now: number) {
  return {
    started_at: isoTime(startedAt),
    ends_at: isoTime(endsAt),
    ends_in_seconds: endsAt - now,
    bound_by: boundBy,
  };
}
