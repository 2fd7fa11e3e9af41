import * as z from 'zod';
import { epochSeconds } from '../../../auth/token-time.ts';
import { isoTime, TOKEN_KEY_FIELDS, TOKEN_TIME_FIELDS, tokenKeyOf, tokenTimeOf } from '../diagnostics/token-facts.ts';
import type { SessionFacts } from '../facts.ts';
import { MODERN_REVISION } from '../protocol/express/warm-servers.ts';
import { defineTool } from './define-tool.ts';

/** How the caller's own request reached this task, and as whom. */
export const sessionDiagnostics = defineTool({
  name: 'session_diagnostics',
  title: 'Session diagnostics',
  description:
    'Shows how this very request arrived: the protocol version, your session with its start, end and owner, how you were ' +
    'authenticated, and which task of the service answered. Call it when a session is lost or refused, or when calls that ' +
    'should be answered alike are not: another task may have answered. It shows no session but yours.',
  permissions: [],
  input: z.object({}),
  output: z.object({
    era: z.enum(['legacy', 'modern']).describe('legacy has sessions, modern has none'),
    protocol_version: z.string(),
    session: z
      .object({
        started_at: z.iso.datetime(),
        ends_at: z.iso.datetime().describe('Begin a new one then, with initialize'),
        ends_in_seconds: z.int(),
        bound_by: z
          .enum(['initialize', 'first token'])
          .describe(
            'What made the session yours: the token of initialize, on every task, or the first that this task saw',
          ),
      })
      .nullable()
      .describe('null in the modern era. A session grants nothing: each request is judged by its own token'),
    authentication: z.object({
      method: z.enum(['bearer']),
      sub: z.string(),
      cache_hit: z.boolean().describe('Whether this task had verified the token before'),
      ...TOKEN_KEY_FIELDS,
      ...TOKEN_TIME_FIELDS,
    }),
    task: z.object({
      id: z.string().describe('As in the header X-Quilt-Task'),
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
